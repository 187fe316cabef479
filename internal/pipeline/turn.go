package pipeline

import "time"

// The time that a capture has for counting by a detector, in shares of the least interval of the
// camera's runs. It waits for its turn for half of the interval, and a run must end before the next
// tick.
const (
	turnShare  = 0.5
	countShare = 0.75
	wholeShare = 0.9 // with the time that the picture took
)

// share returns a share of a duration.
func share(of time.Duration, part float64) time.Duration {
	return time.Duration(part * float64(of))
}

// join adds a run. If the detector already works for runs of a longer interval, it ends in time for
// this one. The caller must hold the camera's mu.
func (of *capture) join(asked ask, every time.Duration) {
	of.asks = append(of.asks, asked)
	if every >= of.every {
		return
	}
	of.every = every
	if of.stop != nil {
		time.AfterFunc(share(every, countShare), of.stop)
	}
}

// decide returns what the runs of a capture want, and their least interval. Later runs come too
// late.
func (c *sharedCamera) decide(of *capture) ([]ask, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	asks := of.asks
	of.asks, of.counting = nil, true
	return asks, of.every
}

// room returns how long a capture may be counted by the detector, so that its runs end before their
// next tick. A slow camera has used up a part of that.
func (of *capture) room(every time.Duration, now time.Time) time.Duration {
	used := now.Sub(of.begun) % max(1, every)
	return min(share(every, countShare), share(every, wholeShare)-used)
}

// admit reports whether the detector may get a capture's pictures by the camera as it is now. A
// change that forbids it later calls stop.
func (c *sharedCamera) admit(of *capture, stop func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cfg.mayCount(of.of) || !c.admits() {
		return false
	}
	of.stop = stop
	return true
}

// admits reports whether the detector may get pictures of the present capture: the provider has
// the camera's consent, and the masks are still those of the pictures. The caller must hold mu.
func (c *sharedCamera) admits() bool {
	return c.cfg.mayCount(c.latest) &&
		(c.latest.ID == "" || samePolygons(c.latest.Masks, c.masks))
}
