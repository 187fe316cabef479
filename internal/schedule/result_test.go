package schedule_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// A result that was stored while its answer was lost is done and not missed, also if its second
// append is refused. The health of its camera is stored, too.
func TestSchedule_counts_a_stored_result_whose_answer_was_lost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		missed := &misses{}
		var logged bytes.Buffer
		m := withCamera()
		s := open(t, m, schedule.Config{
			Runner: states(briefing.CameraDark), Observer: missed, Log: slog.New(slog.NewTextHandler(&logged, nil)),
		})
		req := s.start("one", 10, time.Hour)
		s.Add(req)
		s.set(func() { s.lost = 1 })
		pass(25 * time.Second)
		s.expect(t, req.ID, until(2), briefing.TickCounts{Done: 2})
		if missed.n.Load() != 0 || strings.Contains(logged.String(), "refused") {
			t.Errorf("%d ticks are missed, the log is %s", missed.n.Load(), logged.String())
		}
		if list := m.written(); len(list) == 0 || list[0] != "1 DARK" {
			t.Errorf("the reports of the health are %q", list)
		}
	})
}
