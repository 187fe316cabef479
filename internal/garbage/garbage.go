// Package garbage decides how much garbage may pile up before it is collected: little while the server is at rest, so that it
// takes little memory, and more while it is busy, so that it does not spend its time collecting.
package garbage

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The measure of what may pile up.
const (
	// sparing is the least percentage of the live heap. With 50,000 requests it saves a fifth of the resident memory that the usual
	// 100 takes (docs/benchmarks.md).
	sparing = 50
	// worth weighs memory against time. A collection takes time in proportion to the live heap, and there are as many as the
	// rate of allocation has times what may pile up in it; the sum of that time and of memory at a fixed price is least where what may
	// pile up is the root of the live heap, the rate and this weight (Kirisame, Shenoy, Panchekha: Optimal Heap Limits for
	// Reducing Browser Memory Use, 2022). At 0.4 s collecting is 4 % of the time of a server that answers plain queries.
	worth = 0.4 // seconds
	most  = 64 << 20
	// minHeap is the live heap that the runtime takes a smaller one for, in bytes.
	minHeap = 4 << 20
	// step is how coarse the percentage is: setting it stops the world for a moment.
	step = 25

	every = time.Second / looks // between two looks
	looks = 4                   // a second
	calm  = 2 * looks           // looks at rest until a rush is over
)

// The runtime's figures, in bytes: allocated since the program began, left by the last collection, and what of stacks and globals it
// went through. The percentage is of the last three together.
const (
	allocated = "/gc/heap/allocs:bytes"
	live      = "/gc/heap/live:bytes"
	stacks    = "/gc/scan/stack:bytes"
	globals   = "/gc/scan/globals:bytes"
)

// Keeper sets the collector's percentage. One of them runs in a process.
type Keeper struct {
	set     func(percent int)
	collect func() // and gives the memory back, which the runtime by itself does at its leisure
	read    func() reading
	last    reading
	percent int
	resting int // looks at rest since more might pile up; 0: none, or what did is collected
}

// reading is what the runtime tells; see allocated and live. roots are stacks and globals: many sockets have many stacks.
type reading struct{ allocated, live, roots uint64 }

// New makes a keeper, which is sparing at once. Who has set GOGC keeps that: the keeper is nil then, and does nothing.
func New() *Keeper {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(sparing)
	samples := []metrics.Sample{{Name: allocated}, {Name: live}, {Name: stacks}, {Name: globals}}
	return &Keeper{
		percent: sparing,
		set:     func(percent int) { debug.SetGCPercent(percent) },
		collect: debug.FreeOSMemory,
		read: func() reading {
			metrics.Read(samples)
			return reading{samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64() + samples[3].Value.Uint64()}
		},
	}
}

// Run looks four times a second until ctx ends. It returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	if k == nil {
		return nil
	}
	k.last = k.read()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			k.look()
		}
	}
}

// look sets what suits the time since the last look. What has piled up under load is collected when that is over.
func (k *Keeper) look() {
	now := k.read()
	percent := suits(looks*(now.allocated-k.last.allocated), now.live, now.roots)
	k.last = now
	if percent != k.percent {
		k.percent, k.resting = percent, 1
		k.set(percent)
	}
	if k.resting == 0 || percent > sparing {
		return
	}
	if k.resting++; k.resting > calm {
		k.resting = 0
		k.collect()
	}
}

// suits is the percentage of a live heap and the roots where so many bytes a second are allocated.
func suits(rate, live, roots uint64) int {
	extra := min(math.Sqrt(worth*float64(rate)*float64(live)), most)
	percent := int(100 * extra / float64(max(live+roots, minHeap)))
	return max(sparing, percent/step*step)
}
