//go:build unix

package seal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// loose reports whether other users may read or write a file.
func loose(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// giveToFolder gives a file that root has made to the owner of its folder, because the server may
// run as that user.
func giveToFolder(path string) error {
	info, err := os.Stat(filepath.Dir(path))
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return nil
	}
	return os.Lchown(path, int(st.Uid), -1)
}

// syncFolder makes the names in a folder survive a loss of power. Some file systems cannot do it.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
