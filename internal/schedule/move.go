package schedule

import (
	"context"

	"bis/internal/briefing"
)

// Move implements briefing.Scheduler. The service calls it after a move in this process, and the
// feed after a move in any process.
func (s *Schedule) Move(req briefing.Request) {
	s.mu.Lock()
	j, ticking := s.jobs[req.ID], s.ticking
	s.mu.Unlock()
	if j == nil || !req.Active || !j.move(req) {
		return
	}
	if ticking {
		s.arm(j)
	}
}

// FeedOpened tells the schedule that the feed was opened. Moves before the opening may be unknown,
// so the next turn of claims reads the end of every request that runs here.
func (s *Schedule) FeedOpened() { s.wantEnds() }

// wantEnds makes the next turn of claims read the ends.
func (s *Schedule) wantEnds() { s.endsWanted.Store(true) }

// readEnds reads the ends of all requests that run here, if some may have moved. After an error the
// next turn tries again.
func (s *Schedule) readEnds(ctx context.Context) {
	if !s.endsWanted.Swap(false) {
		return
	}
	s.mu.Lock()
	ids := make([]briefing.RequestID, 0, len(s.jobs))
	for id := range s.jobs {
		ids = append(ids, id)
	}
	s.mu.Unlock()
	for len(ids) > 0 {
		n := min(len(ids), claimLimit)
		states, err := s.cfg.Store.RequestStates(ctx, ids[:n])
		if err != nil {
			s.wantEnds()
			if ctx.Err() == nil {
				s.cfg.Log.WarnContext(ctx, "read moved ends", "err", err)
			}
			return
		}
		for _, req := range states {
			s.Move(req)
		}
		ids = ids[n:]
	}
}
