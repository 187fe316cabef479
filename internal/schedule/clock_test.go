package schedule_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-co-op/gocron/v2"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// faultyClock is gocron with faults or delays before a timer is set.
type faultyClock struct {
	gocron.Scheduler

	before func(n int64) error // called before the n-th timer is set; an error refuses it
	n      atomic.Int64
}

func (h *faultyClock) NewJob(d gocron.JobDefinition, t gocron.Task, o ...gocron.JobOption) (gocron.Job, error) {
	if err := h.before(h.n.Add(1)); err != nil {
		return nil, err
	}
	return h.Scheduler.NewJob(d, t, o...)
}

// openFaulty starts a schedule on a faultyClock.
func openFaulty(t *testing.T, m *memoryStore, before func(n int64) error) *fixture {
	t.Helper()
	s := build(t, m, schedule.Config{})
	s.WrapClock(func(c gocron.Scheduler) gocron.Scheduler { return &faultyClock{Scheduler: c, before: before} })
	s.run(t)
	return s
}

// Every timer that gocron refuses is set again, for every reason. So every request continues to
// tick.
func TestSchedule_sets_a_refused_timer_again(t *testing.T) {
	for name, refuses := range map[string]func(n int64) bool{
		"the first":               func(n int64) bool { return n == 1 },
		"the first three":         func(n int64) bool { return n <= 3 },
		"the second, for the end": func(n int64) bool { return n == 2 },
		"every other":             func(n int64) bool { return n%2 == 1 },
		"four of five":            func(n int64) bool { return n%5 != 0 },
	} {
		for _, why := range []error{gocron.ErrWithStartDateTimePast, gocron.ErrOneTimeJobStartDateTimePast, errors.New("another reason")} {
			t.Run(fmt.Sprint(name, ": ", why), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := openFaulty(t, newMemoryStore(), func(n int64) error {
						if refuses(n) {
							return why
						}
						return nil
					})
					req := s.start("one", 10, 35*time.Second)
					s.Add(req)
					pass(40 * time.Second)
					synctest.Wait()
					s.expect(t, req.ID, until(3), briefing.TickCounts{Done: 3})
					if s.request(req.ID).Active {
						t.Error("did not end")
					}
				})
			})
		}
	}
}

// A claimed request ticks in the same way as one that was started here.
func TestSchedule_sets_a_refused_timer_of_a_claimed_request_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemoryStore()
		req := m.start("one", 10, time.Hour)
		pass(15 * time.Second)
		s := openFaulty(t, m.as("two"), func(n int64) error {
			if n <= 2 {
				return gocron.ErrWithStartDateTimePast
			}
			return nil
		})
		pass(30 * time.Second)
		synctest.Wait()
		s.expect(t, req.ID, []int64{2, 3, 4}, briefing.TickCounts{Done: 3, Missed: 1})
	})
}

// On a busy machine the moment of a timer may pass while it is being set. The due action then
// happens at once.
func TestSchedule_a_moment_that_passes_while_its_timer_is_set(t *testing.T) {
	const busy = 50 * time.Millisecond // the time for setting a timer
	slow := func(int64) error { time.Sleep(busy); return nil }
	t.Run("is a tick that runs at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			req := m.start("one", 86_400, 100*24*time.Hour)
			pass(24*time.Hour - busy/2) // tick 1 is busy/2 away when the request is claimed
			s := openFaulty(t, m.as("two"), slow)
			pass(time.Second)
			synctest.Wait()
			s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
			pass(3 * 24 * time.Hour)
			synctest.Wait()
			s.expect(t, req.ID, until(4), briefing.TickCounts{Done: 4})
		})
	})
	t.Run("is an end that happens at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			req := m.start("one", 60, 30*time.Second)
			pass(30*time.Second - busy/2)
			s := openFaulty(t, m.as("two"), slow)
			pass(time.Second)
			synctest.Wait()
			if s.request(req.ID).Active {
				t.Error("did not end")
			}
		})
	})
}

// A request that was added before Run may be due when Run is called. gocron would search for the
// next moment of a one-time timer forever.
func TestSchedule_what_is_due_before_Run_begins_happens_then(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := build(t, newMemoryStore(), schedule.Config{})
		ends, ticks := s.start("one", 60, 5*time.Second), s.start("one", 7, time.Hour)
		s.Add(ends)
		s.Add(ticks)
		pass(15 * time.Second) // tick 1 was not run, and tick 2 was due a second ago
		s.run(t)
		pass(10 * time.Second)
		synctest.Wait()
		if s.request(ends.ID).Active {
			t.Error("did not end")
		}
		s.expect(t, ticks.ID, []int64{2, 3}, briefing.TickCounts{Done: 2, Missed: 1})
	})
}

// Ticks follow the store's clock, which may be set back by any amount while a timer runs.
func TestSchedule_a_timer_that_fires_early_is_set_again(t *testing.T) {
	for _, by := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 1600 * time.Millisecond, 7 * time.Second, time.Minute} {
		t.Run(fmt.Sprint("for the end, by ", by), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, newMemoryStore(), schedule.Config{})
				req := s.start("one", 10, 35*time.Second)
				s.Add(req)
				pass(31 * time.Second) // the last tick has run, the timer is for the end
				s.set(func() { s.ahead = -by })
				pass(4*time.Second + by - time.Millisecond/2)
				synctest.Wait()
				if !s.request(req.ID).Active {
					t.Error("ended early")
				}
				pass(time.Second)
				synctest.Wait()
				if s.request(req.ID).Active {
					t.Error("did not end")
				}
			})
		})
		t.Run(fmt.Sprint("for the end, by ", by, ", while the last run goes on"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return 6 * time.Second }}})
				req := s.start("one", 10, 11*time.Second)
				s.Add(req)
				pass(10500 * time.Millisecond)
				s.set(func() { s.ahead = -by })
				pass(by + 7*time.Second)
				synctest.Wait()
				s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
				if s.request(req.ID).Active {
					t.Error("did not end")
				}
			})
		})
		t.Run(fmt.Sprint("for a tick, by ", by), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, newMemoryStore(), schedule.Config{})
				req := s.start("one", 3, time.Hour)
				s.Add(req)
				pass(7 * time.Second) // ticks 1 and 2 have run
				s.set(func() { s.ahead = -by })
				pass(by + 8*time.Second) // tick 5 is due now
				synctest.Wait()
				s.expect(t, req.ID, until(5), briefing.TickCounts{Done: 5})
			})
		})
	}
}

// An end is retried until its outcome is known.
func TestSchedule_an_end_that_fails_is_tried_again(t *testing.T) {
	for _, why := range []error{briefing.ErrUnavailable, errors.New("a fault of the store's")} {
		t.Run(why.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, newMemoryStore(), schedule.Config{})
				req := s.start("one", 10, 15*time.Second)
				s.Add(req)
				s.set(func() { s.endErr = why })
				pass(time.Minute)
				s.set(func() { s.endErr = nil })
				pass(10 * time.Second)
				synctest.Wait()
				s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
				if got := s.request(req.ID); got.Active || !got.EndedAt.Equal(*req.EndsAt) {
					t.Errorf("after its end: %+v", got)
				}
			})
		})
	}
}
