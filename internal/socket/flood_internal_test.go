package socket

import (
	"testing"
	"time"
)

// A bucket admits a burst, and then one message for each token that returns with time.
func TestBucket(t *testing.T) {
	t.Parallel()
	f := &Flood{PerSecond: 4, Burst: 10}
	var b bucket
	now := time.Unix(1_000, 0)
	take := func() (n int) {
		for b.take(f, now) {
			n++
		}
		return n
	}
	for _, step := range []struct {
		pause time.Duration
		want  int
	}{{0, 10}, {0, 0}, {249 * time.Millisecond, 0}, {time.Millisecond, 1}, {time.Second, 4}, {time.Hour, 10}} {
		now = now.Add(step.pause)
		if n := take(); n != step.want {
			t.Errorf("%d after %v, want %d", n, step.pause, step.want)
		}
	}
}
