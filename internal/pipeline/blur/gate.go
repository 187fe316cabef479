package blur

import (
	"runtime"
	"sync/atomic"
	"time"
)

// gate bounds what searches for faces cost the process: a quarter of the processors searches at
// once, and each rests as long as its last search took. So blurring takes an eighth of the
// processors at most, or half of one. A few callers wait for a while; the others do without.
type gate struct {
	slots   chan struct{}
	waiting atomic.Int32
	most    int32         // callers that wait
	wait    time.Duration // of one caller
}

// newGate returns the gate of this machine.
func newGate() *gate {
	n := max(1, runtime.GOMAXPROCS(0)/4)
	g := &gate{slots: make(chan struct{}, n), most: int32(4 * n), wait: 2 * time.Second}
	for range n {
		g.slots <- struct{}{}
	}
	return g
}

// enter reports whether a search may begin. The caller must then call leave.
func (g *gate) enter() bool {
	select {
	case <-g.slots:
		return true
	default:
	}
	if g.waiting.Add(1) > g.most {
		g.waiting.Add(-1)
		return false
	}
	defer g.waiting.Add(-1)
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case <-g.slots:
		return true
	case <-timer.C:
		return false
	}
}

// leave ends a search that took a time. Its slot rests as long.
func (g *gate) leave(took time.Duration) {
	time.AfterFunc(took, func() { g.slots <- struct{}{} })
}
