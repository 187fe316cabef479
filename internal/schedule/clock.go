package schedule

import (
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"

	"bis/internal/briefing"
)

// A timer that fires this far from its tick is set again. Late firing may be mere load. So the
// bound for it is wider, and only a limited number of late timers is set again between two claims.
const (
	tooEarly        = 20 * time.Millisecond
	tooLate         = 2 * time.Second
	realignsPerTurn = 200
)

// Pauses of timers.
const (
	timerRetry = 100 * time.Millisecond // until a timer that gocron refused is set again
	endRetry   = 5 * time.Second        // between tries of an end that failed or was delayed
	minEndWait = 5 * time.Millisecond   // of an end whose timer fired early: no busy loop
)

// arm sets a job's timer: for the next tick, or for the end time if no tick is left. The tick of
// the current moment counts as next while it is at most tooLate, or half an interval, in the
// past.
func (s *Schedule) arm(j *job) {
	j.timing.Lock()
	defer j.timing.Unlock()
	req := j.request()
	j.mu.Lock()
	next := j.handled + 1
	j.mu.Unlock()
	now, every := s.cfg.Store.Now(), req.Every()
	if grid := req.Grid(now); next <= grid { // its moment has passed
		next = grid
		if now.Sub(req.TickAt(grid)) >= min(tooLate, every/2) {
			next++
		}
	}
	ending := next > lastTick(req)
	j.setEnding(ending)
	if ending {
		s.armEnd(j, req)
		return
	}
	s.setTimer(j, s.local(req.TickAt(next)), every, s.fire)
}

// setEnding records whether no tick is left. A job whose end has moved has ticks again.
func (j *job) setEnding(ending bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ending = ending
	if !ending {
		j.endTimerSet = false
	}
}

// armEnd makes a job end at its end time, or at once if that has passed. No tick follows.
func (s *Schedule) armEnd(j *job, req briefing.Request) {
	if !req.Due(s.cfg.Store.Now()) {
		s.setEndTimer(j)
		return
	}
	s.spawn(j, s.fireEnd)
}

// setEndTimer sets a job's timer to its end time. If that has passed and the job already has such
// a timer, it stays: it repeats until the store has settled the end.
func (s *Schedule) setEndTimer(j *job) {
	ahead := j.request().EndsAt.Sub(s.cfg.Store.Now())
	wait := max(ahead, minEndWait)
	if ahead <= 0 {
		j.mu.Lock()
		repeats := j.endTimerSet
		j.mu.Unlock()
		if repeats {
			return
		}
		wait = endRetry
	}
	if s.setTimer(j, time.Now().Add(wait), endRetry, s.fireEnd) {
		j.mu.Lock()
		j.endTimerSet = true
		j.mu.Unlock()
	}
}

// local converts a moment of the store's clock into one of this machine's clock.
func (s *Schedule) local(t time.Time) time.Time {
	return time.Now().Add(t.Sub(s.cfg.Store.Now()))
}

// setTimer makes gocron call fire at a moment and after every interval from then on. It replaces
// the job's previous timer. It reports whether gocron has accepted the timer. One that gocron
// refused is set again after timerRetry.
//
// The moment may pass while the timer is being set. gocron then starts with the next interval, so
// setTimer makes the first call itself. A one-time timer would not do: gocron refuses one whose
// moment has passed, or searches for its next moment forever.
func (s *Schedule) setTimer(j *job, at time.Time, every time.Duration, fire func(*job)) bool {
	task := gocron.NewTask(func() { s.spawn(j, fire) })
	timer, err := s.clock.NewJob(gocron.DurationJob(every), task,
		gocron.WithStartAt(gocron.WithStartDateTimePast(at)))
	if err != nil {
		s.retryTimer(j, err)
	}
	if !time.Now().Before(at) {
		s.spawn(j, fire)
	}
	if err != nil || timer == nil { // nil after Shutdown
		return false
	}
	s.replaceTimer(j, timer.ID())
	return true
}

// replaceTimer gives a job its new timer and removes the old one. A job that was removed meanwhile
// gets no timer.
func (s *Schedule) replaceTimer(j *job, timer uuid.UUID) {
	j.mu.Lock()
	old := j.timer
	j.timer = timer
	removed := j.removed
	j.mu.Unlock()
	s.disarm(old)
	if removed {
		s.disarm(timer)
	}
}

// retryTimer sets the timer of a job again after timerRetry.
func (s *Schedule) retryTimer(j *job, err error) {
	s.cfg.Log.Warn("a timer was refused and is set again", "request", j.req.ID, "err", err)
	time.AfterFunc(timerRetry, func() {
		if j.isRemoved() || !s.startWork() {
			return
		}
		defer s.work.Done()
		s.arm(j)
	})
}

// spawn calls fire on a goroutine of its own. gocron's Shutdown would spin while one of gocron's
// goroutines is busy.
func (s *Schedule) spawn(j *job, fire func(*job)) {
	if !s.startWork() {
		return
	}
	go func() {
		defer s.work.Done()
		defer s.recoverRun(j)
		fire(j)
	}()
}

// disarm removes a timer from the clock.
func (s *Schedule) disarm(timer uuid.UUID) {
	if timer != uuid.Nil {
		_ = s.clock.RemoveJob(timer) // its only error means that the timer does not exist
	}
}
