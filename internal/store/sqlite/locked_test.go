package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// holdLock locks a store's file, as another program does, until the end of the test or until
// release is called.
func holdLock(t *testing.T, dir string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() { conn.Close(); db.Close() })
	t.Cleanup(release)
	return release
}

// While another program has locked the file, every write is refused within 5 s, even if many wait.
// Afterwards writes succeed at once.
func TestStore_locked_by_another_program(t *testing.T) {
	if testing.Short() {
		t.Skip("holds the lock for 7 s; TestStore_locked_for_a_moment holds it for 2 s")
	}
	t.Parallel()
	dir := t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	req := start(t, st, "kim")
	release := holdLock(t, dir)
	var all sync.WaitGroup
	for wave := range 3 { // later waves come while the first one waits
		for i := range 200 {
			all.Add(1)
			time.AfterFunc(time.Duration(wave)*1500*time.Millisecond, func() {
				defer all.Done()
				begin := time.Now()
				_, err := st.AddBriefing(context.WithoutCancel(t.Context()), briefing.Briefing{RequestID: req.ID, At: begin, Caption: "x", Text: "x"})
				if took := time.Since(begin); !errors.Is(err, briefing.ErrUnavailable) || took > 5*time.Second {
					t.Errorf("write %d of wave %d: %v after %v, want unavailable within 5 s", i, wave, err, took)
				}
			})
		}
	}
	all.Wait()
	release()
	begin := time.Now()
	if _, err := st.Append(t.Context(), result(req, 1, "after")); err != nil || time.Since(begin) > time.Second {
		t.Errorf("afterwards: %v after %v", err, time.Since(begin))
	}
	list, _, err := st.Briefings(t.Context(), req.ID, briefing.Slice{Limit: 100})
	if err != nil || len(list) != 1 {
		t.Errorf("%d briefings are stored, %v; want the one that was acknowledged", len(list), err)
	}
}

// If the lock is released before the writes' deadline, they succeed late.
func TestStore_locked_for_a_moment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	req := start(t, st, "kim")
	release := holdLock(t, dir)
	time.AfterFunc(2*time.Second, release)
	for tick := range int64(3) {
		if _, err := st.Append(t.Context(), result(req, tick+1, "x")); err != nil {
			t.Errorf("append: %v", err)
		}
	}
}

// Close does not wait for another program's lock. The queued writes are refused.
func TestStore_Close_while_locked_by_another_program(t *testing.T) {
	t.Parallel()
	waits := []time.Duration{0, 300 * time.Millisecond, 3 * time.Second}
	if testing.Short() {
		waits = waits[:2]
	}
	for _, waited := range waits {
		t.Run(fmt.Sprint("for ", waited), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			st := open(t, sqlite.Config{Dir: dir})
			req := start(t, st, "kim")
			if _, err := st.Append(t.Context(), result(req, 1, "before")); err != nil {
				t.Fatal(err)
			}
			release := holdLock(t, dir)
			var all sync.WaitGroup
			for range 1000 { // more than fit into one transaction
				all.Go(func() {
					_, err := st.AddBriefing(context.WithoutCancel(t.Context()), briefing.Briefing{RequestID: req.ID, Caption: "x", Text: "x"})
					if !errors.Is(err, briefing.ErrUnavailable) {
						t.Errorf("a write that waited: %v", err)
					}
				})
			}
			all.Add(1)
			time.AfterFunc(waited, func() {
				defer all.Done()
				begin := time.Now()
				// Close takes milliseconds, and seconds on a busy machine. A Close that waits for the
				// lock does not return: the lock is released after it.
				if err := st.Close(); err != nil || time.Since(begin) > 4*time.Second {
					t.Errorf("Close: %v after %v", err, time.Since(begin))
				}
			})
			all.Wait()
			release()
			again := open(t, sqlite.Config{Dir: dir, Instance: "two"})
			list, _, err := again.Briefings(t.Context(), req.ID, briefing.Slice{Limit: 10})
			if err != nil || len(list) != 1 || list[0].Caption != "before" {
				t.Errorf("afterwards there are %v, %v", list, err)
			}
		})
	}
}

// If a start must migrate a file that another program has locked, its error says so. If the start
// is interrupted while it waits, the error says that instead.
func TestOpen_while_locked_by_another_program(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hold string
		stop time.Duration // after this time the start is interrupted; 0: never
		want string
	}{
		"in the migration":                 {"BEGIN IMMEDIATE", 0, "another program holds the lock of bis.db"},
		"whole":                            {"PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", 0, "another program holds the lock of bis.db"},
		"in the migration, and broken off": {"BEGIN IMMEDIATE", 300 * time.Millisecond, "the start was broken off"},
		"whole, and broken off":            {"PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", 300 * time.Millisecond, "the start was broken off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			first, err := os.ReadFile("migrations/0001_init.sql")
			if err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			db.SetMaxOpenConns(1)
			if _, err := db.Exec("PRAGMA journal_mode = WAL;" + string(first) + ";PRAGMA user_version = 1;" + c.hold); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.stop > 0 {
				time.AfterFunc(c.stop, cancel)
			}
			begin := time.Now()
			st, err := sqlite.Open(ctx, sqlite.Config{Dir: dir, Instance: "one"})
			if err == nil {
				st.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "context") || strings.Contains(err.Error(), "SQLITE") {
				t.Errorf("Open: %v, want a sentence with %q", err, c.want)
			}
			if took := time.Since(begin); c.stop > 0 && took > 2*time.Second {
				t.Errorf("a start that was broken off took %v", took)
			}
		})
	}
}
