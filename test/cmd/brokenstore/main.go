// Command brokenstore is the server with a store that breaks its promises. It acknowledges one of
// ten appends without storing it, and stores another one twice. The ledger tests must find these
// violations.
package main

import (
	"context"
	"os"
	"sync/atomic"

	"bis/internal/app"
	"bis/internal/briefing"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr, app.Hooks{
		Store: func(st briefing.Store) briefing.Store { return &brokenStore{Store: st} },
	}))
}

// brokenStore wraps a store.
type brokenStore struct {
	briefing.Store

	appends atomic.Int64 // counted instead of random, so that a short run has both faults
}

// Append implements briefing.Store. Of every ten appends, the third is lost and the seventh is
// doubled.
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
