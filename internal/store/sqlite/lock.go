package sqlite

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// fileLock is a lock that the operating system takes back when the process ends, however it ends.
type fileLock struct{ f *os.File }

// lockFile takes the lock on a file, which it makes if need be, and writes the process
// id into it for whoever comes second.
func lockFile(path string, log *slog.Logger) (*fileLock, error) {
	if info, err := os.Lstat(path); err == nil { // what is written into it must not reach another file
		if err := ownFile(path, info, log); err != nil {
			return nil, fmt.Errorf("lock file %s %w", filepath.Base(path), err)
		}
	}
	f, err := openLock(path)
	if err != nil {
		return nil, fmt.Errorf("lock file: %w", cause(err))
	}
	if err := leaveToOwner(path); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock file: %w", cause(err))
	}
	if err := tryLock(f); err != nil {
		defer f.Close()
		holder, _ := io.ReadAll(io.LimitReader(f, 32)) // only for the message
		if pid := strings.TrimSpace(string(holder)); pid != "" {
			return nil, fmt.Errorf("the folder is in use by another bis process (%s)", pid)
		}
		return nil, fmt.Errorf("the folder is in use by another bis process: %w", err)
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock file: %w", err)
	}
	if _, err := f.WriteAt(fmt.Appendf(nil, "pid %d\n", os.Getpid()), 0); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock file: %w", err)
	}
	return &fileLock{f}, nil
}

// unlock gives the lock back.
func (l *fileLock) unlock() error {
	return l.f.Close() // the lock ends with the last descriptor
}
