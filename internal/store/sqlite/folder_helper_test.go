//go:build unix

package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bis/internal/store/sqlite"
)

// newFolder creates a folder whose store is closed and has the user kim.
func newFolder(t *testing.T) string {
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

// killedFolder creates such a folder as kill -9 leaves it: its data is in the log alone.
func killedFolder(t *testing.T) string {
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

// knowsKim checks that the store of a folder opens and has the user kim.
func knowsKim(t *testing.T, dir string) {
	t.Helper()
	if _, err := open(t, sqlite.Config{Dir: dir}).User(t.Context(), "kim"); err != nil {
		t.Errorf("user kim: %v", err)
	}
}

// wantRefused checks that a folder is refused with a sentence and that nothing in it has changed.
func wantRefused(t *testing.T, dir, want string) {
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

// listing lists the files of a folder, without those that a reader creates: the lock, the log's
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

// headerOnly creates a folder as kill -9 left it in versions that created the file in place: bis.db
// has one page.
func headerOnly(t *testing.T) string {
	t.Helper()
	from, to := t.TempDir(), t.TempDir()
	db, err := sql.Open("sqlite", "file:"+from+"/bis.db?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // ATTACH affects one connection
	exec := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec("ATTACH '" + newFolder(t) + "/bis.db' AS old")
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
	var version int
	if err := db.QueryRow("PRAGMA old.user_version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	for _, query := range append(queries, fmt.Sprintf("PRAGMA main.user_version = %d", version)) {
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

// cutEnd cuts the last n bytes off a file.
func cutEnd(t *testing.T, path string, n int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	truncate(t, path, info.Size()-n)
}

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}
