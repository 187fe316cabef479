//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Permission bits of group and world.
const (
	othersWrite = 0o022
	others      = 0o077
	worldWrite  = 0o002
	world       = 0o007
)

// checkWritable returns why this user cannot create files in a folder, or nil.
func checkWritable(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }

// secureFolder removes other users' write permission from the folder, because any other writer
// could replace the database. It refuses a folder that all users share, a folder of another user,
// and a folder whose permission it cannot remove. It accepts a folder of root, even if its group
// may write it, because root can write everywhere in any case. For the same reason root may work in
// a folder of another user.
func secureFolder(dir string, info fs.FileInfo, log *slog.Logger) error {
	mode := info.Mode()
	owner, me := ownerOf(info), os.Geteuid()
	switch {
	case mode&os.ModeSticky != 0 && mode.Perm()&othersWrite != 0: // like /tmp
		return fmt.Errorf("data folder %s is shared by all users; choose a folder in it, such as --data %s/bis-data", dir, dir)
	case !trusted(owner, me, owner):
		return fmt.Errorf("data folder %s belongs to user %d, but this program runs as user %d; "+
			"run it as the owner, or choose a folder of its own with --data", dir, owner, me)
	case owner != me: // trusted, because one of the two is root
		log.Warn("data folder belongs to another user", "folder", dir, "owner", owner, "this_user", me)
	}
	writers := fs.FileMode(othersWrite)
	if owner == root && me != root {
		writers = worldWrite // root lets this user in through the group, as Kubernetes does
	}
	if mode.Perm()&writers == 0 {
		return nil
	}
	if err := restrict(dir, mode, writers); err != nil {
		return fmt.Errorf("data folder %s may be written by other users, and that cannot be changed: %w; "+
			"choose another folder with --data", dir, err)
	}
	log.Warn("data folder was closed to other users, who could write it",
		"folder", dir, "mode_before", mode.Perm().String())
	return nil
}

// root is the user that can do anything.
const root = 0

// trusted reports whether user may work with a file of owner: its own, root's, or, as root, a file
// of the folder's owner.
func trusted(owner, user, folderOwner int) bool {
	return owner == user || owner == root || user == root && owner == folderOwner
}

// folderOwner is the owner of the folder of the file at path, or root if the folder cannot be read.
func folderOwner(path string) int {
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return root
	}
	return ownerOf(info)
}

// secureFile checks that path is one plain file of a trusted owner, and removes other users' access
// if it can. If it cannot, it refuses a file that they can write, and logs a warning for a file
// that they can only read. A file of root may be open to its group. The error is the rest of a
// sentence that begins with the file's name.
func secureFile(path string, info fs.FileInfo, log *slog.Logger) error {
	mode := info.Mode()
	owner, me := ownerOf(info), os.Geteuid()
	if err := checkPlain(info); err != nil {
		return err
	}
	switch links := linksOf(info); {
	case links > 1:
		return errors.New("is a hard link: the same file has another name elsewhere; put a copy in its place")
	case !trusted(owner, me, folderOwner(path)):
		return fmt.Errorf("belongs to user %d, but this program runs as user %d; "+
			"give the file to that user with chown", owner, me)
	}
	rights := fs.FileMode(others) // to remove
	if owner == root && me != root {
		if unix.Access(path, unix.R_OK|unix.W_OK) != nil {
			return fmt.Errorf("belongs to root, and user %d may not write it; give the file to that user with chown", me)
		}
		log.Warn("file belongs to root", "file", path)
		rights = world
	}
	if mode.Perm()&rights == 0 {
		return nil
	}
	if err := restrict(path, mode, rights); err != nil {
		// A file that others can write is refused. One that they can only read is accepted.
		if mode.Perm()&rights&othersWrite != 0 {
			return fmt.Errorf("may be written by other users, and that cannot be changed: %w", err)
		}
		log.Warn("file can be read by other users, and that cannot be changed", "file", path, "err", err)
		return nil
	}
	log.Warn("file was closed to other users", "file", path, "mode_before", mode.Perm().String())
	return nil
}

// chownToFolder gives a file that root has created to the owner of its folder, so that the owner
// can open it later. For other users it does nothing.
func chownToFolder(path string) error {
	owner := folderOwner(path)
	if os.Geteuid() != root || owner == root {
		return nil
	}
	return os.Lchown(path, owner, -1)
}

// restrict removes permissions from a path. It reads the mode again, because some file systems
// report success and change nothing.
func restrict(path string, mode fs.FileMode, rights fs.FileMode) error {
	const settable = os.ModePerm | os.ModeSetuid | os.ModeSetgid | os.ModeSticky
	if err := os.Chmod(path, mode&settable&^rights); err != nil {
		return cause(err)
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode()&rights != 0 {
		return errors.New("the file system keeps no rights")
	}
	return err
}

// ownerOf is the user id of a file's owner, or this user's if the file system has none.
func ownerOf(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return os.Geteuid()
}

// linksOf is the number of hard links to a file.
func linksOf(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// lockFlags open the lock file without following a link, and without waiting if it is a pipe.
const lockFlags = os.O_RDWR | os.O_CREATE | syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// syncFolder syncs a folder, so that new names in it survive the loss of power.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return cause(err)
	}
	defer f.Close()
	// Some file systems cannot sync a folder. A new name is then only as safe as the file system
	// makes it.
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return cause(err)
	}
	return nil
}
