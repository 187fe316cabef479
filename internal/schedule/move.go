package schedule

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// Move implements briefing.Scheduler. The service calls it after a move in this process, and the
// feed after a move in any process. Moves may come in any order, so req does not decide: the end is
// read from the store.
func (s *Schedule) Move(req briefing.Request) {
	s.mu.Lock()
	if req.Active {
		s.early.note(req.ID)
	}
	s.mu.Unlock()
	s.wantEnd(req.ID)
}

// earlyMoves are the requests that were moved lately. The move may be newer than the state that a
// claim or a start has read and is about to add. They are forgotten after one to two turns of
// claims. The zero value has none.
type earlyMoves struct {
	now, before map[briefing.RequestID]struct{}
}

// maxEarly bounds the moves of one turn. Further ones are left to the next run or opening of the
// feed.
const maxEarly = 1_000

// note records a move.
func (m *earlyMoves) note(id briefing.RequestID) {
	if m.now == nil {
		m.now = make(map[briefing.RequestID]struct{})
	}
	if len(m.now) < maxEarly {
		m.now[id] = struct{}{}
	}
}

// turn forgets the moves that were noted before the last turn.
func (m *earlyMoves) turn() { m.now, m.before = nil, m.now }

// has reports whether a move of the request was noted.
func (m *earlyMoves) has(id briefing.RequestID) bool {
	_, now := m.now[id]
	_, before := m.before[id]
	return now || before
}

// endReads says which ends are to be read. One goroutine reads at a time.
type endReads struct {
	wanted  map[briefing.RequestID]struct{}
	all     bool // the next turn of claims reads the ends of all jobs
	reading bool
}

// want adds a request.
func (r *endReads) want(id briefing.RequestID) {
	if r.wanted == nil {
		r.wanted = make(map[briefing.RequestID]struct{})
	}
	r.wanted[id] = struct{}{}
}

// FeedOpened tells the schedule that the feed was opened. Moves and ends before the opening may be
// unknown, so the next turn of claims reads the end of every request that runs here.
func (s *Schedule) FeedOpened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends.all = true
}

// wantDue finds the requests that are due in the store and not in this schedule, and makes their
// ends be read. Another process has moved these ends, and the feed has not reported it.
func (s *Schedule) wantDue(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.StoreTimeout)
	defer cancel()
	due, err := s.cfg.Store.Due(ctx)
	if err != nil { // tried again soon; claim warns of a store that is away
		s.cfg.Log.DebugContext(ctx, "read due requests", "err", err)
		return
	}
	now := s.cfg.Store.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range due {
		if j := s.jobs[id]; j != nil {
			if req := j.request(); !req.Due(now) {
				s.ends.want(id)
			}
		}
	}
}

// wantEnd makes the end of a request be read, if it runs here. The read starts after this call.
func (s *Schedule) wantEnd(id briefing.RequestID) {
	s.mu.Lock()
	known := s.jobs[id] != nil
	if known {
		s.ends.want(id)
	}
	start := known && s.ticking && !s.stopped && !s.ends.reading
	if start {
		s.work.Add(1)
	}
	s.mu.Unlock()
	if start {
		go func() {
			defer s.work.Done()
			s.readEnds(s.runsCtx)
		}()
	}
}

// readAllEnds reads the ends of all requests that run here after an opening of the feed, and
// otherwise those that could not be read before.
func (s *Schedule) readAllEnds(ctx context.Context) {
	s.mu.Lock()
	if s.ends.all {
		s.ends.all = false
		for id := range s.jobs {
			s.ends.want(id)
		}
	}
	s.mu.Unlock()
	s.readEnds(ctx)
}

// readEnds reads the wanted ends, batch after batch, unless another goroutine does. After an error
// the next turn of claims tries again.
func (s *Schedule) readEnds(ctx context.Context) {
	for batch := s.nextEnds(true); len(batch) > 0; batch = s.nextEnds(false) {
		if err := s.readBatch(ctx, batch); err != nil {
			s.putBack(batch)
			if ctx.Err() == nil {
				s.cfg.Log.WarnContext(ctx, "read moved ends", "err", err)
			}
			return
		}
	}
}

// nextEnds returns the next jobs to read, each with its endCount. It returns none if no end is
// wanted, or if a reader that is not first reads already.
func (s *Schedule) nextEnds(first bool) map[*job]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first && s.ends.reading {
		return nil
	}
	batch := make(map[*job]uint64)
	for id := range s.ends.wanted {
		if len(batch) == claimLimit {
			break
		}
		delete(s.ends.wanted, id)
		if j := s.jobs[id]; j != nil {
			batch[j] = j.endCount()
		}
	}
	s.ends.reading = len(batch) > 0
	return batch
}

// putBack ends the reading after an error. The ends of the batch are wanted again.
func (s *Schedule) putBack(batch map[*job]uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for j := range batch {
		s.ends.want(j.req.ID)
	}
	s.ends.reading = false
}

// readBatch reads the ends of jobs and moves the jobs there. The job of a request that has ended or
// was deleted is removed.
func (s *Schedule) readBatch(ctx context.Context, batch map[*job]uint64) error {
	ids := make([]briefing.RequestID, 0, len(batch))
	for j := range batch {
		ids = append(ids, j.req.ID)
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.StoreTimeout)
	defer cancel()
	states, err := s.cfg.Store.RequestStates(ctx, ids)
	if err != nil {
		return err
	}
	for j, seen := range batch {
		if state, ok := states[j.req.ID]; ok && state.Active {
			s.moveTo(j, seen, state.EndsAt)
		} else {
			s.removeJob(j)
		}
	}
	return nil
}

// moveTo moves a job to an end that was read from the store. seen is the job's endCount from before
// the read. If another read was applied since, either may be the older one, so the end is read
// again.
func (s *Schedule) moveTo(j *job, seen uint64, end *time.Time) {
	changed, ok := j.move(seen, end)
	switch {
	case !ok:
		s.wantEnd(j.req.ID)
	case changed && s.isTicking():
		s.arm(j)
	}
}

// isTicking reports whether jobs have timers.
func (s *Schedule) isTicking() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ticking
}
