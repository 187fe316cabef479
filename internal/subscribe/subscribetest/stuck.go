package subscribetest

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// Stuck is a store. Some of its reads wait until their context ends.
type Stuck struct {
	feed.Replay
	Seeds, Pages bool          // reads of the hub that wait: of a request, and of pages
	Queries      bool          // reads of briefings for a selection wait
	Reading      chan struct{} // receives a value from each read that waits
}

// wait reports the read in Reading and waits until ctx ends.
func (s *Stuck) wait(ctx context.Context) error {
	s.Reading <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

// Request implements feed.Replay.
func (s *Stuck) Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error) {
	if s.Seeds {
		return briefing.Request{}, s.wait(ctx)
	}
	return s.Replay.Request(ctx, id)
}

// Briefings implements feed.Replay.
func (s *Stuck) Briefings(
	ctx context.Context, id briefing.RequestID, at briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	if s.Pages && !at.Backward {
		return nil, false, s.wait(ctx)
	}
	return s.Replay.Briefings(ctx, id, at)
}

// stuckStore is the service's store, with the waiting reads of a Stuck.
type stuckStore struct {
	briefing.Store
	stuck *Stuck
}

func (s *stuckStore) Briefings(
	ctx context.Context, id briefing.RequestID, at briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	if s.stuck.Queries {
		return nil, false, s.stuck.wait(ctx)
	}
	return s.Store.Briefings(ctx, id, at)
}

// idle is a schedule and a summariser that do nothing.
type idle struct{}

func (idle) Add(briefing.Request)                            {}
func (idle) Remove(briefing.RequestID)                       {}
func (idle) Move(briefing.Request)                           {}
func (idle) Skipped(string) briefing.Skips                   { return briefing.Skips{} }
func (idle) Counts(req briefing.Request) briefing.TickCounts { return req.Ticks }
func (idle) Summarize(context.Context, briefing.SummaryInput) (briefing.Summary, error) {
	return briefing.Summary{}, nil
}
