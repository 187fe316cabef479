// Package await lets tests wait for what no event tells: what another process or the other end of a connection does.
// Where a channel or testing/synctest can tell, tests use those.
package await

import (
	"testing"
	"time"
)

const (
	limit = 30 * time.Second // generous, because it is only reached when something is wrong
	every = 2 * time.Millisecond
)

// True waits until cond holds. It fails the test if that takes longer than 30 s; what names the condition.
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
