package observe_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bis/internal/limit"
	"bis/internal/observe"
)

// A caller has one line a minute for all reasons, and a flood of callers does not flood the log.
func TestRefusals_log_each_caller_once_a_minute(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	at := time.Unix(1_000, 0)
	r := observe.NewMetrics().Refusals(slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return at })
	for range 3 {
		r.Refused("a", limit.TooComplex)
		r.Refused("a", limit.ForeignHost)
		r.Refused("b", limit.ForeignHost)
		at = at.Add(19 * time.Second)
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines in the first minute, want 2:\n%s", n, &log)
	}
	at = at.Add(3 * time.Second)
	r.Refused("a", limit.TooComplex)
	if n := strings.Count(log.String(), "caller=a "); n != 2 {
		t.Errorf("%d lines about a after a minute, want 2", n)
	}
	log.Reset()
	for range 3 {
		for i := range 5_000 {
			r.Refused(limit.Caller(fmt.Sprint("net", i)), limit.ForeignOrigin)
		}
		at = at.Add(10 * time.Second)
	}
	if n := strings.Count(log.String(), "\n"); n > 1_000 {
		t.Errorf("%d lines about 5,000 callers, want at most 1,000", n)
	}
	at = at.Add(2 * time.Minute)
	r.Refused("late", limit.ForeignOrigin)
	if !strings.Contains(log.String(), "caller=late ") {
		t.Error("a caller has no line after the others' minute")
	}
}

// A reason that is not in the list creates no series.
func TestRefusals_have_bounded_labels(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics()
	r := m.Refusals(slog.New(slog.DiscardHandler), nil)
	r.Refused("a", "' or 1=1")
	r.Refused("a", limit.TooSlow)
	text := scrape(t, m)
	if n := strings.Count(text, "bis_refused_total{"); n != len(limit.Reasons()) {
		t.Errorf("%d series, want %d", n, len(limit.Reasons()))
	}
	if !strings.Contains(text, `bis_refused_total{reason="deadline"} 1`) {
		t.Errorf("the refusal is not counted:\n%s", text)
	}
}
