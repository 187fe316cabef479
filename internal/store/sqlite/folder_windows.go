package sqlite

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
)

// writable says nothing here: making a file does.
func writable(string) error { return nil }

// ownFolder leaves the folder as it is: rights are inherited from the user's folders.
func ownFolder(string, fs.FileInfo, *slog.Logger) error { return nil }

// ownFile makes sure that a path is a plain file. Its error goes on behind the file's name.
func ownFile(_ string, info fs.FileInfo, _ *slog.Logger) error {
	switch mode := info.Mode(); {
	case mode&os.ModeSymlink != 0:
		return errors.New("is a link; put the file itself there, or name its folder with --data")
	case !mode.IsRegular():
		return errors.New("is no plain file; move it away")
	}
	return nil
}

// openLock opens the lock file.
func openLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}

// syncFolder does nothing: a folder cannot be synced here.
func syncFolder(string) error { return nil }
