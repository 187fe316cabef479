package schedule

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/retry"
)

// enqueue adds a result to those that wait; j.mu is held. Results of a removed job are discarded.
func (s *Schedule) enqueue(j *job, r result) {
	if j.removed {
		return
	}
	j.waiting = append(j.waiting, r)
	s.countWaiting(r.size())
}

// countWaiting adds bytes to the size of the results that wait.
func (s *Schedule) countWaiting(bytes int64) { s.cfg.Observer.Waiting(s.waiting.Add(bytes)) }

// wakeLateWriter wakes writeLate.
func (s *Schedule) wakeLateWriter() {
	select {
	case s.lateWork <- struct{}{}:
	default: // it has a token already
	}
}

// writeLate writes what waits for the store until ctx ends. While the store is unreachable it
// pauses, longer each time.
func (s *Schedule) writeLate(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.lateWork:
		}
		warned := false
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
			if !warned {
				s.cfg.Log.WarnContext(ctx, "results wait: the store is away", "err", err)
				warned = true
			}
			if pauses.Wait(ctx) != nil {
				return
			}
		}
		if warned && ctx.Err() == nil {
			s.cfg.Log.InfoContext(ctx, "results are written: the store is back")
		}
	}
}

// Bounds of writing late results.
const (
	lateWriters = 16                     // jobs written concurrently; each job in order
	lateTurn    = 4                      // results of one job before the next job's turn
	lastRetry   = 100 * time.Millisecond // between two tries during a stop
)

// writeWaiting writes one turn of every job with waiting results. left reports that more results
// wait. An error means that the store is still unreachable; then left is true.
func (s *Schedule) writeWaiting() (left bool, err error) {
	list := s.jobsBehind()
	todo := make(chan *job, len(list))
	for _, j := range list {
		todo <- j
	}
	close(todo)
	var failed atomic.Pointer[error] // why the store is unreachable; nil: it is reachable
	var more atomic.Bool
	var all sync.WaitGroup
	for range min(len(list), lateWriters) {
		all.Go(func() {
			for j := range todo {
				if failed.Load() != nil {
					return
				}
				left, err := s.writeJob(j)
				if err != nil {
					failed.Store(&err)
				}
				if left {
					more.Store(true)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return true, *err
	}
	return more.Load(), nil
}

// jobsBehind returns the jobs whose results or end wait.
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

// writeJob writes a job's results in order, and then its end if that is due, but at most lateTurn
// results. With a slow store there may always be more, and other jobs would never have their
// turn.
func (s *Schedule) writeJob(j *job) (left bool, err error) {
	for n := 0; ; n++ {
		if err := s.runsCtx.Err(); err != nil { // a stop whose Grace is over
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
		if transient(err) {
			j.mu.Lock()
			if len(j.waiting) > 0 && j.waiting[0].tick == r.tick {
				j.waiting[0].unsure = true
			}
			j.mu.Unlock()
			return true, err
		}
		if err != nil {
			s.handleRefusal(j, r, err)
		} else {
			s.reportHealth(j, r.health)
		}
		j.mu.Lock()
		if len(j.waiting) > 0 && j.waiting[0].tick == r.tick { // not discarded meanwhile
			j.waiting = j.waiting[1:]
			s.countWaiting(-r.size())
		}
		j.mu.Unlock()
	}
}

// writeLast writes what waits for the store during a stop, and retries until Grace is over.
func (s *Schedule) writeLast() {
	for {
		left, err := s.writeWaiting()
		if !left {
			return
		}
		if s.runsCtx.Err() != nil {
			s.cfg.Log.Warn("results are lost: the store is away",
				"bytes", s.waiting.Load(), "err", err)
			return
		}
		if err != nil {
			_ = retry.Pause(s.runsCtx, lastRetry) // the next turn checks runsCtx
		}
	}
}
