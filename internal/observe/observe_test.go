package observe_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/observe"
)

func scrape(t *testing.T, m *observe.Metrics) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return rec.Body.String()
}

func expect(t *testing.T, m *observe.Metrics, lines ...string) {
	t.Helper()
	got := scrape(t, m)
	for _, line := range lines {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("metrics lack %q", line)
		}
	}
}

func TestMetrics_shows_what_was_recorded(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics()
	m.Done()
	m.Skipped(2)
	m.Missed(3)
	m.InFlight(1)
	m.Waiting(42)
	m.Late(3 * time.Millisecond)
	m.Reopened()
	m.Watch("bis_subscribers", "Open subscriptions.", func() float64 { return 7 })
	expect(t, m, `bis_ticks_total{outcome="done"} 1`, `bis_ticks_total{outcome="skipped"} 2`, `bis_ticks_total{outcome="missed"} 3`,
		`bis_runs_in_flight 1`, `bis_results_waiting_bytes 42`, `bis_tick_lateness_seconds_bucket{le="0.005"} 1`,
		`bis_feed_reopened_total 1`, `bis_subscribers 7`)
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	t.Run("counts by route and class", func(t *testing.T) {
		m := observe.NewMetrics()
		h := m.Middleware("login", log, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(422) }))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/login", nil))
		expect(t, m, `bis_http_answers_total{route="login",status="4xx"} 1`, `bis_http_seconds_count{route="login"} 1`)
	})
	t.Run("masks a panic", func(t *testing.T) {
		m := observe.NewMetrics()
		h := m.Middleware("x", log, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the secret cause") }))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		if rec.Code != 500 || strings.Contains(rec.Body.String(), "secret") {
			t.Errorf("answer %d %q, want 500 without the cause", rec.Code, rec.Body)
		}
		expect(t, m, `bis_http_answers_total{route="x",status="5xx"} 1`)
	})
	t.Run("does not time streams", func(t *testing.T) {
		m := observe.NewMetrics()
		h := m.Middleware("sse", log, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() }))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		if got := scrape(t, m); strings.Contains(got, `bis_http_seconds_count{route="sse"}`) {
			t.Error("a stream was timed")
		}
	})
}

// failing is a store whose Append returns err.
type failing struct {
	briefing.Store
	err error
}

func (f failing) Append(context.Context, briefing.Append) (briefing.Briefing, error) {
	return briefing.Briefing{}, f.err
}

func (f failing) SaveSheet(context.Context, briefing.StoredSheet) error { return f.err }

func (f failing) Sheet(context.Context, briefing.SheetKey) (briefing.StoredSheet, error) {
	return briefing.StoredSheet{}, f.err
}

func (f failing) SaveRefused(context.Context, briefing.Refused) error { return f.err }

func (f failing) AddUsage(context.Context, string, string, briefing.Usage) error { return f.err }

// The calls about what models wrote count like the others.
func TestStore_counts_faults_of_sheets_and_usage(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics()
	for _, err := range []error{briefing.ErrUnavailable, briefing.ErrNotFound, briefing.ErrInvalid, nil} {
		st := observe.NewStore(failing{err: err}, m, slog.New(slog.DiscardHandler))
		_, sheet := st.Sheet(t.Context(), briefing.SheetKey{})
		for _, got := range []error{
			sheet, st.SaveSheet(t.Context(), briefing.StoredSheet{}), st.SaveRefused(t.Context(), briefing.Refused{}),
			st.AddUsage(t.Context(), "kim", "2026-03-01", briefing.Usage{}),
		} {
			if got != err {
				t.Errorf("error %v, want %v", got, err)
			}
		}
	}
	for _, operation := range []string{"sheet", "save_sheet", "save_refused", "add_usage"} {
		expect(t, m, `bis_store_errors_total{kind="unavailable",operation="`+operation+`"} 1`)
	}
}

func TestStore_counts_faults_and_no_refusals(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics()
	for _, err := range []error{briefing.ErrUnavailable, briefing.ErrConflict, briefing.ErrNotDue, briefing.ErrNotOwner, io.ErrUnexpectedEOF, context.Canceled} {
		_, _ = observe.NewStore(failing{err: err}, m, slog.New(slog.DiscardHandler)).Append(context.Background(), briefing.Append{})
	}
	expect(t, m, `bis_store_errors_total{kind="unavailable",operation="append"} 1`,
		`bis_store_errors_total{kind="not_owner",operation="append"} 1`, `bis_store_errors_total{kind="internal",operation="append"} 1`)
	if got := scrape(t, m); strings.Contains(got, "conflict") {
		t.Error("a refusal was counted")
	}
}
