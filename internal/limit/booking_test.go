package limit_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/limit"
)

// A booking grows in steps up to half of the budget, and waits for room.
func TestBooking_grows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := limit.NewBytes(100)
		first, second := all.Begin("kim"), all.Begin("kim")
		for _, n := range []int64{10, 40, 30} { // the last is less than it has
			if !first.Grow(t.Context(), n, 0) {
				t.Fatalf("no room for %d bytes", n)
			}
		}
		if all.Len() != 40 {
			t.Errorf("%d bytes are booked, want 40", all.Len())
		}
		if second.Grow(t.Context(), 20, time.Second) {
			t.Error("a caller has more than half")
		}
		time.AfterFunc(time.Second, first.Release)
		begun := time.Now()
		if !second.Grow(t.Context(), 1_000, 10*time.Second) || all.Len() != 50 {
			t.Errorf("%d bytes are booked after a release, want 50", all.Len())
		}
		if waited := time.Since(begun); waited < time.Second || waited > 2*time.Second {
			t.Errorf("it waited for %v, want about 1 s", waited)
		}
		second.Release()
		if all.Len() != 0 {
			t.Errorf("%d bytes stay booked", all.Len())
		}
	})
}

// A booking without a limit has room for everything.
func TestBooking_without_a_limit(t *testing.T) {
	t.Parallel()
	for _, all := range []*limit.Bytes{nil, limit.NewBytes(0)} {
		k := all.Begin("kim")
		if !k.Grow(t.Context(), 1<<40, 0) {
			t.Error("no room without a limit")
		}
		k.Release()
	}
}
