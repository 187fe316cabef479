//go:build unix

package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// restored opens a backup as a store of its own.
func restored(t *testing.T, file string) *sqlite.Store {
	t.Helper()
	dir := t.TempDir()
	copyFile(t, file, filepath.Join(dir, "bis.db"))
	return open(t, sqlite.Config{Dir: dir})
}

// A backup during writes has the state of one moment.
func TestBackup_holds_one_moment_of_a_store_at_work(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	req := start(t, st, "kim")
	ctx, cancel := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	first := make(chan struct{})
	writing.Go(func() {
		for tick := int64(1); ctx.Err() == nil; tick++ {
			if _, err := st.Append(t.Context(), result(req, tick, strings.Repeat("x", 2000))); err != nil {
				t.Errorf("an append beside a backup: %v", err)
				return
			}
			if tick == 50 {
				close(first)
			}
		}
	})
	<-first
	for _, name := range []string{"one", "two words #1 50%?x=y", "셋"} {
		file := filepath.Join(to, name)
		size, err := sqlite.Backup(t.Context(), dir, file)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil || info.Size() != size || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want %d bytes for its owner alone", name, info, err, size)
		}
		copied := restored(t, file)
		r, err := copied.Request(t.Context(), req.ID)
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := copied.Briefings(t.Context(), req.ID, briefing.Slice{Limit: 100_000})
		if err != nil || r.LastTick < 50 || int64(len(list)) != r.LastTick {
			t.Errorf("%d briefings at tick %d, %v; want as many as ticks", len(list), r.LastTick, err)
		}
	}
	cancel()
	writing.Wait()
	if entries, err := os.ReadDir(to); err != nil || len(entries) != 3 {
		t.Errorf("the folder has %v, %v; want the backups alone", entries, err)
	}
}

func TestBackup_of_a_store_at_rest(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"stopped": newFolder(t), "killed": killedFolder(t), "killed, of an older version": headerOnly(t)} {
		before := listing(t, dir)
		file := filepath.Join(t.TempDir(), "backup")
		if _, err := sqlite.Backup(t.Context(), dir, file); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if after := listing(t, dir); after != before {
			t.Errorf("%s: the folder has changed from\n%sto\n%s", name, before, after)
		}
		if _, err := restored(t, file).User(t.Context(), "kim"); err != nil {
			t.Errorf("%s: user kim: %v", name, err)
		}
		knowsKim(t, dir)
	}
}

// A link or a folder under one of the store's names is refused before SQLite opens it.
func TestBackup_refuses_a_store_of_links(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bis.db", "bis.db-wal", "bis.db-shm", "bis.db-journal"} {
		for want, put := range map[string]func(path, other string) error{
			" is a link":        func(path, other string) error { return os.Symlink(other, path) },
			" is no plain file": func(path, _ string) error { return os.Mkdir(path, 0o700) },
		} {
			dir, to := newFolder(t), t.TempDir()
			other := filepath.Join(to, "other")
			copyFile(t, filepath.Join(dir, "bis.db"), other)
			_ = os.Remove(filepath.Join(dir, name))
			if err := put(filepath.Join(dir, name), other); err != nil {
				t.Fatal(err)
			}
			_, err := sqlite.Backup(t.Context(), dir, filepath.Join(to, "backup"))
			if err == nil || !strings.Contains(err.Error(), name+want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s%s: %v", name, want, err)
			}
		}
	}
	cut := newFolder(t)
	cutEnd(t, filepath.Join(cut, "bis.db"), 1)
	if _, err := sqlite.Backup(t.Context(), cut, filepath.Join(t.TempDir(), "backup")); err == nil || !strings.Contains(err.Error(), "its end was cut off") {
		t.Errorf("of a file that was cut: %v", err)
	}
}

// A backup is complete or absent, and overwrites nothing.
func TestBackup_refuses_with_a_sentence(t *testing.T) {
	t.Parallel()
	dir, to := newFolder(t), t.TempDir()
	write(t, filepath.Join(to, "file"), []byte("mine"), 0o600)
	for name, make := range map[string]func(string) error{
		"link": func(path string) error { return os.Symlink(filepath.Join(to, "nowhere"), path) },
		"pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		if err := make(filepath.Join(to, name)); err != nil {
			t.Fatal(err)
		}
	}
	empty, zero, half := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(zero, "bis.db"), nil, 0o600)
	copyFile(t, filepath.Join(dir, "bis.db"), filepath.Join(half, "bis.db"))
	truncate(t, filepath.Join(half, "bis.db"), 10_000)
	for _, c := range []struct{ dir, file, want string }{
		{dir, filepath.Join(to, "file"), "exists already"},
		{dir, filepath.Join(to, "link"), "exists already"},
		{dir, filepath.Join(to, "pipe"), "exists already"},
		{dir, to, "exists already"},
		{dir, filepath.Join(to, "none", "x"), "its folder: no such file"},
		{dir, filepath.Join(dir, "bis.db-wal"), "belongs to the store"},
		{dir, filepath.Join(dir, "bis.db"), "exists already"},
		{empty, filepath.Join(to, "x"), "there is no bis.db"},
		{filepath.Join(empty, "none"), filepath.Join(to, "x"), "there is no bis.db"},
		{zero, filepath.Join(to, "x"), "bis.db is empty"},
		{half, filepath.Join(to, "x"), "bis.db is damaged"},
	} {
		before := listing(t, to)
		_, err := sqlite.Backup(t.Context(), c.dir, c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Backup(%s, %s): %v, want a sentence with %q", c.dir, c.file, err, c.want)
		}
		if after := listing(t, to); after != before {
			t.Errorf("Backup(%s, %s) has changed the folder from\n%sto\n%s", c.dir, c.file, before, after)
		}
	}
	if b, err := os.ReadFile(filepath.Join(to, "file")); err != nil || string(b) != "mine" {
		t.Errorf("the file that was there holds %q, %v", b, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := listing(t, to)
	if _, err := sqlite.Backup(ctx, dir, filepath.Join(to, "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("one that was broken off: %v", err)
	}
	if after := listing(t, to); after != before {
		t.Errorf("one that was broken off leaves\n%s", after)
	}
	if entries, err := os.ReadDir(empty); err != nil || len(entries) != 0 {
		t.Errorf("a folder without a store has %v after a backup, %v", entries, err)
	}
}
