package schedule

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
)

// store writes a result, after those of its request that wait. While the store is unreachable it
// adds the result to them. The run is over either way.
func (s *Schedule) store(j *job, r result) {
	j.mu.Lock()
	behind := len(j.waiting) > 0 || s.storeUnreachable.Load()
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
	case transient(err):
		r.unsure = true
		j.mu.Lock()
		s.enqueue(j, r)
		j.mu.Unlock()
		s.wakeLateWriter()
	case err != nil:
		s.handleRefusal(j, r, err)
	default:
		s.reportHealth(j, r.health)
	}
}

// append writes a result, even if its run was cancelled: a result that exists is worth storing.
func (s *Schedule) append(j *job, r result) error {
	ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
	defer cancel()
	skipped := j.skippedBefore(r.tick)
	started := time.Now()
	b, err := s.cfg.Store.Append(ctx, briefing.Append{
		RequestID: j.req.ID, Owner: j.req.Owner, Tick: r.tick, Skipped: skipped,
		Briefing: r.report.Briefing(j.req.TickAt(r.tick), s.cfg.Zone),
	})
	s.recordAnswer(started, err)
	if err == nil {
		j.settled(b.Tick)
		s.cfg.Observer.Done()
	}
	return err
}

// transient reports whether an error may pass by itself: the store is unreachable, its answer did
// not come in time, or a stop did not wait for it.
func transient(err error) bool {
	return errors.Is(err, briefing.ErrUnavailable) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// handleRefusal handles an error that will not pass. If this instance no longer owns the request,
// its job is removed.
func (s *Schedule) handleRefusal(j *job, r result, err error) {
	if r.unsure && errors.Is(err, briefing.ErrConflict) && s.wasStored(j, r.tick) {
		j.settled(r.tick)
		s.cfg.Observer.Done()
		s.reportHealth(j, r.health)
		return
	}
	if errors.Is(err, briefing.ErrConflict) && (j.isRemoved() || s.leftGrid(j, r.tick)) {
		return // expected: the request ended during the run, or its end was moved
	}
	s.cfg.Observer.Missed(1)
	s.cfg.Log.Warn("result refused", "request", j.req.ID, "tick", r.tick, "err", err)
	if errors.Is(err, briefing.ErrNotOwner) || errors.Is(err, briefing.ErrNotFound) {
		s.removeJob(j)
	}
}

// wasStored reports whether the store has a tick whose earlier append got no answer. No other owner
// settles a tick in this one's term, so a last tick that is not before it says so.
func (s *Schedule) wasStored(j *job, tick int64) bool {
	ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
	defer cancel()
	states, err := s.cfg.Store.RequestStates(ctx, []briefing.RequestID{j.req.ID})
	state, ok := states[j.req.ID]
	return err == nil && ok && state.LastTick >= tick && (!state.Active || state.Owner == j.req.Owner)
}

// leftGrid reads the end of a request that has refused a tick, and reports whether the grid ends
// before the tick. Then the tick is neither done nor missed. Without an answer, leftGrid decides by
// the end that is known here, and the next turn of claims reads again.
func (s *Schedule) leftGrid(j *job, tick int64) bool {
	ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
	defer cancel()
	seen := j.endCount()
	states, err := s.cfg.Store.RequestStates(ctx, []briefing.RequestID{j.req.ID})
	state, ok := states[j.req.ID]
	switch {
	case err != nil:
		s.wantEnd(j.req.ID)
	case !ok || !state.Active: // it has ended or was deleted
		s.removeJob(j)
		return !ok || tick > state.LastTick
	default:
		s.moveTo(j, seen, state.EndsAt)
	}
	req := j.request()
	if !req.PastEnd(tick) {
		return false
	}
	j.dropAfter(lastTick(req))
	return true
}
