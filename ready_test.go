package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
)

// readyz asks a server and returns the status and the sentence.
func readyz(t *testing.T, c *child) (int, string) {
	t.Helper()
	res, err := http.Get(c.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// The server is not ready while another program holds the lock of its tables, and ready when that
// has ended.
func TestReady_tells_what_fails(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	if code, said := readyz(t, c); code != http.StatusOK || said != "ready\n" {
		t.Fatalf("at the start: %d %s", code, said)
	}
	db, err := sql.Open("sqlite", "file:"+c.cmd.Dir+"/bis.db?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	want := "the store cannot be written: no answer in time; another program may hold the lock of bis.db\n"
	code, said := readyz(t, c)
	for begin := time.Now(); code == http.StatusOK && time.Since(begin) < soon; { // the answer from before counts for a moment
		code, said = readyz(t, c)
	}
	if code != http.StatusServiceUnavailable || said != want {
		t.Errorf("under a lock: %d %s", code, said)
	}
	o := options{args: []string{"--addr", strings.TrimPrefix(c.url, "http://"), "health"}}
	if code, said := exits(t, o); code != 1 || said != "bis: not ready: "+want {
		t.Errorf("bis health: exit code %d, %q", code, said)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); ; {
		if code, said = readyz(t, c); code == http.StatusOK {
			break
		}
		if time.Since(begin) > soon {
			t.Fatalf("after the lock: %d %s", code, said)
		}
	}
	if _, err := db.Exec("CREATE TRIGGER no BEFORE INSERT ON briefings BEGIN SELECT RAISE(FAIL, 'no'); END"); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); code == http.StatusOK && time.Since(begin) < soon; {
		code, said = readyz(t, c)
	}
	if code != http.StatusServiceUnavailable || said != "table briefings cannot be written: see the log\n" {
		t.Errorf("with a table that refuses: %d %s", code, said)
	}
	if !strings.Contains(c.errs.String(), "not ready") || !strings.Contains(c.errs.String(), "ready again") {
		t.Errorf("the log says %s", c.errs)
	}
}

// A damaged file is refused at the start.
func TestStart_refuses_a_damaged_file(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	if err := c.graphql(t.Context(), `mutation { login(username: "kim") { outcome } }`, nil); err != nil {
		t.Fatal(err)
	}
	c.stop(t)
	path := filepath.Join(c.cmd.Dir, "bis.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < 12_288; i++ {
		b[i] ^= 0xff
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := exits(t, options{data: c.cmd.Dir})
	if code != 1 || !strings.Contains(said, "bis.db is damaged") || strings.Count(said, "\n") != 1 {
		t.Errorf("exit code %d: %s", code, said)
	}
}

// However many probes come, the store is asked once a second, and one caller's leaving spoils
// nothing for the others.
func TestReadiness_asks_the_store_once_for_all(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := newReadiness(func(ctx context.Context) error {
			asked++
			time.Sleep(100 * time.Millisecond) // of the bubble's clock
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
				if said := r.ask(ctx); said != "" && ctx.Err() == nil {
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
		time.Sleep(probeKept)
		if r.ask(t.Context()); asked != 2 {
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
		if took := time.Since(begin); took != probeTime {
			t.Errorf("three probes in a row took %v, want %v", took, probeTime)
		}
		cause := errors.New("mongodb://me:hidden@db")
		for _, c := range []struct {
			err  error
			want string
		}{
			{&briefing.NotReadyError{What: "table users cannot be read: the disk fails", Err: cause}, "table users cannot be read: the disk fails\n"},
			{cause, "the store fails: see the log\n"}, {nil, "ready\n"},
		} {
			time.Sleep(probeKept)
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
