package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// open opens a store and closes it at the end of the test.
func open(t testing.TB, cfg sqlite.Config) *sqlite.Store {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	if cfg.Instance == "" {
		cfg.Instance = "one"
	}
	st, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// start starts a request with an interval of one second, for one day.
func start(t testing.TB, st *sqlite.Store, username string) briefing.Request {
	t.Helper()
	now := time.Now()
	ends := now.Add(24 * time.Hour)
	got, err := st.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: username, Interval: 1, StartedAt: now, EndsAt: &ends,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return got.Request
}

func result(req briefing.Request, tick int64, caption string) briefing.Append {
	return briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick, Briefing: briefing.Briefing{
		At: req.TickAt(tick), Caption: caption, Text: "2026-03-01 12:00_" + caption,
	}}
}

func TestOpen_is_for_the_owner_alone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	open(t, sqlite.Config{Dir: dir})
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "bis.db"): 0o600, filepath.Join(dir, "bis.db-wal"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %s is %o, want %o", path, got, want)
		}
	}
}

func TestOpen_refuses_a_second_process(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The text of an earlier holder is longer than this process's.
	if err := os.WriteFile(filepath.Join(dir, "bis.lock"), []byte("\x00pid 1234567890123\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := open(t, sqlite.Config{Dir: dir})
	_, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "two"})
	want := fmt.Sprintf("the folder is in use by another bis process (pid %d)", os.Getpid())
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("second Open: %v, want %q in it", err, want)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, sqlite.Config{Dir: dir})
}

func TestOpen_refuses_a_file_of_a_newer_version(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, sqlite.Config{Dir: dir}).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("PRAGMA user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), sqlite.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "written by a newer version of bis") {
		t.Errorf("Open: %v", err)
	}
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version != 1000 {
		t.Errorf("the refused file now has version %d (%v)", version, err)
	}
}

func TestOpen_refuses_what_is_no_database(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bis.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir}); err == nil {
		st.Close()
		t.Error("a text file was opened as a store")
	}
}

func TestIds_grow_though_the_clock_goes_back(t *testing.T) {
	t.Parallel()
	var hours atomic.Int64
	st := open(t, sqlite.Config{Clock: func() time.Time { return time.Now().Add(-time.Duration(hours.Load()) * time.Hour) }})
	var last briefing.BriefingID
	var lastRequest briefing.RequestID
	for i := range int64(5) {
		hours.Store(i)
		req := start(t, st, "kim")
		if req.ID <= lastRequest {
			t.Errorf("request %s after %s", req.ID, lastRequest)
		}
		lastRequest, last = req.ID, ""
		for tick := range int64(5) {
			hours.Store(tick)
			b, err := st.Append(t.Context(), result(req, tick+1, "x"))
			if err != nil {
				t.Fatal(err)
			}
			if b.ID <= last {
				t.Errorf("briefing %s after %s", b.ID, last)
			}
			last = b.ID
		}
	}
}

func TestFull_disk_is_unavailable_and_harms_nothing_else(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := open(t, sqlite.Config{Dir: dir, MaxPages: 100})
	req := start(t, st, "kim")
	if _, err := st.Append(t.Context(), result(req, 1, "fits")); err != nil {
		t.Fatal(err)
	}
	f, err := st.OpenFeed(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	// Simultaneous large and small writes share groups. Only the large ones may fail.
	var writing sync.WaitGroup
	for i := range 8 {
		writing.Go(func() {
			if i%2 == 0 {
				_, err := st.AddBriefing(t.Context(), briefing.Briefing{RequestID: req.ID, Caption: strings.Repeat("x", 1<<20)})
				if !errors.Is(err, briefing.ErrUnavailable) {
					t.Errorf("a write beyond the disk: %v, want %v", err, briefing.ErrUnavailable)
				}
				return
			}
			if _, err := st.AddBriefing(t.Context(), briefing.Briefing{RequestID: req.ID, Caption: "small"}); err != nil {
				t.Errorf("a small write beside it: %v", err)
			}
		})
	}
	writing.Wait()
	for range 4 {
		if c, err := f.Next(t.Context()); err != nil || c.Briefing.Caption != "small" {
			t.Errorf("the feed tells %.20q, %v", c.Briefing.Caption, err)
		}
	}
	list, _, err := st.Briefings(t.Context(), req.ID, briefing.Slice{Limit: 100})
	if err != nil || len(list) != 5 {
		t.Errorf("%d briefings are readable (%v), want 5", len(list), err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	roomy := open(t, sqlite.Config{Dir: dir})
	if _, err := roomy.Append(t.Context(), result(req, 2, strings.Repeat("x", 1<<20))); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestFeed_of_a_slow_reader_is_lost_and_holds_nobody_up(t *testing.T) {
	t.Parallel()
	st := open(t, sqlite.Config{FeedLen: 10})
	req := start(t, st, "kim")
	f, err := st.OpenFeed(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for tick := range int64(11) {
		if _, err := st.Append(t.Context(), result(req, tick+1, "x")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Next(t.Context()); !errors.Is(err, briefing.ErrFeedLost) {
		t.Errorf("Next: %v, want %v", err, briefing.ErrFeedLost)
	}
	again, err := st.OpenFeed(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Append(t.Context(), result(req, 12, "x")); err != nil {
		t.Fatal(err)
	}
	if c, err := again.Next(t.Context()); err != nil || c.Briefing.Tick != 12 {
		t.Errorf("a new feed tells tick %d, %v", c.Briefing.Tick, err)
	}
}

func TestPath_may_hold_any_characters(t *testing.T) {
	t.Parallel()
	st := open(t, sqlite.Config{Dir: filepath.Join(t.TempDir(), "가게 #1 50%?x=y")})
	start(t, st, "kim")
}

// TestStore_gives_no_id_twice has a clock that goes back: the next id of a request is then its last
// one plus one, which a briefing of another request may have.
func TestStore_gives_no_id_twice(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, err := sqlite.Open(t.Context(), sqlite.Config{
		Dir: t.TempDir(), Instance: "a", Clock: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add := func(username string, req *briefing.Request) briefing.BriefingID {
		t.Helper()
		if req.ID == "" {
			ends := now.Add(time.Hour)
			started, err := s.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
				Username: username, Interval: 60, StartedAt: now, EndsAt: &ends,
			}})
			if err != nil {
				t.Fatal(err)
			}
			*req = started.Request
		}
		b, err := s.AddBriefing(t.Context(), briefing.Briefing{RequestID: req.ID, At: now})
		if err != nil {
			t.Fatal(err)
		}
		return b.ID
	}
	var kim, lee briefing.Request
	add("lee", &lee)
	ids := map[briefing.BriefingID]bool{add("kim", &kim): true}
	for range 3 {
		ids[add("lee", &lee)] = true
	}
	now = now.Add(-time.Hour)
	for range 5 {
		ids[add("kim", &kim)] = true
	}
	if len(ids) != 9 {
		t.Errorf("9 briefings have %d ids", len(ids))
	}
}
