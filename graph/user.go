package graph

import (
	"context"
	"errors"

	"bis/internal/briefing"
)

// User resolves Query.user: null for an unknown name.
func (q query) User(ctx context.Context, username string) (*briefing.User, error) {
	u, err := q.svc.User(ctx, viewer(ctx), username)
	return orNull(&u, err)
}

// Custom resolves Query.custom: the style lines of a user.
func (q query) Custom(ctx context.Context, username string) ([]string, error) {
	u, err := q.svc.User(ctx, viewer(ctx), username)
	return u.Custom, err
}

// Login resolves Mutation.login. The password is ignored, because there are no accounts.
func (m mutation) Login(
	ctx context.Context, username string, _ *string,
) (*LoginPayload, error) {
	u, outcome, err := m.svc.Login(ctx, viewer(ctx), username)
	if err != nil {
		return nil, err
	}
	return &LoginPayload{User: &u, Outcome: outcome}, nil
}

// UpdateCustom resolves Mutation.updateCustom.
func (m mutation) UpdateCustom(
	ctx context.Context, username string, custom []string,
) (*briefing.User, error) {
	u, err := m.svc.UpdateCustom(ctx, viewer(ctx), username, custom)
	return &u, err
}

// ActiveRequest resolves User.activeRequest: null when none is active.
func (u user) ActiveRequest(ctx context.Context, of *briefing.User) (*briefing.Request, error) {
	req, err := u.svc.ActiveRequest(ctx, viewer(ctx), of.Username)
	return orNull(&req, err)
}

// ActiveRequests resolves User.activeRequests, newest first.
func (u user) ActiveRequests(
	ctx context.Context, of *briefing.User,
) ([]briefing.Request, error) {
	return u.svc.ActiveRequests(ctx, viewer(ctx), of.Username)
}

// Requests resolves User.requests, newest first.
func (u user) Requests(
	ctx context.Context, of *briefing.User, first *int, after *briefing.Cursor,
) (*RequestConnection, error) {
	return u.requestPage(ctx, of.Username, first, after)
}

// orNull turns the error of an unknown object into null. The schema says which fields are null;
// other resolvers answer NOT_FOUND.
func orNull[T any](v *T, err error) (*T, error) {
	if errors.Is(err, briefing.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}
