package schedule_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// endedAfter checks that a request has ended by time, so long after its start.
func (s *fixture) endedAfter(t *testing.T, id briefing.RequestID, want time.Duration) {
	t.Helper()
	r := s.request(id)
	if r.Active || *r.EndReason != briefing.EndedByTime || r.EndedAt.Sub(r.StartedAt) != want {
		t.Errorf("the request is %+v, want an end by time after %v", r, want)
	}
}

func TestMove_later(t *testing.T) {
	// The move comes while ticks are left, and between the last tick and the end.
	for _, at := range []time.Duration{15 * time.Second, 33 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 10, 35*time.Second)
			s.Add(req)
			pass(at)
			s.Move(s.moveEnd(req.ID, 62*time.Second))
			pass(61*time.Second - at)
			s.expect(t, req.ID, until(6), briefing.TickCounts{Done: 6})
			if !s.request(req.ID).Active {
				t.Error("ended before the moved end")
			}
			pass(2 * time.Second)
			s.endedAfter(t, req.ID, 62*time.Second)
			s.expect(t, req.ID, until(6), briefing.TickCounts{Done: 6})
		})
	}
}

func TestMove_earlier(t *testing.T) {
	for _, c := range []struct {
		at, end time.Duration
		ticks   int64
	}{
		{12 * time.Second, 32 * time.Second, 3}, // ticks are left
		{12 * time.Second, 15 * time.Second, 1}, // the end is before the next tick
		{12 * time.Second, 20 * time.Second, 2}, // the end is at a tick
	} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(c.at)
			s.Move(s.moveEnd(req.ID, c.end))
			pass(c.end - c.at + time.Second)
			s.endedAfter(t, req.ID, c.end)
			s.expect(t, req.ID, until(c.ticks), briefing.TickCounts{Done: int(c.ticks)})
			pass(time.Minute)
			s.expect(t, req.ID, until(c.ticks), briefing.TickCounts{Done: int(c.ticks)})
		})
	}
}

// Another process has moved the end to an earlier one, and the feed has not told it. No tick after
// the end runs, and the next run learns the end.
func TestMove_earlier_that_is_unknown_here(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(12 * time.Second)
		s.moveEnd(req.ID, 15*time.Second)
		pass(9 * time.Second)
		s.endedAfter(t, req.ID, 15*time.Second)
		s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
		if len(s.runner.runs) != 1 {
			t.Errorf("the ticks %v have run", s.runner.runs)
		}
	})
}

// The end moves to before a tick whose run cannot read it: the store refuses the result. The grid no
// longer has that tick, so it is not missed, and the refusal is no reason for a warning.
func TestMove_earlier_while_the_run_reads_the_end(t *testing.T) {
	for name, late := range map[string]bool{"at once": false, "late": true} {
		synctest.Test(t, func(t *testing.T) {
			var missed misses
			var logged bytes.Buffer
			s := open(t, newMemoryStore(), schedule.Config{
				Observer: &missed,
				Log:      slog.New(slog.NewTextHandler(&logged, nil)),
			})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(12 * time.Second)
			s.set(func() {
				s.stateRead = func() {
					s.moveEnd(req.ID, 15*time.Second)
					s.set(func() { s.unreachable = late })
				}
			})
			pass(9 * time.Second)
			s.setUnreachable(false)
			pass(6 * time.Second)
			s.endedAfter(t, req.ID, 15*time.Second)
			s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
			if missed.n.Load() != 0 || strings.Contains(logged.String(), "refused") {
				t.Errorf("%s: %d ticks are missed, the log is %s", name, missed.n.Load(), logged.String())
			}
		})
	}
}

// misses counts the missed ticks.
type misses struct {
	schedule.NoObserver
	n atomic.Int64
}

func (m *misses) Missed(n int) { m.n.Add(int64(n)) }

// Two moves are committed, and reported in the other order, or once more.
func TestMove_out_of_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		first := s.moveEnd(req.ID, 52*time.Second)
		second := s.moveEnd(req.ID, 32*time.Second)
		s.Move(first)
		s.Move(second)
		pass(time.Second)
		s.Move(first)
		pass(32 * time.Second)
		s.endedAfter(t, req.ID, 32*time.Second)
	})
}

// A read of the end answers with the old one after a move was read.
func TestMove_while_an_older_end_is_read(t *testing.T) {
	for name, read := range map[string]func(s *fixture){
		"by the opened feed": func(s *fixture) { s.FeedOpened() },
		"by a move":          func(s *fixture) { s.Move(s.moveEnd(s.only(), 50*time.Minute)) },
		"by a run":           func(*fixture) {},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(8500 * time.Millisecond)
			goOn := make(chan struct{})
			s.set(func() { s.stateRead = func() { <-goOn } })
			read(s)
			pass(1900 * time.Millisecond) // the next turn, and the next run
			s.Move(s.moveEnd(req.ID, 32*time.Second))
			synctest.Wait()
			close(goOn)
			pass(500 * time.Millisecond)
			pass(22 * time.Second)
			s.endedAfter(t, req.ID, 32*time.Second)
			if t.Failed() {
				t.Log(name)
			}
		})
	}
}

// A move brings the end forward to the past, and the end fails at first. It is tried again soon, and
// not at the end that was known before.
func TestMove_to_a_past_end_that_fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 1000, 10*time.Hour)
		s.Add(req)
		pass(1001 * time.Second)
		s.Move(s.moveEnd(req.ID, 1900*time.Second)) // no tick is left: the timer is for the end
		pass(time.Second)
		s.set(func() { s.endErr = errors.New("unknown outcome") })
		s.Move(s.moveEnd(req.ID, 1001*time.Second))
		pass(time.Second)
		s.set(func() { s.endErr = nil })
		pass(6 * time.Second)
		s.endedAfter(t, req.ID, 1001*time.Second)
		s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
	})
}

// A request that another process has ended or deleted leaves with the opening of the feed.
func TestFeedOpened_removes_what_has_ended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return 50 * time.Second }}})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(15 * time.Second) // tick 1 runs
		s.set(func() { s.requests[req.ID].Active = false })
		s.FeedOpened()
		pass(2 * time.Second)
		if s.runner.now != 0 || len(s.Skipped("kim")) != 0 {
			t.Error("the run of an ended request goes on")
		}
	})
}

// Many moves in a row leave one timer, for the last end.
func TestMove_many_times(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		for i := range 40 {
			s.Move(s.moveEnd(req.ID, time.Duration(100+i*7%13)*time.Second))
			pass(time.Second)
		}
		s.Move(s.moveEnd(req.ID, 75*time.Second))
		pass(40 * time.Second)
		s.endedAfter(t, req.ID, 75*time.Second)
		s.expect(t, req.ID, until(7), briefing.TickCounts{Done: 7})
	})
}

// Another process has moved the end, and this one does not know it: its timer must not end the
// request. The refusal makes the schedule read the moved end.
func TestMove_that_is_unknown_here(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, 35*time.Second)
		s.Add(req)
		pass(20 * time.Second)
		s.moveEnd(req.ID, 62*time.Second)
		pass(16 * time.Second)
		if !s.request(req.ID).Active {
			t.Fatal("a stale timer has ended the request")
		}
		pass(28 * time.Second)
		s.endedAfter(t, req.ID, 62*time.Second)
		s.expect(t, req.ID, until(6), briefing.TickCounts{Done: 6})
	})
}

// A feed that was opened again may have missed a move, so the ends are read. That succeeds when the
// store is back.
func TestFeedOpened_reads_the_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 3600, 10*time.Hour)
		s.Add(req)
		pass(10 * time.Second)
		s.moveEnd(req.ID, 60*time.Second)
		s.setUnreachable(true)
		s.FeedOpened()
		pass(10 * time.Second)
		s.setUnreachable(false)
		pass(45 * time.Second)
		s.endedAfter(t, req.ID, 60*time.Second)
	})
}

// A move during a run does not disturb the run, and a move of an unknown or ended request does
// nothing.
func TestMove_edges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return 8 * time.Second }}})
		req := s.start("one", 10, 25*time.Second)
		s.Add(req)
		pass(22 * time.Second) // tick 2 runs
		s.Move(s.moveEnd(req.ID, 45*time.Second))
		pass(21 * time.Second) // tick 4 runs until 48 s
		s.expect(t, req.ID, until(3), briefing.TickCounts{Done: 3})
		pass(10 * time.Second)
		s.endedAfter(t, req.ID, 45*time.Second)
		s.expect(t, req.ID, until(4), briefing.TickCounts{Done: 4})
		s.Move(s.request(req.ID))
		s.Move(briefing.Request{ID: "unknown", Active: true})
		pass(time.Minute)
		s.expect(t, req.ID, until(4), briefing.TickCounts{Done: 4})
	})
}

// A request that is moved before the schedule runs ends at the moved end.
func TestMove_before_Run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := build(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		s.Move(s.moveEnd(req.ID, 15*time.Second))
		s.run(t)
		pass(16 * time.Second)
		s.endedAfter(t, req.ID, 15*time.Second)
		s.expect(t, req.ID, until(1), briefing.TickCounts{Done: 1})
	})
}

// The feed may have a move before the schedule has the request, whose state was read before the
// move. An old move is forgotten.
func TestMove_before_Add(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{})
		req := s.start("one", 10, time.Hour)
		s.Move(s.moveEnd(req.ID, 15*time.Second))
		s.Add(req) // as it was read before the move
		other := s.start("one", 10, 35*time.Second)
		stale := other
		end := other.StartedAt.Add(12 * time.Second)
		stale.EndsAt = &end
		s.Move(stale)
		pass(5 * time.Second) // several turns of claims
		s.Add(other)
		pass(11 * time.Second)
		s.endedAfter(t, req.ID, 15*time.Second)
		pass(20 * time.Second)
		s.endedAfter(t, other.ID, 35*time.Second)
	})
}
