package schedule

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/retry"
)

// store puts a result into the store, behind those of its request that wait. While
// the store is away it waits too, and the run is over.
func (s *Schedule) store(j *job, r result) {
	j.mu.Lock()
	behind := len(j.waiting) > 0 || s.storeAway.Load()
	if behind {
		s.enqueue(j, r)
	}
	j.mu.Unlock()
	if behind {
		s.wakeLateWriter()
		return
	}
	err := s.append(j, r)
	switch {
	case away(err):
		j.mu.Lock()
		s.enqueue(j, r)
		j.mu.Unlock()
		s.wakeLateWriter()
	case err != nil:
		s.handleRefusal(j, r, err)
	}
}

// wait keeps a result; j.mu is held.
func (s *Schedule) enqueue(j *job, r result) {
	if j.removed {
		return
	}
	j.waiting = append(j.waiting, r)
	s.countWaiting(r.size())
}

// hold books bytes of results that wait.
func (s *Schedule) countWaiting(bytes int64) { s.cfg.Observer.Waiting(s.waiting.Add(bytes)) }

// nudge wakes writeLate.
func (s *Schedule) wakeLateWriter() {
	select {
	case s.lateWork <- struct{}{}:
	default: // it is awake
	}
}

// writeLate writes what waits for the store, with growing pauses while that is away.
func (s *Schedule) writeLate(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.lateWork:
		}
		told := false
		pauses := retry.Backoff{Least: 100 * time.Millisecond, Most: 5 * time.Second}
		for ctx.Err() == nil {
			left, err := s.writeWaiting()
			if err == nil && !left {
				break
			}
			if err == nil {
				pauses.Reset()
				continue
			}
			if !told {
				s.cfg.Log.WarnContext(ctx, "results wait: the store is away", "err", err)
				told = true
			}
			if pauses.Wait(ctx) != nil {
				return
			}
		}
		if told && ctx.Err() == nil {
			s.cfg.Log.InfoContext(ctx, "results are written: the store is back")
		}
	}
}

// How late results are written.
const (
	lateWriters = 16                     // jobs whose results are written at once; order matters within a job only
	lateTurn    = 4                      // results of one job before others have their turn
	lastRetry   = 100 * time.Millisecond // between two tries at a stop
)

// writeWaiting has every job that has something waiting take its turn. left: more is waiting. The error says that the store is still away.
func (s *Schedule) writeWaiting() (left bool, err error) {
	list := s.jobsBehind()
	todo := make(chan *job, len(list))
	for _, j := range list {
		todo <- j
	}
	close(todo)
	var gone atomic.Pointer[error]
	var more atomic.Bool
	var all sync.WaitGroup
	for range min(len(list), lateWriters) {
		all.Go(func() {
			for j := range todo {
				if gone.Load() != nil {
					return
				}
				left, err := s.writeJob(j)
				if err != nil {
					gone.Store(&err)
				}
				if left {
					more.Store(true)
				}
			}
		})
	}
	all.Wait()
	if err := gone.Load(); err != nil {
		return true, *err
	}
	return more.Load(), nil
}

// behind returns the jobs that have results or their end waiting.
func (s *Schedule) jobsBehind() []*job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*job
	for _, j := range s.jobs {
		j.mu.Lock()
		if len(j.waiting) > 0 || j.ending {
			list = append(list, j)
		}
		j.mu.Unlock()
	}
	return list
}

// writeJob writes a job's results in their order, then its end if that has come, but no more than a turn's: with a slow store there may
// always be more, and other jobs would never have theirs.
func (s *Schedule) writeJob(j *job) (left bool, err error) {
	for n := 0; ; n++ {
		if err := s.runsCtx.Err(); err != nil { // a stop, and Grace is over
			return true, err
		}
		j.mu.Lock()
		if len(j.waiting) == 0 {
			j.mu.Unlock()
			return false, s.endRequest(j)
		}
		r := j.waiting[0]
		j.mu.Unlock()
		if n == lateTurn {
			return true, nil
		}
		err := s.append(j, r)
		if away(err) {
			return true, err
		}
		if err != nil {
			s.handleRefusal(j, r, err)
		}
		j.mu.Lock()
		if len(j.waiting) > 0 && j.waiting[0].tick == r.tick { // not dropped meanwhile
			j.waiting = j.waiting[1:]
			s.countWaiting(-r.size())
		}
		j.mu.Unlock()
	}
}

// writeLast writes at a stop what waits for the store, and tries again while the store is away,
// until Grace is over.
func (s *Schedule) writeLast() {
	for {
		left, err := s.writeWaiting()
		if !left {
			return
		}
		if s.runsCtx.Err() != nil {
			s.cfg.Log.Warn("results are lost: the store is away", "bytes", s.waiting.Load(), "err", err)
			return
		}
		if err != nil {
			_ = retry.Pause(s.runsCtx, lastRetry) // the next turn asks s.runs itself
		}
	}
}
