//go:build !linux

package proc

import (
	"errors"
	"time"
)

// CPU is measured on Linux only.
func (c *Child) CPU() (time.Duration, error) {
	return 0, errors.New("processor time of another process is read on Linux only")
}

var begin = time.Now()

// Thread returns the time since the start of the process: other systems have no clock of a thread.
func Thread() time.Duration { return time.Since(begin) }
