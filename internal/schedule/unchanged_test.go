package schedule_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// secondsRepeat is a runner with a report for each tick. Every second one is unchanged.
func secondsRepeat(f briefing.Facts) *runner {
	return &runner{says: func(run briefing.Run) briefing.Report {
		return briefing.Report{Caption: "hello", Source: "template", Facts: f, Unchanged: run.Tick%2 == 0}
	}}
}

// An unchanged report is stored as an unchanged briefing, and counts among the done ticks. Reports
// that wait for the store are neither done nor unchanged until they are stored.
func TestSchedule_stores_and_counts_unchanged_reports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: secondsRepeat(briefing.Facts{})})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(25 * time.Second)
		s.expect(t, req.ID, until(2), briefing.TickCounts{Done: 2, Unchanged: 1})
		s.setUnreachable(true)
		pass(20 * time.Second) // ticks 3 and 4
		s.expect(t, req.ID, until(2), briefing.TickCounts{Done: 2, Unchanged: 1})
		s.setUnreachable(false)
		pass(20 * time.Second) // ticks 5 and 6
		s.expect(t, req.ID, until(6), briefing.TickCounts{Done: 6, Unchanged: 3})
		var got []bool
		for _, b := range s.ticks[req.ID] {
			got = append(got, b.Unchanged)
		}
		if diff := cmp.Diff([]bool{false, true, false, true, false, true}, got); diff != "" {
			t.Errorf("unchanged (-want +got):\n%s", diff)
		}
	})
}

// A stored result whose answer was lost counts once.
func TestSchedule_counts_unchanged_once_when_the_answer_was_lost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: secondsRepeat(briefing.Facts{})})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(15 * time.Second)
		s.set(func() { s.lost = 1 })
		pass(20 * time.Second)
		s.expect(t, req.ID, until(3), briefing.TickCounts{Done: 3, Unchanged: 1})
	})
}

// The boxes of a report take a part of the room for results that wait.
func TestSchedule_boxes_take_room(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		facts := briefing.Facts{Boxes: make([]briefing.Box, briefing.MaxBoxes)}
		s := open(t, newMemoryStore(), schedule.Config{WaitBytes: 10_000, Runner: secondsRepeat(facts)})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		pass(5 * time.Second)
		s.setUnreachable(true)
		pass(time.Minute)
		if diff := cmp.Diff(until(1), s.runner.started()); diff != "" {
			t.Errorf("runs started (-want +got):\n%s", diff)
		}
	})
}
