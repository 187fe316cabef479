// Package garbage decides how much garbage may pile up before it is collected: little while the server is at rest, so that it
// takes little memory, and more while it is busy, so that it does not spend its time collecting.
package garbage

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The measure of what may pile up.
const (
	// sparing is the least percentage of the live heap. With 50,000 requests it saves a fifth of the resident memory that the usual
	// 100 takes (docs/benchmarks.md).
	sparing = 50

	every   = time.Second // between two looks
	share   = 4           // collections a second that are enough, whatever is allocated
	most    = 32 << 20    // bytes that may pile up beyond the sparing percentage's
	minHeap = 4 << 20     // bytes; to the runtime a smaller live heap is one of this size
	usual   = 100         // the runtime's own percentage
	allocs  = "/gc/heap/allocs:bytes"
	live    = "/gc/heap/live:bytes"
)

// Keeper sets the collector's percentage. One of them runs in a process.
type Keeper struct {
	set     func(percent int)
	read    func() reading
	last    reading
	percent int
}

// reading is what the runtime tells.
type reading struct {
	allocated uint64 // bytes since the program began
	live      uint64 // bytes that the last collection left
}

// New makes a keeper, which is sparing at once. Who has set GOGC keeps that: the keeper is nil then, and does nothing.
func New() *Keeper {
	if was := debug.SetGCPercent(sparing); was != usual {
		debug.SetGCPercent(was)
		return nil
	}
	samples := []metrics.Sample{{Name: allocs}, {Name: live}}
	return &Keeper{percent: sparing, set: func(percent int) { debug.SetGCPercent(percent) }, read: func() reading {
		metrics.Read(samples)
		return reading{samples[0].Value.Uint64(), samples[1].Value.Uint64()}
	}}
}

// Run looks once a second until ctx ends. It returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	if k == nil {
		return nil
	}
	k.last = k.read()
	looks := time.NewTicker(every)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-looks.C:
			k.look()
		}
	}
}

// look sets what suits the second that has passed.
func (k *Keeper) look() {
	now := k.read()
	percent := suits(now.allocated-k.last.allocated, now.live)
	k.last = now
	if percent == k.percent {
		return
	}
	k.percent = percent
	k.set(percent)
}

// suits is the percentage of a live heap for a second in which so much was allocated.
func suits(allocated, live uint64) int {
	extra := min(allocated/share, most)
	percent := int(100 * extra / max(live, minHeap))
	return max(sparing, percent/step*step)
}

// step is how coarse the percentage is: setting it stops the world for a moment.
const step = 25
