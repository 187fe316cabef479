package app

import "syscall"

// childAttributes ends a child with this process.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// yield lets other processes go first, where that is allowed.
func yield() {
	const lower = 10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, lower)
}
