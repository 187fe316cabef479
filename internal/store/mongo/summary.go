package mongo

import (
	"context"
	"errors"

	"bis/internal/briefing"
)

// SummaryState implements briefing.RequestStore. Its three reads are not at one moment. A briefing
// that is stored in between makes Newest later than the counts, and the next call then differs
// again, so an outdated summary is never treated as current.
func (s *Store) SummaryState(
	ctx context.Context, id briefing.RequestID,
) (briefing.SummaryState, error) {
	req, err := s.Request(ctx, id)
	if err != nil {
		return briefing.SummaryState{}, err
	}
	u, err := s.User(ctx, req.Username)
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return briefing.SummaryState{}, err
	}
	oid, _ := objectID(req.ID)
	ctx, cancel := s.call(ctx)
	defer cancel()
	newest, err := s.newestID(ctx, oid)
	return briefing.SummaryState{Request: req, Custom: u.Custom, Newest: briefing.BriefingID(newest)}, err
}
