package service

import (
	"context"
	"errors"

	"bis/internal/briefing"
)

// Login returns the user of a name. An unknown user is created with briefing.DefaultCustom, and a
// model begins to write the lines of that style. Only a new name must pass briefing.CheckUsername,
// so users with older names can still sign in.
func (s *Service) Login(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.User, briefing.LoginOutcome, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, "", err
	}
	if err := s.limiter.AllowLogin(ctx, username); err != nil {
		return briefing.User{}, "", err
	}
	u, made, err := s.ensureUser(ctx, username)
	if err != nil {
		return briefing.User{}, "", err
	}
	if made {
		s.stylist.Prepare(u.Username, u.Custom)
		return u, briefing.Signup, nil
	}
	return u, briefing.Login, nil
}

// ensureUser finds or creates a user. A new user's name is stored composed and trimmed. A user
// whose stored name breaks the rules for new names is found, but such a name is not created.
func (s *Service) ensureUser(
	ctx context.Context, username string,
) (u briefing.User, made bool, err error) {
	if refusal := briefing.CheckUsername(username); refusal != nil {
		u, err := s.store.User(ctx, username)
		if errors.Is(err, briefing.ErrNotFound) {
			err = refusal
		}
		return u, false, err
	}
	return s.store.EnsureUser(ctx, briefing.NameKey(username), briefing.DefaultCustom())
}

// User returns a user or ErrNotFound.
func (s *Service) User(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.User, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, err
	}
	return s.store.User(ctx, username)
}

// UpdateCustom replaces a user's style lines, which must pass briefing.CheckCustom. A model begins
// to write the lines of the style. UpdateCustom returns ErrNotFound for an unknown user.
func (s *Service) UpdateCustom(
	ctx context.Context, v briefing.Viewer, username string, custom []string,
) (briefing.User, error) {
	return s.updateCustom(ctx, v, username, custom, briefing.CheckCustom)
}

// UpdateOldCustom is UpdateCustom for the old endpoints. The lines must pass
// briefing.CheckOldCustom.
func (s *Service) UpdateOldCustom(
	ctx context.Context, v briefing.Viewer, username string, custom []string,
) (briefing.User, error) {
	return s.updateCustom(ctx, v, username, custom, briefing.CheckOldCustom)
}

func (s *Service) updateCustom(
	ctx context.Context, v briefing.Viewer, username string, custom []string,
	check func([]string) error,
) (briefing.User, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, err
	}
	if err := check(custom); err != nil {
		return briefing.User{}, err
	}
	if custom == nil {
		custom = []string{} // users have lists, never null
	}
	u, err := s.store.SetCustom(ctx, username, custom)
	if err == nil {
		s.stylist.Prepare(u.Username, u.Custom)
	}
	return u, err
}
