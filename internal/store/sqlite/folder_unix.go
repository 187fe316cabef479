//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Bits of a mode that let others in.
const (
	othersWrite = 0o022
	others      = 0o077
)

// writable tells why this user cannot make files in a folder.
func writable(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }

// ownFolder makes sure that nobody but this user may write the folder. Any other writer could
// exchange the database. A folder of this user is closed to other writers. A folder that all users
// share and a folder of another user are refused.
func ownFolder(dir string, info fs.FileInfo, log *slog.Logger) error {
	mode := info.Mode()
	switch owner := ownerOf(info); {
	case mode&os.ModeSticky != 0 && mode.Perm()&othersWrite != 0:
		return fmt.Errorf("data folder %s is shared by all users; choose a folder in it, such as --data %s/bis-data", dir, dir)
	case owner != os.Geteuid():
		return fmt.Errorf("data folder %s belongs to user %d, but this program runs as user %d; run it as the owner, or choose a folder of its own with --data",
			dir, owner, os.Geteuid())
	case mode.Perm()&othersWrite == 0:
		return nil
	}
	if err := closeTo(dir, mode, othersWrite); err != nil {
		return fmt.Errorf("data folder %s may be written by other users, and that cannot be changed: %w; choose another folder with --data", dir, err)
	}
	log.Warn("data folder was closed to other users, who could write it", "folder", dir, "mode_before", mode.Perm().String())
	return nil
}

// ownFile makes sure that a path is one plain file of this user's, for its owner alone. Its error
// goes on behind the file's name.
func ownFile(path string, info fs.FileInfo, log *slog.Logger) error {
	mode := info.Mode()
	switch owner, links := ownerOf(info), linksOf(info); {
	case mode&os.ModeSymlink != 0:
		return errors.New("is a link; put the file itself there, or name its folder with --data")
	case !mode.IsRegular():
		return errors.New("is no plain file; move it away")
	case links > 1:
		return errors.New("is a hard link: the same file has another name elsewhere; put a copy in its place")
	case owner != os.Geteuid():
		return fmt.Errorf("belongs to user %d, but this program runs as user %d; give the file to that user with chown", owner, os.Geteuid())
	case mode.Perm()&others == 0:
		return nil
	}
	if err := closeTo(path, mode, others); err != nil {
		if mode.Perm()&othersWrite != 0 {
			return fmt.Errorf("may be written by other users, and that cannot be changed: %w", err)
		}
		log.Warn("file can be read by other users, and that cannot be changed", "file", path, "err", err)
		return nil
	}
	log.Warn("file was closed to other users", "file", path, "mode_before", mode.Perm().String())
	return nil
}

// closeTo takes rights away. Some file systems have none and say yes all the same.
func closeTo(path string, mode fs.FileMode, rights fs.FileMode) error {
	const kept = os.ModePerm | os.ModeSetuid | os.ModeSetgid | os.ModeSticky
	if err := os.Chmod(path, mode&kept&^rights); err != nil {
		return cause(err)
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode()&rights != 0 {
		return errors.New("the file system keeps no rights")
	}
	return err
}

func ownerOf(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return os.Geteuid()
}

func linksOf(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// openLock opens the lock file without following a link and without waiting at a pipe.
func openLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
}

// syncFolder makes a new name in a folder survive the loss of power.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return cause(err)
	}
	defer f.Close()
	// Some file systems cannot sync a folder; there the name is as safe as they make it.
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return cause(err)
	}
	return nil
}
