//go:build unix

package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bis/internal/store/sqlite"
)

// A link under one of the store's names is refused, and its target is not changed.
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
				dir, other := newFolder(t), filepath.Join(t.TempDir(), "other")
				copyFile(t, filepath.Join(dir, "bis.db"), other)
				before, err := os.ReadFile(other)
				if err != nil {
					t.Fatal(err)
				}
				_ = os.Remove(filepath.Join(dir, name)) // some do not exist after a close
				if err := c.put(filepath.Join(dir, name), other); err != nil {
					t.Fatal(err)
				}
				wantRefused(t, dir, name+" "+c.want)
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

// Permissions of other users are removed from files and folders, with a line in the log.
func TestOpen_closes_what_is_open_to_others(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bis.db", "bis.db-wal", "bis.lock"} {
		for _, mode := range []os.FileMode{0o640, 0o666} {
			dir := killedFolder(t)
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
		dir := newFolder(t)
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
		wantRefused(t, dir, "is shared by all users")
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
		dir := newFolder(t)
		for path, want := range map[string]string{"bis.db": "bis.db belongs to user 65534", "bis.lock": "bis.lock belongs to user 65534"} {
			if err := os.Chown(filepath.Join(dir, path), 65_534, 65_534); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, dir, want)
			if err := os.Chown(filepath.Join(dir, path), 0, 0); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("of another user, also for a user without rights", func(t *testing.T) {
		dir := publicDir(t)
		give(t, dir, 65_533, 65_534, 0o770)
		if said := openAsNobody(t, dir); !strings.Contains(said, "belongs to user 65533, but this program runs as user 65534") {
			t.Errorf("it says %q", said)
		}
	})
	t.Run("of root, that all may write", func(t *testing.T) {
		dir := publicDir(t)
		give(t, dir, 0, 0, 0o777)
		if said := openAsNobody(t, dir); !strings.Contains(said, "may be written by other users, and that cannot be changed") {
			t.Errorf("it says %q", said)
		}
	})
	t.Run("but takes a link to a folder of its own", func(t *testing.T) {
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(newFolder(t), link); err != nil {
			t.Fatal(err)
		}
		knowsKim(t, link)
	})
}

// A folder of root that this user may write, as Kubernetes creates it, is accepted with one
// warning.
func TestOpen_takes_a_folder_of_root(t *testing.T) {
	t.Parallel()
	dir := publicDir(t)
	give(t, dir, 0, 65_534, 0o770|os.ModeSetgid)
	said := openAsNobody(t, dir)
	if !strings.Contains(said, "opened") || strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, "data folder belongs to another user") {
		t.Errorf("it says %q, want one warning", said)
	}
	if mode := modeOf(t, dir); mode != 0o770 {
		t.Errorf("its mode is %o now", mode)
	}
	// Kubernetes gives the group a right to each file at each start.
	for _, owner := range []int{65_534, 0} {
		give(t, filepath.Join(dir, "bis.db"), owner, 65_534, 0o660)
		if said := openAsNobody(t, dir); !strings.Contains(said, "opened") {
			t.Errorf("with a file of %d: it says %q", owner, said)
		}
	}
	give(t, filepath.Join(dir, "bis.db"), 0, 65_534, 0o640)
	if said := openAsNobody(t, dir); !strings.Contains(said, "bis.db belongs to root, and user 65534 may not write it") {
		t.Errorf("with a file that only root may write: it says %q", said)
	}
}

// Root may work in another user's folder, and that user can open the store afterwards.
func TestOpen_by_root_in_the_folder_of_a_user(t *testing.T) {
	t.Parallel()
	dir := publicDir(t)
	give(t, dir, 65_534, 65_534, 0o700)
	for range 2 { // the first process creates the files
		var log bytes.Buffer
		st := open(t, sqlite.Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if _, _, err := st.EnsureUser(t.Context(), "kim", nil); err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		if strings.Count(log.String(), "level=WARN") != 1 || !strings.Contains(log.String(), "belongs to another user") {
			t.Errorf("the log says %q, want one warning", &log)
		}
	}
	if said := openAsNobody(t, dir); !strings.Contains(said, "opened") || strings.Contains(said, "level=WARN") {
		t.Errorf("its owner afterwards: it says %q", said)
	}
}

// publicDir creates a folder that other users can reach. They cannot reach t.TempDir.
func publicDir(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	top, err := os.MkdirTemp("", "bis-owner-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(top) })
	dir := filepath.Join(top, "data")
	if err := errors.Join(os.Chmod(top, 0o755), os.Mkdir(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func give(t *testing.T, path string, user, group int, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.Chown(path, user, group), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

// helperDir names the folder that TestOpen_helper opens.
const helperDir = "BIS_TEST_OPEN"

// openAsNobody opens a folder in a process of user 65534. It returns the log, and "opened" or the
// error.
func openAsNobody(t *testing.T, dir string) string {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// A copy of this program, because only root can reach the original.
	program := filepath.Join(filepath.Dir(dir), "program")
	if _, err := os.Stat(program); err != nil {
		copyFile(t, own, program)
		if err := os.Chmod(program, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestOpen_helper$")
	cmd.Env = []string{helperDir + "=" + dir}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65_534, Gid: 65_534}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestOpen_helper is the program that openAsNobody runs.
func TestOpen_helper(t *testing.T) {
	dir := os.Getenv(helperDir)
	if dir == "" {
		t.Skip("only for openAsNobody")
	}
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "nobody", Log: slog.New(slog.NewTextHandler(os.Stdout, nil))})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("opened", st.Close())
}
