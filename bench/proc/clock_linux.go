package proc

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the time that the process has spent on processors so far, all threads, user and system. It is the sum of
// utime and stime of /proc/PID/stat, but read from the process's clock: to the nanosecond instead of 10 ms.
func (c *Child) CPU() (time.Duration, error) {
	const processClock = 2 // CPUCLOCK_SCHED of linux/posix-timers.h; the id's complement stands above three bits
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^c.PID()<<3|processClock), &ts); err != nil {
		return 0, fmt.Errorf("processor time of %d: %w", c.PID(), err)
	}
	return time.Duration(ts.Nano()), nil
}
