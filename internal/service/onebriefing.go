package service

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// Briefing returns a briefing or ErrNotFound.
func (s *Service) Briefing(
	ctx context.Context, v briefing.Viewer, id briefing.BriefingID,
) (briefing.Briefing, error) {
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return briefing.Briefing{}, briefing.ErrNotFound
	}
	b, username, err := s.store.Briefing(ctx, briefing.BriefingID(normal))
	if err != nil {
		return briefing.Briefing{}, err
	}
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.Briefing{}, err
	}
	return b, nil
}

// ReportBriefing stores whether a briefing is wrong, and a note by the rules of briefing.NewMark.
// It replaces what was stored, so it may be repeated. An unknown briefing is ErrNotFound.
func (s *Service) ReportBriefing(
	ctx context.Context, v briefing.Viewer, id briefing.BriefingID, wrong bool, note string,
) (briefing.Briefing, error) {
	mark, err := briefing.NewMark(wrong, note)
	if err != nil {
		return briefing.Briefing{}, err
	}
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return briefing.Briefing{}, briefing.ErrNotFound
	}
	if !s.policy.ActForAll(v) { // the owner of the briefing is in the store
		if _, err := s.Briefing(ctx, v, id); err != nil {
			return briefing.Briefing{}, err
		}
	}
	b, _, err := s.store.ReportBriefing(ctx, briefing.BriefingID(normal), mark)
	return b, err
}

// clockSkew is how far the clock of a caller may be ahead.
const clockSkew = 5 * time.Minute

// MarkSeen stores that the user has seen the briefings up to a time, and returns the user. A later
// stored time stays. A time of at most clockSkew in the future counts as now. A later one is an
// InvalidError on field "at", and an unknown user is ErrNotFound.
func (s *Service) MarkSeen(
	ctx context.Context, v briefing.Viewer, username string, at time.Time,
) (briefing.User, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, err
	}
	now := s.now()
	switch {
	case at.After(now.Add(clockSkew)):
		return briefing.User{}, briefing.Invalid("at", "must not be in the future")
	case at.Year() < 1970:
		return briefing.User{}, briefing.Invalid("at", "must not be before the year 1970")
	}
	if at.After(now) {
		at = now
	}
	return s.store.MarkSeen(ctx, username, at)
}
