//go:build unix

package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/store/sqlite"
)

func TestClose_leaves_everything_in_one_file(t *testing.T) {
	t.Parallel()
	dir, alone := newFolder(t), t.TempDir()
	copyFile(t, filepath.Join(dir, "bis.db"), filepath.Join(alone, "bis.db"))
	knowsKim(t, alone)
	if info, err := os.Stat(filepath.Join(dir, "bis.db-wal")); err == nil && info.Size() > 0 {
		t.Errorf("the log still has %d bytes", info.Size())
	}
}

// A program that has locked the file does not delay a stop. The log then stays.
func TestClose_does_not_wait_for_other_programs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var log bytes.Buffer
	st := open(t, sqlite.Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if _, _, err := st.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+dir+"/bis.db?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
	if !strings.Contains(log.String(), "bis.db-wal stays") {
		t.Errorf("the log says %q", &log)
	}
	if err := errors.Join(tx.Rollback(), other.Close()); err != nil {
		t.Fatal(err)
	}
	knowsKim(t, dir)
}

func TestOpen_goes_on_after_a_kill(t *testing.T) {
	t.Parallel()
	t.Run("with what is in the log", func(t *testing.T) { knowsKim(t, killedFolder(t)) })
	t.Run("of an older version, with all but a header in the log", func(t *testing.T) { knowsKim(t, headerOnly(t)) })
	t.Run("of an older version, with a header alone", func(t *testing.T) {
		// Older versions created the file in place, so all but its header was in the log.
		dir := killedFolder(t)
		path := filepath.Join(dir, "bis.db")
		db, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, "bis.db-wal")); err != nil {
			t.Fatal(err)
		}
		page := make([]byte, 4096)
		copy(page, db[:100])
		copy(page[28:32], []byte{0, 0, 0, 1}) // one page
		copy(page[60:64], make([]byte, 4))    // user_version 0
		copy(page[40:44], make([]byte, 4))    // no schema yet
		page[100], page[105] = 13, 16         // an empty leaf
		write(t, path, page, 0o600)
		var log bytes.Buffer
		st := open(t, sqlite.Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if _, _, err := st.EnsureUser(t.Context(), "kim", nil); err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), "bis.db-wal belongs to it") {
			t.Errorf("the log says %q", &log)
		}
	})
	t.Run("of a first start, with a file that is half made", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "bis.db.new"), []byte("half"), 0o600)
		write(t, filepath.Join(dir, "bis.db-wal"), nil, 0o600)
		open(t, sqlite.Config{Dir: dir})
		if _, err := os.Stat(filepath.Join(dir, "bis.db.new")); err == nil {
			t.Error("bis.db.new is still there")
		}
	})
}

// A failed copy is refused. It must not start as an empty store.
func TestOpen_refuses_a_copy_that_went_wrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"an empty bis.db":              {func(t *testing.T, dir string) { write(t, dir+"/bis.db", nil, 0o600); remove(t, dir+"/bis.db-wal") }, "bis.db is empty"},
		"an empty bis.db beside a log": {func(t *testing.T, dir string) { write(t, dir+"/bis.db", nil, 0o600) }, "bis.db-wal beside it holds data"},
		"a byte of bis.db":             {func(t *testing.T, dir string) { truncate(t, dir+"/bis.db", 1); remove(t, dir+"/bis.db-wal") }, "bis.db is empty"},
		"half a header":                {func(t *testing.T, dir string) { truncate(t, dir+"/bis.db", 99); remove(t, dir+"/bis.db-wal") }, "bis.db is empty"},
		"half a header beside a log":   {func(t *testing.T, dir string) { truncate(t, dir+"/bis.db", 99) }, "bis.db-wal beside it holds data"},
		"a header":                     {func(t *testing.T, dir string) { truncate(t, dir+"/bis.db", 100); remove(t, dir+"/bis.db-wal") }, "its end was cut off"},
		"all but a byte":               {func(t *testing.T, dir string) { remove(t, dir+"/bis.db-wal"); cutEnd(t, dir+"/bis.db", 1) }, "its end was cut off"},
		"all but a page":               {func(t *testing.T, dir string) { remove(t, dir+"/bis.db-wal"); cutEnd(t, dir+"/bis.db", 4096) }, "its end was cut off"},
		"all but a byte, empty log":    {func(t *testing.T, dir string) { write(t, dir+"/bis.db-wal", nil, 0o600); cutEnd(t, dir+"/bis.db", 1) }, "its end was cut off"},
		"a log without bis.db":         {func(t *testing.T, dir string) { remove(t, dir+"/bis.db") }, "bis.db is missing"},
		"half a bis.db":                {func(t *testing.T, dir string) { remove(t, dir+"/bis.db-wal"); truncate(t, dir+"/bis.db", 10_000) }, "bis.db is damaged"},
		"a text":                       {func(t *testing.T, dir string) { write(t, dir+"/bis.db", bytes.Repeat([]byte("x"), 8192), 0o600) }, "bis.db is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := killedFolder(t)
			c.spoil(t, dir)
			wantRefused(t, dir, c.want)
		})
	}
}

// A crash in the middle of a checkpoint leaves a file that is shorter than its header says, or ends
// within a page. The log has the rest.
func TestOpen_goes_on_after_a_crash_in_a_checkpoint(t *testing.T) {
	t.Parallel()
	from, done := t.TempDir(), t.TempDir()
	st := open(t, sqlite.Config{Dir: from})
	if _, _, err := st.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	req := start(t, st, "kim")
	for tick := range int64(20) {
		if _, err := st.Append(t.Context(), result(req, tick+1, strings.Repeat("x", 3_000))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bis.db", "bis.db-wal"} {
		copyFile(t, filepath.Join(from, name), filepath.Join(done, name))
	}
	if err := open(t, sqlite.Config{Dir: done}).Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(from, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(done, "bis.db"))
	if err != nil {
		t.Fatal(err)
	}
	if len(after) <= len(before) {
		t.Fatalf("the checkpoint has not lengthened the file: %d and %d bytes", len(before), len(after))
	}
	for name, db := range map[string][]byte{
		"the first page is written": append(bytes.Clone(after[:4096]), before[4096:]...),
		"a page is half written":    after[:len(before)+2048],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "bis.db"), db, 0o600)
			copyFile(t, filepath.Join(from, "bis.db-wal"), filepath.Join(dir, "bis.db-wal"))
			knowsKim(t, dir)
		})
	}
}

// The database of another program is refused and not changed.
func TestOpen_refuses_the_database_of_another_program(t *testing.T) {
	t.Parallel()
	for name, setup := range map[string]string{
		"without a version":        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'mine')",
		"with a log of its own":    "PRAGMA journal_mode = WAL; CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)",
		"with a version like ours": "CREATE TABLE users (id INTEGER PRIMARY KEY); PRAGMA user_version = 2",
		"with a later version":     "CREATE TABLE notes (id INTEGER PRIMARY KEY); PRAGMA user_version = 77",
		"with a view alone":        "CREATE VIEW notes AS SELECT 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "bis.db")
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(setup); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(db.Close(), os.Chmod(path, 0o600)); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			wantRefused(t, dir, "bis.db is the database of another program")
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file has changed: %v", err)
			}
		})
	}
}

// Each page of the file in turn is damaged. A start must notice the damage in every table and
// index.
func TestOpen_refuses_a_damaged_page(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile(filledFile(t))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if len(sound) < 15*page {
		t.Fatalf("the file has %d bytes, too few for pages of every kind", len(sound))
	}
	for at := 0; at < len(sound); at += page {
		bad := bytes.Clone(sound)
		for i := at; i < at+page; i++ {
			bad[i] ^= 0xff
		}
		damaged := t.TempDir()
		write(t, filepath.Join(damaged, "bis.db"), bad, 0o600)
		wantRefused(t, damaged, "bis.db is damaged")
	}
}
