package mongotest

import (
	"os/exec"
	"syscall"
)

// leash has the system end a server whose test was killed.
func leash(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
