package schedule

import (
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
)

// A job whose clock fires this far from its tick gets a new one. Late firing may be mere load, so
// it takes more, and only so many are mended in a turn of claiming.
const (
	tooEarly        = 20 * time.Millisecond
	tooLate         = 2 * time.Second
	realignsPerTurn = 200
)

// When something is tried again.
const (
	timerRetry = 100 * time.Millisecond // a timer that gocron refused
	endRetry   = 5 * time.Second        // an end that failed, or that a run or a waiting result held up
	minEndWait = 5 * time.Millisecond   // an end whose timer fired early, so that it does not fire in a loop
)

// arm gives a job its timer: ticks from the next one on, or the end time when no tick is left.
func (s *Schedule) arm(j *job) {
	j.mu.Lock()
	next := j.handled + 1
	j.mu.Unlock()
	now, every := s.cfg.Store.Now(), j.req.Every()
	if grid := j.req.Grid(now); next <= grid { // its moment has passed
		next = grid
		if now.Sub(j.req.TickAt(grid)) >= min(tooLate, every/2) {
			next++
		}
	}
	if next > j.last() {
		s.armEnd(j)
		return
	}
	s.setTimer(j, s.local(j.req.TickAt(next)), every, s.fire)
}

// armEnd has a job end at its end time, or at once when that has come.
func (s *Schedule) armEnd(j *job) {
	j.mu.Lock()
	j.ending = true
	j.mu.Unlock()
	if s.cfg.Store.Now().Before(*j.req.EndsAt) {
		s.setEndTimer(j)
		return
	}
	s.spawn(j, s.fireEnd)
}

// setEnd sets a job's timer to its end time. When that has come, a timer that the job has already
// is good enough: it repeats until the store has settled the end.
func (s *Schedule) setEndTimer(j *job) {
	ahead := j.req.EndsAt.Sub(s.cfg.Store.Now())
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

// local turns a moment of the store's clock into one of this machine's.
func (s *Schedule) local(t time.Time) time.Time {
	return time.Now().Add(t.Sub(s.cfg.Store.Now()))
}

// set makes gocron call fire at a moment and at every interval after it, in place of the job's
// former timer. It reports whether gocron has taken the timer; one that it refused is set again a
// little later.
//
// The moment may pass while the timer is being set. gocron then begins with the next interval, so
// the first firing is made here. A timer for a single moment would be refused, or would have gocron
// look for a next moment for ever.
func (s *Schedule) setTimer(j *job, at time.Time, every time.Duration, fire func(*job)) bool {
	timer, err := s.clock.NewJob(gocron.DurationJob(every), gocron.NewTask(func() { s.spawn(j, fire) }),
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

// exchange gives a job its new timer.
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

// setAgain sets a timer that gocron refused, a little later.
func (s *Schedule) retryTimer(j *job, err error) {
	s.cfg.Log.Warn("a timer was refused and is set again", "request", j.req.ID, "err", err)
	time.AfterFunc(timerRetry, func() {
		if j.isRemoved() || !s.startWork() {
			return
		}
		defer s.work.Done()
		if j.isEnding() {
			s.armEnd(j)
			return
		}
		s.arm(j)
	})
}

// soon calls fire on a goroutine of its own: gocron's Shutdown would spin while one of its own
// goroutines is at work.
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

// disarm takes a timer from the clock.
func (s *Schedule) disarm(timer uuid.UUID) {
	if timer != uuid.Nil {
		_ = s.clock.RemoveJob(timer) // gone already is as good
	}
}

// realign sets a job's timer anew when its clock has come off the grid: the machine slept, or its
// clock was set. idle says that the firing came before the tick it was meant for; then the timer is
// always set anew.
func (s *Schedule) realign(j *job, off time.Duration, idle bool) {
	late := tooLate
	if idle {
		late = tooEarly
	}
	if off > -tooEarly && off < late || !idle && s.realigns.Add(-1) < 0 {
		return
	}
	s.cfg.Log.Info("clock came off the grid", "request", j.req.ID, "by", off)
	s.arm(j)
}
