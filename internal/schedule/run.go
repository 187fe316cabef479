package schedule

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"bis/internal/briefing"
)

// fire handles a tick. The clock calls it through spawn.
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
	if n >= lastTick(j.request()) || j.isEnding() {
		s.arm(j)
	}
}

// realign sets a job's timer again when it is off the grid, because the machine slept or its clock
// was set. A timer that fired before its tick (early) is always set again.
func (s *Schedule) realign(j *job, off time.Duration, early bool) {
	late := tooLate
	if early {
		late = tooEarly
	}
	if off > -tooEarly && off < late || !early && s.realigns.Add(-1) < 0 {
		return
	}
	s.cfg.Log.Info("clock came off the grid", "request", j.req.ID, "by", off)
	s.arm(j)
}

// recoverRun recovers from a panic of a run, so that the program continues. The tick counts as
// missed.
func (s *Schedule) recoverRun(j *job) {
	if p := recover(); p != nil {
		s.cfg.Log.Error("run panicked",
			"request", j.req.ID, "panic", p, "stack", string(debug.Stack()))
		j.finishRun()
	}
}

// run executes tick n: it waits for a slot, calls the runner, and stores the result.
func (s *Schedule) run(j *job, n int64) {
	ctx, cancel := context.WithTimeout(s.runsCtx, s.cfg.RunTimeout)
	defer cancel()
	if !s.acquireSlot(ctx, j, cancel) {
		j.finishRun()
		return
	}
	if r, ok := s.runInSlot(ctx, j, n); ok {
		s.store(j, r)
	}
	j.finishRun()
}

// runInSlot reports and frees the slot, even if the runner panics.
func (s *Schedule) runInSlot(ctx context.Context, j *job, n int64) (result, bool) {
	s.cfg.Observer.InFlight(1)
	defer func() {
		s.cfg.Observer.InFlight(-1)
		<-s.slots
	}()
	s.cfg.Observer.Late(s.cfg.Store.Now().Sub(j.req.TickAt(n)))
	return s.report(ctx, j, n)
}

// acquireSlot makes the run cancellable, then waits for a slot. It returns false if the job was
// removed or ctx has ended.
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

// report checks that this instance still owns the active request, and calls the runner. A job that
// has ended or belongs to another owner is removed. A moved end is applied. ok is false if nothing
// is to be stored.
func (s *Schedule) report(ctx context.Context, j *job, n int64) (result, bool) {
	seen := j.endCount()
	state, err := s.runState(ctx, j.req.ID)
	switch {
	case ctx.Err() != nil:
		return result{}, false
	case errors.Is(err, briefing.ErrNotFound),
		err == nil && (!state.Active || state.Owner != j.req.Owner):
		s.removeJob(j) // it has ended, or another instance owns it
		return result{}, false
	case err != nil: // Append is fenced, so run with the last known style
		s.cfg.Log.Debug("run state", "request", j.req.ID, "err", err)
	default:
		j.mu.Lock()
		j.custom = state.Custom
		j.mu.Unlock()
		j.setCamera(state.Camera)
		s.moveTo(j, seen, state.EndsAt)
	}
	req := j.request()
	if req.PastEnd(n) {
		j.dropAfter(lastTick(req))
		return result{}, false
	}
	j.mu.Lock()
	run := briefing.Run{
		Request: req, Tick: n, At: j.req.TickAt(n), Custom: j.custom, Camera: j.seen.camera,
	}
	j.mu.Unlock()
	report, err := s.cfg.Runner.Run(ctx, run)
	if err != nil {
		if s.runsCtx.Err() == nil && !j.isRemoved() {
			s.cfg.Log.Warn("run failed", "request", j.req.ID, "tick", n, "err", err)
		}
		return result{}, false
	}
	return result{tick: n, report: report, health: j.healthOf(run, report)}, true
}

// stateTimeout bounds the check before a run.
const stateTimeout = time.Second

// runState reads from the store whether this instance still owns the active request. It waits at
// most stateTimeout, and not at all if the store was unreachable at the last call: otherwise the
// next ticks of short intervals would be skipped. It is safe to run without an answer, because the
// append is fenced.
func (s *Schedule) runState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	if s.storeUnreachable.Load() {
		return briefing.RunState{}, briefing.ErrUnavailable
	}
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	started := time.Now()
	state, err := s.cfg.Store.RunState(ctx, id)
	s.recordAnswer(started, err)
	return state, err
}

// recordAnswer records whether the store is reachable, by the error of a call that began at
// started. If a call failed while a later one succeeded, the store is slow and not unreachable.
func (s *Schedule) recordAnswer(started time.Time, err error) {
	switch {
	case errors.Is(err, context.Canceled):
	case !transient(err):
		s.lastAnswer.Store(time.Now().UnixNano())
		s.storeUnreachable.Store(false)
	case s.lastAnswer.Load() < started.UnixNano():
		s.storeUnreachable.Store(true)
	}
}

func (j *job) isRemoved() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.removed
}

// fireEnd handles the end time. The clock calls it through spawn, and every endRetry until the
// job has ended.
func (s *Schedule) fireEnd(j *job) {
	_ = s.endRequest(j) // the timer and writeLate retry
	j.timing.Lock()
	defer j.timing.Unlock()
	if !j.isRemoved() && j.isEnding() {
		s.setEndTimer(j)
	}
}

// endRequest ends a request whose end time has passed, unless a run or a waiting result delays
// the end. An error means that the store was unreachable; then writeLate retries.
func (s *Schedule) endRequest(j *job) error {
	req := j.request()
	if req.EndsAt == nil || !req.Due(s.cfg.Store.Now()) || !j.claimEnd() {
		return nil
	}
	defer j.releaseEnd()
	ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
	defer cancel()
	_, err := s.cfg.Store.EndRequest(ctx, briefing.End{
		ID: j.req.ID, Reason: briefing.EndedByTime, At: *req.EndsAt,
		Skipped: j.skipped(), Owner: j.req.Owner,
	})
	switch {
	case err == nil, errors.Is(err, briefing.ErrConflict):
	case errors.Is(err, briefing.ErrNotDue): // another process has moved the end
		s.wantEnd(j.req.ID)
		return nil
	case errors.Is(err, briefing.ErrNotOwner), errors.Is(err, briefing.ErrNotFound):
		s.cfg.Log.Warn("end request", "request", j.req.ID, "err", err)
	case transient(err):
		s.wakeLateWriter()
		return err
	default: // the outcome is unknown, so the timer retries
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
