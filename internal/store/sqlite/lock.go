package sqlite

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// pidOffset is where the holder's process id begins in the lock file. On Windows the lock covers
// byte 0, which no other process can read then, so the text begins after it.
const pidOffset = 1

// lockFile locks the file at path for this process, or fails at once if another process has it. It
// creates the file if needed and writes the process id into it, for the error message of the second
// process. The kernel releases the lock when the process ends, even after kill -9.
func lockFile(path string, log *slog.Logger) (*flock.Flock, error) {
	// Through a link, the process id would be written into another file.
	if info, err := os.Lstat(path); err == nil {
		if err := secureFile(path, info, log); err != nil {
			return nil, fmt.Errorf("lock file %s %w", filepath.Base(path), err)
		}
	}
	lock := flock.New(path, flock.SetFlag(lockFlags), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err == nil && !locked { // the library reports a held lock without an error
		return nil, errLocked(path)
	}
	if err == nil {
		err = chownToFolder(path)
	}
	if err == nil {
		err = writePID(path)
	}
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("lock file: %w", cause(err))
	}
	return lock, nil
}

// writePID replaces the text of a lock file by this process's id. It opens the file a second time,
// which does not touch the lock.
func writePID(path string) error {
	f, err := os.OpenFile(path, lockFlags, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(pidOffset); err != nil {
		return err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "pid %d\n", os.Getpid()), pidOffset)
	return err
}

// errLocked is the error of the second process. It names the holder if the lock file does.
func errLocked(path string) error {
	const sentence = "the folder is in use by another bis process"
	f, err := os.OpenFile(path, lockFlags, 0o600)
	if err != nil {
		return fmt.Errorf("%s: %w", sentence, cause(err))
	}
	defer f.Close()
	holder, _ := io.ReadAll(io.NewSectionReader(f, pidOffset, 32)) // only for the message
	if pid := strings.TrimSpace(string(holder)); pid != "" {
		return fmt.Errorf("%s (%s)", sentence, pid)
	}
	return fmt.Errorf("%s", sentence)
}
