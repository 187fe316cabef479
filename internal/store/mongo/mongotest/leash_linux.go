package mongotest

import (
	"os/exec"
	"syscall"
)

// leash tells the kernel to kill the server when the test process dies, so that no server outlives
// a killed test.
func leash(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
