package mongotest

import (
	"os/exec"
	"syscall"
)

// leash makes the kernel kill the server when the test process dies, so that no server outlives
// a killed test.
func leash(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
