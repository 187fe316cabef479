package schedule_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// Another process moves the end forward while the feed is lost. The next tick is far away, and the
// request ends within seconds of its moved end nevertheless. That is also true after the store was
// away.
func TestDue_earlier_end_while_the_feed_is_lost(t *testing.T) {
	for _, away := range []time.Duration{0, 7 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, newMemoryStore(), schedule.Config{})
			req := s.start("one", 3600, 10*time.Hour)
			s.Add(req)
			pass(10 * time.Second)
			s.moveEnd(req.ID, 20*time.Second)
			pass(9 * time.Second)
			if away > 0 {
				s.setUnreachable(true)
				pass(away)
				s.setUnreachable(false)
			}
			pass(4 * time.Second)
			s.endedAfter(t, req.ID, 20*time.Second)
			s.expect(t, req.ID, nil, briefing.TickCounts{})
		})
	}
}

// The due requests are read every two seconds, also while many are due: a run delays their ends.
func TestDue_is_read_once_in_a_while(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, newMemoryStore(), schedule.Config{Runner: &runner{takes: func(int64) time.Duration { return 50 * time.Second }}})
		for range 100 {
			s.Add(s.start("one", 10, 15*time.Second))
		}
		pass(time.Minute)
		if n := s.dueReads; n < 20 || n > 31 {
			t.Errorf("read %d times in a minute", n)
		}
	})
}
