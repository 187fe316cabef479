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

// arm gives a job its timer: ticks from the next one on, or the end time when no tick is left.
func (s *Schedule) arm(j *job) {
	j.mu.Lock()
	next := j.handled + 1
	j.mu.Unlock()
	if next > j.last() {
		s.armEnd(j)
		return
	}
	every := j.req.Every()
	at, ok := s.local(j.req.TickAt(next))
	if !ok { // that close: nobody could run it in time
		next++
		if at, ok = s.local(j.req.TickAt(next)); !ok || next > j.last() {
			s.armEnd(j)
			return
		}
	}
	s.set(j, false, gocron.DurationJob(every), gocron.WithStartAt(gocron.WithStartDateTime(at)))
}

// armEnd sets a job's timer to its end time, or ends it at once.
func (s *Schedule) armEnd(j *job) {
	j.mu.Lock()
	already := j.ending
	j.ending = true
	j.mu.Unlock()
	at, ok := s.local(*j.req.EndsAt)
	if !ok {
		s.finishSoon(j)
		return
	}
	if !already {
		s.set(j, true, gocron.OneTimeJob(gocron.OneTimeJobStartDateTime(at)))
	}
}

// local turns a moment of the store's clock into one of this machine's. ok is false
// when it lies too near for gocron to begin there.
func (s *Schedule) local(t time.Time) (at time.Time, ok bool) {
	ahead := t.Sub(s.cfg.Store.Now())
	return time.Now().Add(ahead), ahead > 2*time.Millisecond
}

// set makes gocron fire the job and gives back the timer it had.
func (s *Schedule) set(j *job, end bool, when gocron.JobDefinition, options ...gocron.JobOption) {
	fire := func() { s.fire(j) }
	if end {
		fire = func() { s.finishSoon(j) }
	}
	timer, err := s.clock.NewJob(when, gocron.NewTask(fire), options...)
	if err != nil || timer == nil { // nil after Shutdown
		if end {
			s.finishSoon(j) // the moment has passed meanwhile
		} else if err != nil {
			s.cfg.Log.Error("set a timer", "request", j.req.ID, "err", err)
		}
		return
	}
	j.mu.Lock()
	old := j.timer
	j.timer = timer.ID()
	removed := j.removed
	j.mu.Unlock()
	s.disarm(old)
	if removed {
		s.disarm(timer.ID())
	}
}

// disarm takes a timer from the clock.
func (s *Schedule) disarm(timer uuid.UUID) {
	if timer != uuid.Nil {
		_ = s.clock.RemoveJob(timer) // gone already is as good
	}
}

// realign sets a job's timer anew when its clock has come off the grid: the machine slept, or its clock
// was set.
func (s *Schedule) realign(j *job, off time.Duration) {
	if off > -tooEarly && off < tooLate || s.realigns.Add(-1) < 0 {
		return
	}
	s.cfg.Log.Info("clock came off the grid", "request", j.req.ID, "by", off)
	s.arm(j)
}
