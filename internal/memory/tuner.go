// Package memory limits the resident memory of the process without slowing down a busy server.
//
// A Tuner sets the percentage of the garbage collector (GOGC) by the load. It is low at rest, to
// limit the uncollected garbage, and higher while the server is busy, to limit the time of
// collections. A Tuner also returns memory to the system after a burst of allocation, after many
// connections have closed, and after callers have left what they held. The runtime returns memory,
// too, but only over minutes.
//
// The percentage applies to the whole process, and Run restores it at the end. Setting GOGC
// disables the Tuner. GOMEMLIMIT has its usual effect.
package memory

import (
	"context"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// restPercent is the percentage at rest. With 50,000 requests the resident memory is a fifth
	// less than with the usual 100 (docs/benchmarks.md).
	restPercent = 50
	// costWeight is how much time a byte of headroom may cost. Collection cost is live heap ×
	// allocation rate ÷ headroom, so the total is least at headroom = √(weight × live × rate)
	// (Kirisame, Shenoy, Panchekha: Optimal Heap Limits for Reducing Browser Memory Use, 2022). At
	// 0.4 s a server that answers plain queries spends 4 % of its time collecting.
	costWeight = 0.4 // seconds
	// maxHeadroom bounds the garbage above the live heap, in bytes.
	maxHeadroom = 64 << 20
	// minHeap is the smallest live heap of the runtime's calculation, in bytes. The runtime treats
	// a smaller live heap as 4 MiB.
	minHeap = 4 << 20
	// percentStep is the step to which the percentage is rounded down. Setting the percentage stops
	// the world for a moment, so small changes of the load must not set it.
	percentStep = 25

	readingsPerSecond = 4
	// windowLen is the number of readings in a window of departed. It is also the number of calm
	// readings after which burstEnded and taken report true.
	windowLen = 2 * readingsPerSecond

	// Connections have left when the number of goroutines falls by at least minDeparted and by at
	// least one departedShare-th, because each connection has one goroutine.
	minDeparted   = 100
	departedShare = 8

	// minPile is how many bytes must have been in flight, so that a release is worthwhile
	// afterwards.
	minPile = 8 << 20
)

// metricNames are the runtime's metrics in a reading, in this order: bytes allocated since the
// start of the program, live bytes after the last collection, bytes of stacks and of globals that
// the collector scans, and the number of goroutines. The runtime applies the percentage to the sum
// of the second, third and fourth.
var metricNames = [...]string{
	"/gc/heap/allocs:bytes", "/gc/heap/live:bytes", "/gc/scan/stack:bytes",
	"/gc/scan/globals:bytes", "/sched/goroutines:goroutines",
}

// reading is the runtime's state at one moment. All figures except goroutines are bytes. roots are
// stacks and globals: with many sockets the stacks outweigh the heap. inFlight is the memory that
// is in use for callers.
type reading struct{ allocated, live, roots, goroutines, inFlight uint64 }

// Tuner sets the percentage and releases memory. A process should run only one Tuner. A nil Tuner
// does nothing.
type Tuner struct {
	setPercent func(percent int) (before int)
	release    func() // collects and returns free memory to the system at once
	read       func() reading

	last         reading
	percent      int  // the current setting
	burst        bool // the percentage was above restPercent, and no memory was released since
	calmReadings int  // readings at restPercent since the burst

	windowReadings int       // readings of the current window
	window         [2]uint64 // the fewest and the most goroutines in the window
	connected      uint64    // most goroutines throughout a window since the last departure

	piled         uint64 // the most bytes in flight since taken last reported true
	lightReadings int    // consecutive readings with at most half of piled in flight
}

// Counting sets the function that returns the bytes in use for callers: answers, queues, bodies,
// connections and subscriptions. It returns t. Without Counting, the tuner assumes none. It must be
// called before Run.
func (t *Tuner) Counting(inFlight func() int64) *Tuner {
	if t == nil {
		return nil
	}
	read := t.read
	t.read = func() reading {
		now := read()
		now.inFlight = uint64(max(0, inFlight()))
		return now
	}
	return t
}

// NewTuner returns a tuner, or nil if the environment sets GOGC.
func NewTuner() *Tuner {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	samples := make([]metrics.Sample, len(metricNames))
	for i, name := range metricNames {
		samples[i].Name = name
	}
	read := func() reading {
		metrics.Read(samples)
		v := func(i int) uint64 { return samples[i].Value.Uint64() }
		return reading{allocated: v(0), live: v(1), roots: v(2) + v(3), goroutines: v(4)}
	}
	return &Tuner{setPercent: debug.SetGCPercent, release: release, read: read}
}

// release collects twice, because a sync.Pool keeps its values for one collection. Then it returns
// the free memory.
func release() {
	runtime.GC()
	debug.FreeOSMemory()
}

// Run adjusts the percentage until ctx ends, and then restores the previous percentage. It returns
// nil.
func (t *Tuner) Run(ctx context.Context) error {
	if t == nil {
		return nil
	}
	t.last, t.percent = t.read(), restPercent
	before := t.setPercent(restPercent)
	defer t.setPercent(before)
	ticker := time.NewTicker(time.Second / readingsPerSecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			t.adjust()
		}
	}
}

// adjust reads the runtime's figures and sets the percentage for the load since the previous
// reading. It releases memory when a burst has ended, connections have left, or bytes in flight
// were read.
func (t *Tuner) adjust() {
	now := t.read()
	rate := readingsPerSecond * (now.allocated - t.last.allocated)
	percent := percentFor(rate, now.live, now.roots)
	if t.last = now; percent != t.percent {
		t.percent = percent
		t.setPercent(percent)
	}
	// All three are called every time, because they count readings.
	ended, departed, taken := t.burstEnded(), t.departed(now.goroutines), t.taken(now.inFlight)
	if ended || departed || taken {
		t.release()
	}
}

// burstEnded reports true once after each burst, when the percentage has been at rest for windowLen
// readings.
func (t *Tuner) burstEnded() bool {
	if t.percent > restPercent {
		t.burst, t.calmReadings = true, 0
		return false
	}
	if !t.burst {
		return false
	}
	t.calmReadings++
	t.burst = t.calmReadings < windowLen
	return !t.burst
}

// departed reports whether many connections have closed: the most goroutines of this window are far
// fewer than the fewest of an earlier window. Ticks and calls start goroutines for a moment, so a
// comparison of single readings would report departures all the time.
func (t *Tuner) departed(goroutines uint64) bool {
	if t.windowReadings == 0 {
		t.window = [2]uint64{goroutines, goroutines}
	}
	t.window = [2]uint64{min(t.window[0], goroutines), max(t.window[1], goroutines)}
	if t.windowReadings++; t.windowReadings < windowLen {
		return false
	}
	t.windowReadings = 0
	fewest, most := t.window[0], t.window[1]
	if most+max(minDeparted, t.connected/departedShare) > t.connected {
		t.connected = max(t.connected, fewest)
		return false
	}
	t.connected = fewest
	return true
}

// taken reports whether at least half of the bytes in flight have been read or discarded for
// windowLen readings. A few unread answers may need more memory than a thousand connections.
func (t *Tuner) taken(inFlight uint64) bool {
	t.piled = max(t.piled, inFlight)
	if t.piled < minPile || inFlight > t.piled/2 {
		t.lightReadings = 0
		return false
	}
	if t.lightReadings++; t.lightReadings < windowLen {
		return false
	}
	t.piled, t.lightReadings = inFlight, 0
	return true
}

// percentFor returns the percentage for a live heap and roots, in bytes, and a rate of allocation,
// in bytes per second. It is a multiple of percentStep and at least restPercent. The headroom is at
// most maxHeadroom, unless restPercent alone leaves more.
func percentFor(rate, live, roots uint64) int {
	headroom := min(math.Sqrt(costWeight*float64(rate)*float64(live)), maxHeadroom)
	percent := int(100 * headroom / float64(max(live+roots, minHeap)))
	return max(restPercent, percent/percentStep*percentStep)
}
