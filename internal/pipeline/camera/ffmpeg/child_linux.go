package ffmpeg

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes puts the child into a group of its own and ends it with this process.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill ends the child and what it may have started.
func kill(p *os.Process) error {
	if err := syscall.Kill(-p.Pid, syscall.SIGKILL); err != nil {
		return os.ErrProcessDone // it has ended
	}
	return nil
}

// restrict bounds what a child may use. Where that is not allowed the child still has its time
// limit, so errors are ignored.
func restrict(pid int) {
	for resource, most := range map[int]uint64{
		unix.RLIMIT_AS:    2 << 30, // bytes; the libraries alone map some hundred megabytes
		unix.RLIMIT_CPU:   20,      // seconds
		unix.RLIMIT_FSIZE: 0,       // bytes of a file
		unix.RLIMIT_CORE:  0,
	} {
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil)
	}
}
