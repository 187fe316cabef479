// Package await lets tests wait for a condition that no event announces, such as the work of
// another process or of the other end of a connection. Tests prefer a channel or testing/synctest
// where they can.
package await

import (
	"testing"
	"time"
)

const (
	limit = time.Minute          // reached only when something is wrong, so it is generous
	every = 2 * time.Millisecond // between two checks
)

// True waits until cond returns true. It fails the test after a minute. The message names the
// condition by what. cond is called on the calling goroutine.
func True(t testing.TB, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for deadline := time.Now().Add(limit); !cond(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
