//go:build unix

package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// wantNotReady pings a store and checks that its sentence names the failure. It pings several
// times, because damage may be in any part of a table.
func wantNotReady(t *testing.T, st *sqlite.Store, want string) {
	t.Helper()
	wantNotReadyWithin(t, time.Minute, st, want) // longer than a busy machine needs
}

// wantNotReadyWithin is wantNotReady with a limit, for a store that does not answer.
func wantNotReadyWithin(t *testing.T, limit time.Duration, st *sqlite.Store, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var err error
	for range 5 {
		if err = st.Ping(ctx); err != nil {
			break
		}
	}
	var not *briefing.NotReadyError
	if !errors.As(err, &not) || !strings.Contains(not.What, want) {
		t.Errorf("Ping: %v, want a sentence with %q", err, want)
	}
}

// openRaw opens the file of a store as another program does.
func openRaw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+dir+"/bis.db?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// filledFile creates the file of a store with pages of every kind.
func filledFile(t *testing.T) (file string) {
	t.Helper()
	dir := t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	for i := range 200 {
		if _, _, err := st.EnsureUser(t.Context(), fmt.Sprintf("%03d%s", i, strings.Repeat("가", 40)), nil); err != nil {
			t.Fatal(err)
		}
	}
	req := start(t, st, "kim")
	for tick := range int64(50) {
		if _, err := st.Append(t.Context(), result(req, tick+1, strings.Repeat("x", 500))); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bis.db")
}

// openCopy opens a store on a copy of such a file. The store has read and written, and all its
// pages are in bis.db.
func openCopy(t *testing.T, file string) (st *sqlite.Store, dir string) {
	t.Helper()
	dir = t.TempDir()
	copyFile(t, file, filepath.Join(dir, "bis.db"))
	// The copy has no log, because the checkpoint of a damaged file fails.
	st = open(t, sqlite.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err := st.Ping(t.Context()); err != nil {
		t.Fatalf("Ping of a sound store: %v", err)
	}
	if _, err := openRaw(t, dir).Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	return st, dir
}

// Each page in turn is damaged while a store is open that has read it.
func TestPing_notices_a_damaged_page(t *testing.T) {
	t.Parallel()
	file := filledFile(t)
	const page = 4096
	pages := 2
	for n := 1; n < pages; n++ { // an open store does not read page 0, the header, again
		st, dir := openCopy(t, file)
		path := filepath.Join(dir, "bis.db")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if pages = len(b) / page; pages < 15 {
			t.Fatalf("the file has %d pages, too few for pages of every kind", pages)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, page), int64(n*page)); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		wantNotReady(t, st, "bis.db is damaged")
		_ = st.Close() // may fail on a damaged file
	}
}

// Another program changes the tables while the server runs.
func TestPing_says_which_table_fails(t *testing.T) {
	t.Parallel()
	file := filledFile(t)
	for query, want := range map[string]string{
		"DROP TABLE users":              "table users cannot be written",
		"DROP TABLE requests":           "table requests cannot be written",
		"DROP TABLE briefings":          "table briefings cannot be written",
		"DROP TABLE health":             "the store cannot be written",
		"DROP INDEX requests_user":      "table requests cannot be read",
		"ALTER TABLE users RENAME TO x": "table users cannot be written",
		"CREATE TRIGGER no BEFORE INSERT ON users BEGIN SELECT RAISE(FAIL, 'no'); END":              "table users cannot be written",
		"CREATE TRIGGER no BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'no'); END":             "table users cannot be written",
		"CREATE TRIGGER no AFTER UPDATE OF custom ON users BEGIN SELECT RAISE(ABORT, 'no'); END":    "table users cannot be written",
		"CREATE TRIGGER no BEFORE UPDATE OF owner ON requests BEGIN SELECT RAISE(ABORT, 'no'); END": "table requests cannot be written",
		"CREATE TRIGGER no AFTER UPDATE OF active ON requests BEGIN SELECT RAISE(ABORT, 'no'); END": "table requests cannot be written",
		"CREATE TRIGGER no BEFORE UPDATE ON health BEGIN SELECT RAISE(ABORT, 'no'); END":            "the store cannot be written",
		"CREATE TRIGGER no BEFORE INSERT ON requests BEGIN SELECT RAISE(ROLLBACK, 'no'); END":       "table requests cannot be written",
		"CREATE TRIGGER no BEFORE UPDATE ON requests BEGIN SELECT RAISE(ABORT, 'no'); END":          "table requests cannot be written",
		"CREATE TRIGGER no AFTER INSERT ON briefings BEGIN SELECT RAISE(FAIL, 'no'); END":           "table briefings cannot be written",
	} {
		st, dir := openCopy(t, file)
		if _, err := openRaw(t, dir).Exec(query); err != nil {
			t.Fatal(err)
		}
		wantNotReady(t, st, want)
	}
}

func TestPing_notices_a_lock_and_its_end(t *testing.T) {
	t.Parallel()
	st, dir := openCopy(t, filledFile(t))
	tx, err := openRaw(t, dir).Begin()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	wantNotReadyWithin(t, time.Second, st, "another program may hold the lock")
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("Ping took %v beyond its deadline of 1 s", took)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := st.Ping(t.Context()); err != nil {
		t.Errorf("Ping afterwards: %v", err)
	}
}

// The disk is full up to the last page that a small briefing needs.
func TestPing_notices_a_full_disk(t *testing.T) {
	t.Parallel()
	st := open(t, sqlite.Config{MaxPages: 60})
	req := start(t, st, "kim")
	var err error
	for err == nil {
		_, err = st.AddBriefing(t.Context(), briefing.Briefing{RequestID: req.ID, Caption: strings.Repeat("x", 300)})
	}
	if !errors.Is(err, briefing.ErrUnavailable) {
		t.Fatalf("the last briefing: %v", err)
	}
	wantNotReady(t, st, "the disk is full")
}

func TestPing_notices_that_the_file_is_gone(t *testing.T) {
	t.Parallel()
	file := filledFile(t)
	for name, spoil := range map[string]func(path string) error{
		"removed": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, []byte("x"), 0o600))
		},
	} {
		st, dir := openCopy(t, file)
		if err := spoil(filepath.Join(dir, "bis.db")); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { wantNotReady(t, st, "removed or replaced") })
	}
}

// No reader ever sees the probe's rows.
func TestPing_leaves_no_trace(t *testing.T) {
	t.Parallel()
	st, _ := openCopy(t, filledFile(t))
	users, requests, briefings, err := st.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := st.OpenFeed(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := st.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	u, r, b, err := st.Size(t.Context())
	if err != nil || u != users || r != requests || b != briefings {
		t.Errorf("%d, %d, %d rows, %v; before %d, %d, %d", u, r, b, err, users, requests, briefings)
	}
	start(t, st, "lee")
	if c, err := f.Next(t.Context()); err != nil || c.Request.Username != "lee" {
		t.Errorf("the feed first tells %+v, %v; want the start of lee's request", c, err)
	}
}
