package schedule_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// until returns the ticks 1 to n.
func until(n int64) []int64 {
	var list []int64
	for i := int64(1); i <= n; i++ {
		list = append(list, i)
	}
	return list
}

// pass lets the bubble's time pass, and waits until all due work has happened.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (s *fixture) expect(t *testing.T, id briefing.RequestID, ticks []int64, counts briefing.TickCounts) {
	t.Helper()
	if diff := cmp.Diff(ticks, s.stored(id)); diff != "" {
		t.Errorf("stored ticks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(counts, s.Counts(s.request(id))); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestSchedule_ticks_on_the_grid_until_the_end_time(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, 35*time.Second)
		s.Add(req)
		pass(34 * time.Second)
		s.expect(t, req.ID, until(3), briefing.TickCounts{Done: 3})
		for i, b := range s.ticks[req.ID] {
			if want := req.StartedAt.Add(time.Duration(i+1) * 10 * time.Second); !b.At.Equal(want) {
				t.Errorf("tick %d is at %v, want %v", i+1, b.At, want)
			}
		}
		if !s.request(req.ID).Active {
			t.Error("ended before its end time")
		}
		pass(2 * time.Second)
		got := s.request(req.ID)
		if got.Active || *got.EndReason != briefing.EndedByTime || !got.EndedAt.Equal(*req.EndsAt) {
			t.Errorf("after the end time: %+v", got)
		}
	})
}

func TestSchedule_a_tick_exactly_at_the_end_time_still_runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return 4 * time.Second }}})
		req := s.start("one", 10, 30*time.Second)
		s.Add(req)
		pass(33 * time.Second)
		if !s.request(req.ID).Active {
			t.Error("ended while a run that began before the end goes on")
		}
		pass(2 * time.Second)
		s.expect(t, req.ID, until(3), briefing.TickCounts{Done: 3})
		if s.request(req.ID).Active {
			t.Error("did not end after its last run")
		}
	})
}

func TestSchedule_ends_a_request_too_short_for_a_tick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 60, 5*time.Second)
		s.Add(req)
		pass(6 * time.Second)
		s.expect(t, req.ID, nil, briefing.TickCounts{})
		if s.request(req.ID).Active {
			t.Error("did not end")
		}
	})
}

func TestSchedule_a_run_still_going_makes_the_next_tick_skipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(n int64) time.Duration {
			if n == 2 {
				return 25 * time.Second
			}
			return time.Second
		}
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: slow}})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(42 * time.Second) // tick 2 runs from 20 to 45 s
		s.expect(t, req.ID, []int64{1}, briefing.TickCounts{Done: 1, Skipped: 2})
		want := briefing.Skips{req.ID: {3, 4, 2}}
		if diff := cmp.Diff(want, s.Skipped("kim")); diff != "" {
			t.Errorf("2 are skipped and 1 is running: -want +got\n%s", diff)
		}
		pass(10 * time.Second)
		s.expect(t, req.ID, []int64{1, 2, 5}, briefing.TickCounts{Done: 3, Skipped: 2})
		if s.runner.peak != 1 {
			t.Errorf("%d runs of one request at once", s.runner.peak)
		}
	})
}

func TestSchedule_an_end_while_the_last_run_goes_on_waits_for_it(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return 30 * time.Second }}})
		req := s.start("one", 10, 25*time.Second)
		s.Add(req)
		pass(39 * time.Second) // tick 1 runs until 40 s, tick 2 is skipped, the end was at 25 s
		if !s.request(req.ID).Active {
			t.Fatal("ended over a run")
		}
		pass(2 * time.Second)
		s.expect(t, req.ID, []int64{1}, briefing.TickCounts{Done: 1, Skipped: 1})
		if s.request(req.ID).Active {
			t.Error("did not end after its last run")
		}
	})
}

func TestSchedule_restart(t *testing.T) {
	t.Run("goes on by itself on the same grid", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			first := open(t, m.as("one"), schedule.Config{})
			req := first.start("one", 10, time.Hour)
			first.Add(req)
			pass(25 * time.Second)
			first.stop()
			pass(20 * time.Second) // ticks 3 and 4 are not run
			second := open(t, m.as("two"), schedule.Config{})
			synctest.Wait()
			second.expect(t, req.ID, until(2), briefing.TickCounts{Done: 2, Missed: 2})
			pass(6 * time.Second)
			second.expect(t, req.ID, []int64{1, 2, 5}, briefing.TickCounts{Done: 3, Missed: 2})
			if got := m.request(req.ID).Owner; got != (briefing.Owner{Instance: "two", Term: 2}) {
				t.Errorf("owner = %+v, want two in term 2", got)
			}
		})
	})
	t.Run("ends what has passed its end time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			req := m.start("one", 10, 25*time.Second)
			pass(time.Hour)
			s := open(t, m.as("two"), schedule.Config{})
			pass(time.Second)
			s.expect(t, req.ID, nil, briefing.TickCounts{Missed: 2})
			if got := m.request(req.ID); got.Active || !got.EndedAt.Equal(*req.EndsAt) {
				t.Errorf("after its end: %+v", got)
			}
		})
	})
}

func TestSchedule_Remove_cancels_the_run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return time.Minute }}})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(12 * time.Second)
		if _, err := s.EndRequest(context.Background(), briefing.End{
			ID: req.ID, Reason: briefing.EndedByUser, At: time.Now(), Skipped: s.Skipped("kim"),
		}); err != nil {
			t.Fatal(err)
		}
		s.Remove(req.ID)
		synctest.Wait()
		s.expect(t, req.ID, nil, briefing.TickCounts{Skipped: 1})
		if s.runner.now != 0 {
			t.Error("the run goes on")
		}
		pass(time.Minute)
		if diff := cmp.Diff(until(1), s.runner.started()); diff != "" {
			t.Errorf("runs started (-want +got):\n%s", diff)
		}
	})
}

func TestSchedule_runs_no_request_that_is_not_its_own(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{ClaimEvery: time.Hour})
		foreign, ended := s.start("one", 10, time.Hour), s.start("one", 10, time.Hour)
		s.Add(foreign)
		s.Add(ended)
		synctest.Wait() // the first claim is over; the next is an hour away
		s.mu.Lock()
		s.requests[foreign.ID].Owner = briefing.Owner{Instance: "two", Term: 2}
		s.requests[ended.ID].Active = false
		s.mu.Unlock()
		pass(time.Minute)
		if runs := s.runner.started(); len(runs) != 0 {
			t.Errorf("ran ticks %v of requests that are another's or ended", runs)
		}
	})
}

func TestSchedule_while_the_store_is_unreachable(t *testing.T) {
	t.Run("goes on running and writes in order afterwards", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(15 * time.Second)
			s.setUnreachable(true)
			pass(60 * time.Second)
			s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1}) // six more wait
			s.setUnreachable(false)
			pass(10 * time.Second)
			s.expect(t, req.ID, until(8), briefing.TickCounts{Done: 8})
		})
	})
	t.Run("logs once that it is away and why, and that it is back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var logged bytes.Buffer // read after the schedule has stopped
			s := open(t, newMemoryStore(), schedule.Config{Log: slog.New(slog.NewTextHandler(&logged, nil))})
			s.Add(s.start("one", 10, time.Hour))
			pass(15 * time.Second)
			s.setUnreachable(true)
			pass(60 * time.Second)
			s.setUnreachable(false)
			pass(10 * time.Second)
			s.stop()
			for _, want := range []string{`msg="results wait: the store is away" err=unavailable`, `msg="results are written: the store is back"`} {
				if strings.Count(logged.String(), want) != 1 {
					t.Errorf("not once %q:\n%s", want, &logged)
				}
			}
		})
	})
	t.Run("does not wait for it at every run", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			m.slow = 3 * time.Second
			s := open(t, m, schedule.Config{})
			req := s.start("one", 1, time.Hour)
			s.Add(req)
			pass(3500 * time.Millisecond)
			s.setUnreachable(true)
			pass(60 * time.Second)
			s.setUnreachable(false)
			pass(10 * time.Second)
			if c := s.request(req.ID).Ticks; c.Done < 72 || c.Skipped > 1 || c.Missed > 0 {
				t.Errorf("%+v of 73 ticks, want one to be skipped at most", c)
			}
		})
	})
	t.Run("serves every request afterwards, also where the store is slower than the ticks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			m.takes = 1500 * time.Millisecond
			s := open(t, m, schedule.Config{MaxRuns: 100})
			var reqs []briefing.Request
			for range 40 {
				reqs = append(reqs, s.start("one", 1, time.Hour))
				s.Add(reqs[len(reqs)-1])
			}
			s.setUnreachable(true)
			pass(5 * time.Second)
			s.setUnreachable(false)
			pass(time.Minute)
			for i, req := range reqs {
				if list := s.stored(req.ID); len(list) < 5 {
					t.Errorf("request %d: ticks %v are stored after a minute", i, list)
				}
			}
		})
	})
	t.Run("starts no run when the room is full, so what waits has no holes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			// Room for three results.
			s := open(t, newMemoryStore(), schedule.Config{WaitBytes: 600})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(5 * time.Second)
			s.setUnreachable(true)
			pass(57 * time.Second) // ticks 1 to 6; the next retry is at most 6.25 s away
			if diff := cmp.Diff(until(3), s.runner.started()); diff != "" {
				t.Errorf("runs started (-want +got):\n%s", diff)
			}
			s.setUnreachable(false)
			pass(10 * time.Second)
			s.expect(t, req.ID, []int64{1, 2, 3, 7}, briefing.TickCounts{Done: 4, Missed: 3})
		})
	})
	t.Run("ends afterwards what has passed its end time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 10, 35*time.Second)
			s.Add(req)
			pass(15 * time.Second)
			s.setUnreachable(true)
			pass(time.Minute)
			s.setUnreachable(false)
			pass(10 * time.Second)
			s.expect(t, req.ID, until(3), briefing.TickCounts{Done: 3})
			if s.request(req.ID).Active {
				t.Error("did not end")
			}
		})
	})
	t.Run("does not store twice what was stored when the answer was lost", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			s.mu.Lock()
			s.lost = 1
			s.mu.Unlock()
			pass(25 * time.Second)
			s.expect(t, req.ID, until(2), briefing.TickCounts{Done: 2})
		})
	})
}

func TestSchedule_bounds_runs_at_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{MaxRuns: 3, Runner: &runner{takes: func(int64) time.Duration { return time.Second }}})
		for range 12 {
			s.Add(s.start("one", 60, time.Hour))
		}
		pass(65 * time.Second)
		if s.runner.peak != 3 || len(s.runner.started()) != 12 {
			t.Errorf("%d runs, %d at once; want 12, 3 at once", len(s.runner.started()), s.runner.peak)
		}
	})
}

func TestSchedule_survives_a_panic_and_a_failed_run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// With one slot, a run that did not free it would be the last.
		s := open(t, newMemoryStore(), schedule.Config{MaxRuns: 1, Runner: &runner{err: func(n int64) error {
			switch n {
			case 1:
				panic("the runner's fault")
			case 2:
				return context.DeadlineExceeded
			}
			return nil
		}}})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(35 * time.Second)
		s.expect(t, req.ID, []int64{3}, briefing.TickCounts{Done: 1, Missed: 2})
	})
}

func TestSchedule_stop_lets_runs_end(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		want  []int64
	}{{2 * time.Second, until(1)}, {time.Minute, nil}} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return c.takes }}})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(11 * time.Second)
			started := time.Now()
			s.stop()
			if took := time.Since(started); took > 4*time.Second {
				t.Errorf("stop took %v", took)
			}
			if diff := cmp.Diff(c.want, s.stored(req.ID)); diff != "" {
				t.Errorf("run of %v: stored (-want +got):\n%s", c.takes, diff)
			}
		})
	}
}

// Done + skipped + missed is always the last handled tick, less the ticks that run or wait. Done is
// the number of stored ticks. In the end the sum is the grid's last tick.
func TestSchedule_the_counts_always_add_up(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			m := newMemoryStore()
			durations := rand.New(rand.NewPCG(seed, 2)) // used under the runner's lock
			takes := func(int64) time.Duration { return time.Duration(durations.Int64N(int64(7 * time.Second))) }
			var reqs []briefing.Request
			for life := range 4 {
				// Each life has a runner of its own, which ends before the next life starts.
				s := open(t, m.as(string(rune('a'+life))), schedule.Config{Runner: &runner{takes: takes}, MaxRuns: 4})
				for range 3 {
					req := m.start(string(rune('a'+life)), 1+random.IntN(4), time.Duration(20+random.IntN(100))*time.Second)
					s.Add(req)
					reqs = append(reqs, req)
				}
				for range 20 {
					m.setUnreachable(random.IntN(4) == 0)
					pass(time.Duration(random.Int64N(int64(2 * time.Second))))
					for _, r := range reqs {
						s.checkSum(t, m.request(r.ID))
					}
				}
				m.setUnreachable(false)
				s.stop()
			}
			s := open(t, m.as("z"), schedule.Config{})
			pass(5 * time.Minute)
			for _, r := range reqs {
				got := m.request(r.ID)
				sum := int64(got.Ticks.Done + got.Ticks.Skipped + got.Ticks.Missed)
				if got.Active || sum != got.Grid(*got.EndsAt) || got.Ticks.Done != len(m.stored(r.ID)) {
					t.Errorf("seed %d: in the end active %v, %+v, grid %d, stored %d", seed, got.Active, got.Ticks, got.Grid(*got.EndsAt), len(m.stored(r.ID)))
				}
			}
			s.stop()
		})
	}
}

func (s *fixture) checkSum(t *testing.T, req briefing.Request) {
	t.Helper()
	if !req.Active {
		return
	}
	n := s.Counts(req)
	sum, grid := int64(n.Done+n.Skipped+n.Missed), req.Grid(time.Now())
	if sum > grid || n.Done != len(s.stored(req.ID)) || n.Missed < 0 {
		t.Errorf("%+v sum to %d with a grid of %d and %d stored", n, sum, grid, len(s.stored(req.ID)))
	}
}
