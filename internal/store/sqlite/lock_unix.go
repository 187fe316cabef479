//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// tryLock takes the lock without waiting.
func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
