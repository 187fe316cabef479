package mongo

import (
	"context"
	"errors"

	"bis/internal/briefing"
)

// SummaryState implements briefing.RequestStore.
func (s *Store) SummaryState(ctx context.Context, id briefing.RequestID) (briefing.SummaryState, error) {
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
