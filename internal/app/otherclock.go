//go:build otherclock

package app

import (
	"os"
	"time"
)

// clockAhead is how far this process's clock is ahead: for tests of processes whose clocks differ.
var clockAhead, _ = time.ParseDuration(os.Getenv("BIS_TEST_CLOCK_AHEAD"))

// machineClock is a clock that is off.
func machineClock() time.Time { return time.Now().Add(clockAhead) }
