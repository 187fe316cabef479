package proc

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPU returns the processor time of the process so far: all threads, user and system. It is the
// sum of utime and stime in /proc/PID/stat, read from the process's clock, which has nanoseconds
// instead of 10 ms.
func (c *Child) CPU() (time.Duration, error) {
	// The clock id is CPUCLOCK_SCHED in the low three bits and the complement of the process id
	// above them (linux/posix-timers.h).
	const processClock = 2
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^c.PID()<<3|processClock), &ts); err != nil {
		return 0, fmt.Errorf("processor time of %d: %w", c.PID(), err)
	}
	return time.Duration(ts.Nano()), nil
}

// Thread returns the processor time of the calling thread so far. The caller must have locked its
// goroutine to the thread. Differences hold on a busy machine, too.
func Thread() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err) // the clock exists since Linux 2.6.12
	}
	return time.Duration(ts.Nano())
}
