package pipeline

import (
	"sync"
	"time"
)

// The burst of a run.
const (
	burstFrames = 3
	burstApart  = 300 * time.Millisecond
	// burstInterval is the least interval whose runs may take a burst, which lasts 0.6 s.
	burstInterval = 5 * time.Second
)

// Bounds of the frames that bursts cost all cameras together, in pixels. Decoding 20 million pixels
// takes about a fifth of a second of one processor. Beyond, runs take one frame.
const (
	burstRate = 20_000_000 // a second
	burstMost = 40_000_000 // saved up while there are no bursts
)

// allowance bounds what bursts cost. It is safe for concurrent use. The zero value is full.
type allowance struct {
	mu   sync.Mutex // guards the fields below
	left int        // pixels
	at   time.Time  // of left
}

// spend takes pixels from the allowance and reports whether it had them. A burst that is larger
// than all that can be saved up takes what there is.
func (a *allowance) spend(now time.Time, pixels int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	since := now.Sub(a.at)
	if a.at.IsZero() || since > burstMost/burstRate*time.Second {
		a.left = burstMost
	} else if since > 0 {
		a.left = min(burstMost, a.left+int(since*burstRate/time.Second))
	}
	a.at = now
	if a.left < min(pixels, burstMost) {
		return false
	}
	a.left -= min(pixels, burstMost)
	return true
}
