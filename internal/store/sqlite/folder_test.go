//go:build unix

package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bis/internal/store/sqlite"
)

// stored makes a folder whose store, which is closed, knows kim.
func stored(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	if _, _, err := st.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// killed is such a folder as kill -9 leaves it: what was stored is in the log alone.
func killed(t *testing.T) string {
	t.Helper()
	from, to := t.TempDir(), t.TempDir()
	st := open(t, sqlite.Config{Dir: from})
	if _, _, err := st.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bis.db", "bis.db-wal"} {
		copyFile(t, filepath.Join(from, name), filepath.Join(to, name))
	}
	return to
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, b, 0o600)
}

func write(t *testing.T, path string, b []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, b, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// knowsKim makes sure that the store of a folder opens and knows kim.
func knowsKim(t *testing.T, dir string) {
	t.Helper()
	if _, err := open(t, sqlite.Config{Dir: dir}).User(t.Context(), "kim"); err != nil {
		t.Errorf("user kim: %v", err)
	}
}

// refused makes sure that a folder is refused with a sentence and that nothing in it has changed.
func refused(t *testing.T, dir, want string) {
	t.Helper()
	before := listing(t, dir)
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "one", Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		st.Close()
		t.Fatalf("the folder was opened, want %q", want)
	}
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("Open: %v, want a sentence with %q", err, want)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the refused folder has changed from\n%sto\n%s", before, after)
	}
}

// listing tells the files of a folder. It leaves out those that a reader makes: the lock, the log's
// index, an empty log.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for _, e := range entries {
		var b []byte
		if e.Type().IsRegular() {
			if e.Name() == "bis.lock" || e.Name() == "bis.db-shm" {
				continue
			}
			if b, err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
		if e.Type().IsRegular() && e.Name() == "bis.db-wal" && len(b) == 0 {
			continue
		}
		fmt.Fprintf(&list, "%s %s %d bytes\n", e.Name(), e.Type(), len(b))
	}
	return list.String()
}

func TestClose_leaves_everything_in_one_file(t *testing.T) {
	t.Parallel()
	dir, alone := stored(t), t.TempDir()
	copyFile(t, filepath.Join(dir, "bis.db"), filepath.Join(alone, "bis.db"))
	knowsKim(t, alone)
	if info, err := os.Stat(filepath.Join(dir, "bis.db-wal")); err == nil && info.Size() > 0 {
		t.Errorf("the log still has %d bytes", info.Size())
	}
}

// A program that holds the file's lock must not hold up a stop. The log then stays where it is.
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
	t.Run("with what is in the log", func(t *testing.T) { knowsKim(t, killed(t)) })
	t.Run("of an older version, with all but a header in the log", func(t *testing.T) { knowsKim(t, headerOnly(t)) })
	t.Run("of an older version, with a header alone", func(t *testing.T) {
		// Older versions made the file in place, so that all but its header was in the log.
		dir := killed(t)
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

// headerOnly makes a folder as kill -9 left it when the file was made in place: bis.db has one
// page.
func headerOnly(t *testing.T) string {
	t.Helper()
	from, to := t.TempDir(), t.TempDir()
	db, err := sql.Open("sqlite", "file:"+from+"/bis.db?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // of the attached one
	exec := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec("ATTACH '" + stored(t) + "/bis.db' AS old")
	rows, err := db.Query("SELECT sql, type, name FROM old.sqlite_schema WHERE sql <> '' ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for rows.Next() {
		var query, kind, name string
		if err := rows.Scan(&query, &kind, &name); err != nil {
			t.Fatal(err)
		}
		if queries = append(queries, query); kind == "table" {
			queries = append(queries, "INSERT INTO main."+name+" SELECT * FROM old."+name)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	for _, query := range append(queries, "PRAGMA main.user_version = 1") {
		exec(query)
	}
	for _, name := range []string{"bis.db", "bis.db-wal"} {
		copyFile(t, filepath.Join(from, name), filepath.Join(to, name))
	}
	if info, err := os.Stat(to + "/bis.db"); err != nil || info.Size() != 4096 {
		t.Fatalf("bis.db has %v, want its header alone: %v", info, err)
	}
	return to
}

// What a copy that went wrong leaves must not start as an empty shop.
func TestOpen_refuses_a_copy_that_went_wrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"an empty bis.db":              {func(t *testing.T, dir string) { write(t, dir+"/bis.db", nil, 0o600); remove(t, dir+"/bis.db-wal") }, "bis.db is empty"},
		"an empty bis.db beside a log": {func(t *testing.T, dir string) { write(t, dir+"/bis.db", nil, 0o600) }, "bis.db-wal beside it holds data"},
		"a log without bis.db":         {func(t *testing.T, dir string) { remove(t, dir+"/bis.db") }, "bis.db is missing"},
		"half a bis.db":                {func(t *testing.T, dir string) { remove(t, dir+"/bis.db-wal"); truncate(t, dir+"/bis.db", 10_000) }, "bis.db is damaged"},
		"a text":                       {func(t *testing.T, dir string) { write(t, dir+"/bis.db", bytes.Repeat([]byte("x"), 8192), 0o600) }, "bis.db is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := killed(t)
			c.spoil(t, dir)
			refused(t, dir, c.want)
		})
	}
}

// Each page of the file in turn is spoiled. A start must notice it, whichever table or index the
// page is of.
func TestOpen_refuses_a_damaged_page(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile(furnished(t))
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
		refused(t, damaged, "bis.db is damaged")
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// A name of the store that leads elsewhere is refused, and what it leads to stays as it is.
func TestOpen_refuses_what_is_no_plain_file(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bis.db", "bis.db-wal", "bis.db-shm", "bis.lock"} {
		for kind, c := range map[string]struct {
			put  func(path, other string) error
			want string
		}{
			"a link":            {func(path, other string) error { return os.Symlink(other, path) }, "is a link"},
			"a link to nothing": {func(path, other string) error { return os.Symlink(other+"x", path) }, "is a link"},
			"a hard link":       {func(path, other string) error { return os.Link(other, path) }, "is a hard link"},
			"a folder":          {func(path, _ string) error { return os.Mkdir(path, 0o700) }, "is no plain file"},
			"a pipe":            {func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }, "is no plain file"},
		} {
			t.Run(name+" is "+kind, func(t *testing.T) {
				t.Parallel()
				dir, other := stored(t), filepath.Join(t.TempDir(), "other")
				copyFile(t, filepath.Join(dir, "bis.db"), other)
				before, err := os.ReadFile(other)
				if err != nil {
					t.Fatal(err)
				}
				_ = os.Remove(filepath.Join(dir, name)) // not every one is there after a close
				if err := c.put(filepath.Join(dir, name), other); err != nil {
					t.Fatal(err)
				}
				refused(t, dir, name+" "+c.want)
				if after, err := os.ReadFile(other); err != nil || !bytes.Equal(before, after) {
					t.Errorf("the file it leads to has changed: %v", err)
				}
				if _, err := os.Stat(other + "x"); err == nil {
					t.Error("the file it leads to was made")
				}
			})
		}
	}
}

// Files and folders that others may open are closed to them, with a line in the log.
func TestOpen_closes_what_is_open_to_others(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bis.db", "bis.db-wal", "bis.lock"} {
		for _, mode := range []os.FileMode{0o640, 0o666} {
			dir := killed(t)
			write(t, filepath.Join(dir, "bis.lock"), nil, 0o600)
			if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			st := open(t, sqlite.Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
			if got := modeOf(t, filepath.Join(dir, name)); got != 0o600 || !strings.Contains(log.String(), "file was closed to other users") {
				t.Errorf("%s with %o now has %o, and the log says %q", name, mode, got, &log)
			}
			if _, err := st.User(t.Context(), "kim"); err != nil {
				t.Error(err)
			}
		}
	}
	for mode, want := range map[os.FileMode]os.FileMode{0o777: 0o755, 0o775: 0o755, 0o772: 0o750, 0o770: 0o750, 0o755: 0o755, 0o700: 0o700} {
		dir := stored(t)
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		open(t, sqlite.Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if got := modeOf(t, dir); got != want || (mode != want) != strings.Contains(log.String(), "data folder was closed") {
			t.Errorf("a folder with %o now has %o, want %o, and the log says %q", mode, got, want, &log)
		}
	}
}

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestOpen_refuses_a_folder_that_is_not_its_own(t *testing.T) {
	t.Parallel()
	t.Run("shared by all users", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
			t.Fatal(err)
		}
		refused(t, dir, "is shared by all users")
		if modeOf(t, dir) != 0o777 {
			t.Error("its mode has changed")
		}
	})
	t.Run("a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "file")
		write(t, path, nil, 0o600)
		if _, err := sqlite.Open(t.Context(), sqlite.Config{Dir: path}); err == nil || !strings.Contains(err.Error(), "is a file") {
			t.Errorf("Open: %v", err)
		}
	})
	t.Run("of another user", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("only root can give a folder away")
		}
		dir := stored(t)
		for path, want := range map[string]string{"": "belongs to user 65534", "bis.db": "bis.db belongs to user 65534", "bis.lock": "bis.lock belongs to user 65534"} {
			if err := os.Chown(filepath.Join(dir, path), 65_534, 65_534); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, want)
			if err := os.Chown(filepath.Join(dir, path), 0, 0); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("but takes a link to a folder of its own", func(t *testing.T) {
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(stored(t), link); err != nil {
			t.Fatal(err)
		}
		knowsKim(t, link)
	})
}
