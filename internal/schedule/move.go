package schedule

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// Move implements briefing.Scheduler. The service calls it after a move in this process, and the
// feed after a move in any process.
func (s *Schedule) Move(req briefing.Request) {
	s.mu.Lock()
	j, ticking := s.jobs[req.ID], s.ticking
	if j == nil && req.Active {
		s.early.note(req)
	}
	s.mu.Unlock()
	if j == nil || !req.Active || !j.move(req) {
		return
	}
	if ticking {
		s.arm(j)
	}
}

// earlyMoves are moves of requests that do not run here, or not yet: the move may be newer than the
// state that a claim or a start has read and is about to add. They are forgotten after one to two
// turns of claims. The zero value has none.
type earlyMoves struct {
	now, before map[briefing.RequestID]*time.Time
}

// maxEarly bounds the moves of one turn. Further ones are left to the next opening of the feed.
const maxEarly = 1_000

// note records a move.
func (m *earlyMoves) note(req briefing.Request) {
	if m.now == nil {
		m.now = make(map[briefing.RequestID]*time.Time)
	}
	if len(m.now) < maxEarly {
		m.now[req.ID] = req.EndsAt
	}
}

// turn forgets the moves that were noted before the last turn.
func (m *earlyMoves) turn() { m.now, m.before = nil, m.now }

// apply returns the request with its noted end, if there is one.
func (m *earlyMoves) apply(req briefing.Request) briefing.Request {
	if end, ok := m.before[req.ID]; ok {
		req.EndsAt = end
	}
	if end, ok := m.now[req.ID]; ok {
		req.EndsAt = end
	}
	return req
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
