// Package garbage sets the collector's percentage (GOGC) by the load: low while the server is at
// rest, so that it takes little memory, and higher while it is busy, so that it does not spend its
// time collecting. It also gives memory back to the system after a rush, and after many connections
// have gone.
package garbage

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// sparing is the percentage at rest. With 50,000 requests it saves a fifth of the resident
	// memory that the usual 100 takes (docs/benchmarks.md).
	sparing = 50
	// weight is what a byte of headroom may cost, as a time. Collection cost is live heap ×
	// allocation rate ÷ headroom, so the total is least at headroom = √(weight × live × rate)
	// (Kirisame, Shenoy, Panchekha: Optimal Heap Limits for Reducing Browser Memory Use, 2022). At
	// 0.4 s a server that answers plain queries spends 4 % of its time collecting.
	weight = 0.4 // seconds
	// maxHeadroom bounds the headroom, in bytes.
	maxHeadroom = 64 << 20
	// minHeap is the smallest live heap that the runtime reckons with, in bytes.
	minHeap = 4 << 20
	// step rounds the percentage: setting it stops the world for a moment.
	step = 25

	perSecond = 4             // readings a second
	calm      = 2 * perSecond // readings of a window, and after a rush until memory is given back

	// A fall of the number of goroutines by so many, and by that part of them, is a departure of
	// connections: each connection has one.
	fewGone  = 100
	partGone = 8
)

// The runtime's figures. Bytes allocated since the program began, bytes left by the last
// collection, bytes of stacks and of globals that the collector scans, and the number of
// goroutines. The percentage is of the second, third and fourth together.
var names = [...]string{
	"/gc/heap/allocs:bytes", "/gc/heap/live:bytes", "/gc/scan/stack:bytes", "/gc/scan/globals:bytes", "/sched/goroutines:goroutines",
}

// reading is what the runtime says at one moment. roots are stacks and globals: many sockets have
// many stacks.
type reading struct{ allocated, live, roots, goroutines uint64 }

// Keeper sets the percentage. One of them runs in a process.
type Keeper struct {
	set     func(percent int) (before int)
	collect func() // and gives the memory back, which the runtime by itself does at its leisure
	read    func() reading

	last    reading
	percent int
	rushed  bool // more may have piled up than at rest
	resting int  // readings at rest since then

	readings int       // of this window
	window   [2]uint64 // the fewest and the most goroutines in it
	before   uint64    // goroutines that were there for a whole window since memory was last given back
}

// New returns a keeper. Where GOGC is set the operator has decided: the keeper is nil and does
// nothing.
func New() *Keeper {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	return &Keeper{set: debug.SetGCPercent, collect: debug.FreeOSMemory, read: func() reading {
		metrics.Read(samples)
		v := func(i int) uint64 { return samples[i].Value.Uint64() }
		return reading{allocated: v(0), live: v(1), roots: v(2) + v(3), goroutines: v(4)}
	}}
}

// Run sets the percentage until ctx ends, and then restores the one that it found. It returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	if k == nil {
		return nil
	}
	k.last, k.percent = k.read(), sparing
	before := k.set(sparing)
	defer k.set(before)
	ticker := time.NewTicker(time.Second / perSecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			k.adjust()
		}
	}
}

// adjust sets what suits the time since the last reading, and gives memory back when that is due.
func (k *Keeper) adjust() {
	now := k.read()
	percent := suits(perSecond*(now.allocated-k.last.allocated), now.live, now.roots)
	if k.last = now; percent != k.percent {
		k.percent = percent
		k.set(percent)
	}
	over, departed := k.rushIsOver(), k.departed(now.goroutines)
	if over || departed {
		k.collect()
	}
}

// rushIsOver reports once after a rush that things have been calm for a while.
func (k *Keeper) rushIsOver() bool {
	if k.percent > sparing {
		k.rushed, k.resting = true, 0
		return false
	}
	if !k.rushed {
		return false
	}
	k.resting++
	k.rushed = k.resting < calm
	return !k.rushed
}

// departed reports whether connections have gone for good: all through a window there were fewer than all
// through an earlier one. Goroutines that come and go with ticks and calls do not count.
func (k *Keeper) departed(goroutines uint64) bool {
	if k.readings == 0 {
		k.window = [2]uint64{goroutines, goroutines}
	}
	k.window = [2]uint64{min(k.window[0], goroutines), max(k.window[1], goroutines)}
	if k.readings++; k.readings < calm {
		return false
	}
	k.readings = 0
	fewest, most := k.window[0], k.window[1]
	if most+max(fewGone, k.before/partGone) > k.before {
		k.before = max(k.before, fewest)
		return false
	}
	k.before = fewest
	return true
}

// suits is the percentage for a live heap and roots, in bytes, and a rate of allocation, in bytes a
// second.
func suits(rate, live, roots uint64) int {
	headroom := min(math.Sqrt(weight*float64(rate)*float64(live)), maxHeadroom)
	percent := int(100 * headroom / float64(max(live+roots, minHeap)))
	return max(sparing, percent/step*step)
}
