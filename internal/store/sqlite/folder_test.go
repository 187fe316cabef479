//go:build unix

package sqlite_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bis/internal/store/sqlite"
)

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
