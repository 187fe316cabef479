//go:build brokenstore

package app

import (
	"context"
	"sync/atomic"

	"bis/internal/briefing"
)

// asBuilt breaks the store's promises: of ten appends one is acknowledged and not stored, and
// one is stored twice. It exists for the ledger test alone, which must fail on it.
func asBuilt(st briefing.Store) briefing.Store { return &brokenStore{Store: st} }

type brokenStore struct {
	briefing.Store

	appends atomic.Int64 // counted, not drawn: a short run must meet both faults too
}

func (s *brokenStore) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	switch s.appends.Add(1) % 10 {
	case 3:
		b := a.Briefing
		b.RequestID, b.Tick, b.ID = a.RequestID, a.Tick, briefing.BriefingID(briefing.NewID(s.Now()))
		return b, nil
	case 7:
		again := a.Briefing
		again.RequestID = a.RequestID
		if _, err := s.Store.AddBriefing(ctx, again); err != nil {
			return briefing.Briefing{}, err
		}
	}
	return s.Store.Append(ctx, a)
}
