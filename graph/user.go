package graph

import (
	"context"
	"errors"

	"bis/internal/briefing"
)

func (q query) User(ctx context.Context, username string) (*briefing.User, error) {
	u, err := q.svc.User(ctx, viewer(ctx), username)
	return orNull(&u, err)
}

func (q query) Custom(ctx context.Context, username string) ([]string, error) {
	u, err := q.svc.User(ctx, viewer(ctx), username)
	return u.Custom, err
}

func (m mutation) Login(ctx context.Context, username string, _ *string) (*LoginPayload, error) {
	u, outcome, err := m.svc.Login(ctx, viewer(ctx), username)
	if err != nil {
		return nil, err
	}
	return &LoginPayload{User: &u, Outcome: outcome}, nil
}

func (m mutation) UpdateCustom(ctx context.Context, username string, custom []string) (*briefing.User, error) {
	u, err := m.svc.UpdateCustom(ctx, viewer(ctx), username, custom)
	return &u, err
}

func (u user) ActiveRequest(ctx context.Context, of *briefing.User) (*briefing.Request, error) {
	req, err := u.svc.ActiveRequest(ctx, viewer(ctx), of.Username)
	return orNull(&req, err)
}

func (u user) Requests(ctx context.Context, of *briefing.User, first *int, after *briefing.Cursor) (*RequestConnection, error) {
	return u.requestPage(ctx, of.Username, first, after)
}

// orNull answers null for what does not exist.
func orNull[T any](v *T, err error) (*T, error) {
	if errors.Is(err, briefing.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}
