//go:build !otherclock

package app

import "time"

// machineClock is this machine's clock. The build tag otherclock replaces it with one that is off.
func machineClock() time.Time { return time.Now() }
