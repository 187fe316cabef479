//go:build !linux

package ffmpeg

import (
	"os"
	"syscall"
)

// attributes has nothing that all other systems share.
func attributes() *syscall.SysProcAttr { return nil }

// kill ends the child.
func kill(p *os.Process) error { return p.Kill() }

// restrict does nothing: only Linux bounds another process. The child has its time limit.
func restrict(int) {}
