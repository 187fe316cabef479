//go:build unix

package app

import "syscall"

// openFiles returns how many files and connections the process may have open, or 0 if there is no
// known bound.
func openFiles() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return 0
	}
	return int(limit.Cur)
}
