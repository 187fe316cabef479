package socket

import (
	"testing"
	"time"
	"unsafe"
)

// stepped is a time that was read before the computer's clock was set. Its wall time is wrong, and
// its monotonic time is right.
func stepped(t *testing.T, at time.Time, by time.Duration) time.Time {
	t.Helper()
	moved := at.Add(by)
	inside := (*struct {
		wall uint64
		ext  int64
		loc  *time.Location
	})(unsafe.Pointer(&moved))
	inside.ext -= int64(by)
	if moved.Sub(at) != 0 || moved.Round(0).Sub(at.Round(0)) != by {
		t.Fatalf("time.Time is made otherwise now: %v moved by %v is %v", at, by, moved)
	}
	return moved
}

// After a pause of the virtual machine or a step of the clock, pings must not stop, and the wheel
// must not fire without a pause.
func TestWheel_goes_on_when_the_clock_is_set(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{-time.Hour, 0, time.Hour} {
		var r wheel
		c := &Conn{cfg: &Config{PingEvery: 25 * time.Second}}
		r.add(c, stepped(t, time.Now().Add(25*time.Second), by))
		if wait := r.wait(); wait < 24*time.Second || wait > 26*time.Second {
			t.Errorf("the clock was set by %v: it is checked in %v, want 25 s", -by, wait)
		}
		r.remove(c)
	}
}
