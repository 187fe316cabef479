package service

import (
	"context"

	"bis/internal/briefing"
)

// Login returns the user of that name and makes it when there is none, with
// DefaultCustom. The name must keep CheckUsername's rules only when it is new: older names still sign in.
func (s *Service) Login(ctx context.Context, v briefing.Viewer, username string) (briefing.User, briefing.LoginOutcome, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, "", err
	}
	u, made, err := s.ensureUser(ctx, username)
	if err != nil {
		return briefing.User{}, "", err
	}
	if made {
		return u, briefing.Signup, nil
	}
	return u, briefing.Login, nil
}

// ensureUser finds or makes a user. A new one gets its name composed and trimmed.
func (s *Service) ensureUser(ctx context.Context, username string) (briefing.User, bool, error) {
	if err := briefing.CheckUsername(username); err != nil {
		if u, found := s.store.User(ctx, username); found == nil {
			return u, false, nil
		}
		return briefing.User{}, false, err
	}
	return s.store.EnsureUser(ctx, briefing.NameKey(username), briefing.DefaultCustom())
}

// User returns a user or ErrNotFound.
func (s *Service) User(ctx context.Context, v briefing.Viewer, username string) (briefing.User, error) {
	return s.known(ctx, v, username)
}

// UpdateCustom replaces a user's style lines; see CheckCustom.
func (s *Service) UpdateCustom(ctx context.Context, v briefing.Viewer, username string, custom []string) (briefing.User, error) {
	return s.updateCustom(ctx, v, username, custom, briefing.CheckCustom)
}

// UpdateOldCustom is UpdateCustom for the old callers. Separators of lines may stand in their
// lines.
func (s *Service) UpdateOldCustom(ctx context.Context, v briefing.Viewer, username string, custom []string) (briefing.User, error) {
	return s.updateCustom(ctx, v, username, custom, briefing.CheckOldCustom)
}

func (s *Service) updateCustom(ctx context.Context, v briefing.Viewer, username string, custom []string, check func([]string) error) (briefing.User, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, err
	}
	if err := check(custom); err != nil {
		return briefing.User{}, err
	}
	if custom == nil {
		custom = []string{}
	}
	return s.store.SetCustom(ctx, username, custom)
}
