package sqlite

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes the lock without waiting. It lies far behind the text, which others may then read.
func tryLock(f *os.File) error {
	const far = 1 << 30
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: far})
}
