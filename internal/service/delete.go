package service

import (
	"context"

	"bis/internal/briefing"
)

// DeleteUserData ends the user's active requests, and deletes the briefings, the requests, the
// cameras, the pictures and the user. Streams of these requests end. A user without data is not an
// error. After an error the call may be repeated, and continues.
func (s *Service) DeleteUserData(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.Deleted, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.Deleted{}, err
	}
	done, err := s.store.DeleteUser(ctx, briefing.DeleteUser{
		Username: username, At: s.now(), Skipped: s.schedule.Skipped(username),
	})
	for _, id := range done.Requests { // also after an error: these are gone
		s.schedule.Remove(id)
		s.summaries.forget(id)
	}
	if err == nil { // after the cameras, so that package frame stores no further ones
		err = s.dropAll(ctx, briefing.FramesOf{Username: username})
	}
	return done, err
}
