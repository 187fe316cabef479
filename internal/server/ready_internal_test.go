package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
)

// The store is probed at most once a second, for any number of callers. A caller that leaves does
// not affect the answer to the others.
func TestReadiness_asks_the_store_once_for_all(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := newReadiness(func(ctx context.Context) error {
			asked++
			time.Sleep(100 * time.Millisecond) // on the bubble's clock
			return ctx.Err()
		}, slog.New(slog.DiscardHandler))
		first, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i := range 50 {
			ctx := t.Context()
			if i == 0 {
				ctx = first
			}
			all.Go(func() {
				if said := r.check(ctx); said != "" && ctx.Err() == nil {
					t.Errorf("not ready: %s", said)
				}
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
		if asked != 1 {
			t.Errorf("the store was asked %d times at once, want once", asked)
		}
		time.Sleep(probeTTL)
		if r.check(t.Context()); asked != 2 {
			t.Errorf("the store was asked %d times after a second, want twice", asked)
		}
	})
}

func TestReadiness_bounds_a_probe_and_logs_each_change_once(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		answer := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		r := newReadiness(func(ctx context.Context) error { return answer(ctx) }, slog.New(slog.NewTextHandler(&log, nil)))
		begin := time.Now()
		for range 3 {
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			if w.Code != http.StatusServiceUnavailable || w.Body.String() != "the store does not answer in time\n" {
				t.Errorf("a store that hangs: %d %s", w.Code, w.Body)
			}
		}
		if took := time.Since(begin); took != probeTimeout {
			t.Errorf("three probes in a row took %v, want %v", took, probeTimeout)
		}
		cause := errors.New("mongodb://me:hidden@db")
		for _, c := range []struct {
			err  error
			want string
		}{
			{&briefing.NotReadyError{What: "table users cannot be read: the disk fails", Err: cause}, "table users cannot be read: the disk fails\n"},
			{cause, "the store fails: see the log\n"}, {nil, "ready\n"},
		} {
			time.Sleep(probeTTL)
			answer = func(context.Context) error { return c.err }
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			if w.Body.String() != c.want {
				t.Errorf("%v gives %q, want %q", c.err, w.Body, c.want)
			}
		}
		if lines := strings.Count(log.String(), "\n"); lines != 4 || strings.Count(log.String(), "ready again") != 1 {
			t.Errorf("the log has %d lines, want one for each change: %s", lines, &log)
		}
		r.stopping.Store(true)
		w := httptest.NewRecorder()
		if r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil)); w.Code != http.StatusServiceUnavailable || w.Body.String() != "stopping\n" {
			t.Errorf("at a stop: %d %s", w.Code, w.Body)
		}
	})
}
