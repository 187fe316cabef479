package schedule

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"bis/internal/briefing"
)

// fire is what the clock calls at a tick, by soon.
func (s *Schedule) fire(j *job) {
	now := s.cfg.Store.Now()
	n := j.req.NearestTick(now)
	verdict := j.accept(n, s.waiting.Load() < s.cfg.WaitBytes)
	if verdict == skipTick {
		s.cfg.Observer.Skipped(1)
	}
	s.realign(j, now.Sub(j.req.TickAt(n)), verdict == ignoreTick)
	if verdict == runTick {
		s.run(j, n)
	}
	if n >= j.last() || j.isEnding() {
		s.armEnd(j)
	}
}

// recovered keeps a panic from ending the program: its tick is missed.
func (s *Schedule) recoverRun(j *job) {
	if p := recover(); p != nil {
		s.cfg.Log.Error("run panicked", "request", j.req.ID, "panic", p, "stack", string(debug.Stack()))
		j.finishRun()
	}
}

// run does tick n: waits for its turn, looks, words, and stores.
func (s *Schedule) run(j *job, n int64) {
	ctx, cancel := context.WithTimeout(s.runsCtx, s.cfg.RunTimeout)
	defer cancel()
	if !s.acquireSlot(ctx, j, cancel) {
		j.finishRun()
		return
	}
	if report, ok := s.runInSlot(ctx, j, n); ok {
		s.store(j, result{tick: n, report: report})
	}
	j.finishRun()
}

// inSlot has the runner report, and gives the slot back whatever the runner does.
func (s *Schedule) runInSlot(ctx context.Context, j *job, n int64) (briefing.Report, bool) {
	s.cfg.Observer.InFlight(1)
	defer func() {
		s.cfg.Observer.InFlight(-1)
		<-s.slots
	}()
	s.cfg.Observer.Late(s.cfg.Store.Now().Sub(j.req.TickAt(n)))
	return s.report(ctx, j, n)
}

// enter waits for one of the slots and lets the run be cancelled.
func (s *Schedule) acquireSlot(ctx context.Context, j *job, cancel context.CancelFunc) bool {
	j.mu.Lock()
	j.cancel = cancel
	removed := j.removed
	j.mu.Unlock()
	if removed {
		return false
	}
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// look makes sure that the request is still ours to run, and has the runner report.
func (s *Schedule) report(ctx context.Context, j *job, n int64) (briefing.Report, bool) {
	state, err := s.runState(ctx, j.req.ID)
	switch {
	case ctx.Err() != nil:
		return briefing.Report{}, false
	case errors.Is(err, briefing.ErrNotFound), err == nil && (!state.Active || state.Owner != j.req.Owner):
		s.removeJob(j) // it has ended, or another instance runs it
		return briefing.Report{}, false
	case err != nil: // the store is away: the owner goes on with what it knows
		s.cfg.Log.Debug("run state", "request", j.req.ID, "err", err)
	default:
		j.mu.Lock()
		j.custom = state.Custom
		j.mu.Unlock()
	}
	j.mu.Lock()
	custom := j.custom
	j.mu.Unlock()
	report, err := s.cfg.Runner.Run(ctx, briefing.Run{Request: j.req, Tick: n, At: j.req.TickAt(n), Custom: custom})
	if err != nil {
		if s.runsCtx.Err() == nil && !j.isRemoved() {
			s.cfg.Log.Warn("run failed", "request", j.req.ID, "tick", n, "err", err)
		}
		return briefing.Report{}, false
	}
	return report, true
}

// checkTime is how long a run waits to be told that it is still wanted.
const stateTimeout = time.Second

// runState asks whether a request is still ours to run, but waits little for a store that is slow and not at all for one that was away
// a moment ago: runs of short intervals would become skipped ticks, and the append is fenced anyway.
func (s *Schedule) runState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	if s.storeAway.Load() {
		return briefing.RunState{}, briefing.ErrUnavailable
	}
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	asked := time.Now()
	state, err := s.cfg.Store.RunState(ctx, id)
	s.recordAnswer(asked, err)
	return state, err
}

// note remembers whether the store is there, by the answer to what was asked at a moment. A store that has answered anybody since then is slow
// and not away: the concurrent appends of runs write more than the late ones.
func (s *Schedule) recordAnswer(asked time.Time, err error) {
	switch {
	case errors.Is(err, context.Canceled):
	case !away(err):
		s.lastAnswer.Store(time.Now().UnixNano())
		s.storeAway.Store(false)
	case s.lastAnswer.Load() < asked.UnixNano():
		s.storeAway.Store(true)
	}
}

func (j *job) isRemoved() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.removed
}

// append puts a result into the store. It goes on after a cancelled run: a result that
// is there is worth storing.
func (s *Schedule) append(j *job, r result) error {
	ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
	defer cancel()
	at := j.req.TickAt(r.tick)
	skipped := j.skippedBefore(r.tick)
	asked := time.Now()
	b, err := s.cfg.Store.Append(ctx, briefing.Append{
		RequestID: j.req.ID, Owner: j.req.Owner, Tick: r.tick, Skipped: skipped,
		Briefing: briefing.Briefing{
			At: at, Caption: r.report.Caption, Text: briefing.Text(at, s.cfg.Zone, r.report.Caption),
			Facts: r.report.Facts, Degraded: r.report.Degraded, Source: r.report.Source,
		},
	})
	s.recordAnswer(asked, err)
	if err == nil {
		j.settled(b.Tick)
		s.cfg.Observer.Done()
	}
	return err
}

// away reports whether an error may pass by itself: the store was away, or its answer did not come,
// or a stop did not wait for it.
func away(err error) bool {
	return errors.Is(err, briefing.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// refused handles an error that will not pass: the request is over for us.
func (s *Schedule) handleRefusal(j *job, r result, err error) {
	if errors.Is(err, briefing.ErrConflict) && j.isRemoved() {
		return // an end that crossed the run is no news
	}
	s.cfg.Observer.Missed(1)
	s.cfg.Log.Warn("result refused", "request", j.req.ID, "tick", r.tick, "err", err)
	if errors.Is(err, briefing.ErrNotOwner) || errors.Is(err, briefing.ErrNotFound) {
		s.removeJob(j)
	}
}

// fireEnd is what the clock calls at the end time, and then again and again until the job has
// ended, by soon.
func (s *Schedule) fireEnd(j *job) {
	_ = s.endRequest(j) // writeLate goes on with it
	if !j.isRemoved() {
		s.setEndTimer(j)
	}
}

// finish ends a request whose end time has come, unless something holds that up. Its error says
// that the store was away.
func (s *Schedule) endRequest(j *job) error {
	if j.req.EndsAt == nil || s.cfg.Store.Now().Before(*j.req.EndsAt) || !j.claimEnd() {
		return nil
	}
	defer j.releaseEnd()
	ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
	defer cancel()
	_, err := s.cfg.Store.EndRequest(ctx, briefing.End{
		ID: j.req.ID, Reason: briefing.EndedByTime, At: *j.req.EndsAt, Skipped: j.skippedAfter(0), Owner: j.req.Owner,
	})
	switch {
	case err == nil, errors.Is(err, briefing.ErrConflict):
	case errors.Is(err, briefing.ErrNotOwner), errors.Is(err, briefing.ErrNotFound):
		s.cfg.Log.Warn("end request", "request", j.req.ID, "err", err)
	case away(err):
		s.wakeLateWriter()
		return err
	default: // nothing is known of the end, so the timer tries again
		s.cfg.Log.Warn("end request", "request", j.req.ID, "err", err)
		return nil
	}
	s.removeJob(j)
	return nil
}

func (j *job) isEnding() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ending
}
