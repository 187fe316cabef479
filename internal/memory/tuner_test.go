package memory

import (
	"context"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync"
	"testing"
)

const mib = 1 << 20

func TestPercentFor(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rate, live, roots uint64
		want              int
	}{
		"at rest":                       {rate: 100 << 10, live: 5 * mib, want: 50},
		"some work":                     {rate: 16 * mib, live: 5 * mib, want: 100},
		"much work":                     {rate: 200 * mib, live: 5 * mib, want: 400},
		"the most, however much":        {rate: 20_000 * mib, live: 8 * mib, want: 800},
		"a tiny heap counts as minHeap": {rate: 20_000 * mib, live: mib, want: 1600},
		"a large heap stays at rest":    {rate: 2_000 * mib, live: 200 * mib, want: 50},
		"stacks count too":              {rate: 20_000 * mib, live: 8 * mib, roots: 24 * mib, want: 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := percentFor(tt.rate, tt.live, tt.roots)
			if got != tt.want {
				t.Errorf("percentFor(%d MiB, %d MiB, %d MiB) = %d, want %d", tt.rate/mib, tt.live/mib, tt.roots/mib, got, tt.want)
			}
			if extra := uint64(got) * max(tt.live+tt.roots, minHeap) / 100; extra > max(maxHeadroom, (tt.live+tt.roots)/2) {
				t.Errorf("%d MiB may pile up", extra/mib)
			}
		})
	}
}

// scripted returns a tuner that reads *now and records its actions: the percentages that it sets,
// and 0 for a release of memory.
func scripted(now *reading) (k *Tuner, did *[]int) {
	did = new([]int)
	k = &Tuner{
		percent:    restPercent,
		setPercent: func(p int) int { *did = append(*did, p); return 100 },
		release:    func() { *did = append(*did, 0) },
		read:       func() reading { return *now },
	}
	k.last = *now
	return k, did
}

func TestTuner_sets_what_changed_and_gives_back_after_a_burst(t *testing.T) {
	t.Parallel()
	now := reading{live: 8 * mib}
	k, did := scripted(&now)
	for _, part := range []struct{ readings, allocated uint64 }{
		{10, 0}, {3, 20_000}, {20, 0}, {1, 20_000}, {3, 0}, {1, 20_000}, {20, 0},
	} {
		for range part.readings {
			now.allocated += part.allocated * mib
			k.adjust()
		}
	}
	if want := []int{800, restPercent, 0, 800, restPercent, 800, restPercent, 0}; !slices.Equal(*did, want) {
		t.Errorf("did %v, want %v", *did, want)
	}
}

func TestTuner_gives_back_after_connections_have_gone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		goroutines []uint64 // in each window
		busy       bool     // a high rate of allocation
		want       int      // number of releases of memory
	}{
		"all at once":             {goroutines: []uint64{20_000, 20, 20, 20, 20, 20, 20}, want: 1},
		"over a while":            {goroutines: []uint64{20_000, 15_000, 10_000, 5_000, 20, 20, 20, 20, 20, 20}, want: 4},
		"under load":              {goroutines: []uint64{20_000, 20, 20, 20, 20}, busy: true, want: 1},
		"a few":                   {goroutines: []uint64{150, 60, 60, 60, 60, 60}, want: 0},
		"a small part":            {goroutines: []uint64{20_000, 19_000, 19_000, 19_000, 19_000}, want: 0},
		"as many come as go":      {goroutines: []uint64{20_000, 20_000, 20_000, 20_000, 20_000}, want: 0},
		"a second time":           {goroutines: []uint64{9_000, 20, 20, 20, 9_000, 9_000, 20, 20, 20, 20}, want: 2},
		"none but those at start": {goroutines: []uint64{20, 20, 20, 20}, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := reading{live: 8 * mib}
			k, did := scripted(&now)
			for _, n := range tt.goroutines {
				for range windowLen {
					now.goroutines = n
					if tt.busy {
						now.allocated += 20_000 * mib
					}
					k.adjust()
				}
			}
			back := 0
			for _, d := range *did {
				if d == 0 {
					back++
				}
			}
			if back != tt.want {
				t.Errorf("gave memory back %d times, want %d: %v", back, tt.want, *did)
			}
		})
	}
}

// Runs and calls start many goroutines at once, each for a moment. Their ends are not departures.
func TestTuner_mistakes_no_ticks_for_departures(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for name, more := range map[string]func(i int) uint64{
		"at random":    func(int) uint64 { return random.Uint64N(300) },
		"now and then": func(i int) uint64 { return uint64(i%20/19) * 150 },
	} {
		now := reading{live: 8 * mib}
		k, did := scripted(&now)
		for i := range 600 * readingsPerSecond { // ten minutes
			now.goroutines = 1_000 + more(i)
			k.adjust()
		}
		if len(*did) > 0 {
			t.Errorf("%s: gave memory back %d times in ten minutes", name, len(*did))
		}
	}
}

func TestTuner_restores_the_percentage_that_it_found(t *testing.T) {
	t.Parallel()
	now := reading{live: 8 * mib}
	k, did := scripted(&now)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Run(ctx); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if want := []int{restPercent, 100}; !slices.Equal(*did, want) {
		t.Errorf("did %v, want %v", *did, want)
	}
}

func TestTuner_is_off_when_GOGC_is_set(t *testing.T) {
	t.Setenv("GOGC", "100")
	k := NewTuner()
	if k != nil {
		t.Fatal("NewTuner returned a tuner although GOGC is set")
	}
	if err := k.Run(t.Context()); err != nil {
		t.Errorf("Run = %v, want nil at once", err)
	}
}

// The test is not parallel, because the percentage applies to the process.
func TestTuner_counts_the_stacks_that_the_runtime_counts(t *testing.T) {
	t.Setenv("GOGC", "")
	k := NewTuner()
	k.percent = restPercent
	defer debug.SetGCPercent(k.setPercent(restPercent))
	var deep, over sync.WaitGroup
	stop := make(chan struct{})
	for range 4_000 {
		deep.Add(1)
		over.Go(func() { descend(24, func() { deep.Done(); <-stop }) })
	}
	defer over.Wait()
	defer close(stop)
	deep.Wait()
	runtime.GC()
	k.last = k.read()
	k.last.allocated -= 4 << 30 // simulates an allocation of 4 GiB
	k.adjust()
	samples := []metrics.Sample{
		{Name: "/gc/heap/goal:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"},
	}
	metrics.Read(samples)
	goal, left, deepest := samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()
	if deepest < 16*mib {
		t.Fatalf("%d MiB of stacks are too little to show anything", deepest/mib)
	}
	if goal-left > maxHeadroom {
		t.Errorf("at %d %% of %d MiB and %d MiB of stacks, %d MiB may pile up, want at most %d",
			k.percent, left/mib, deepest/mib, (goal-left)/mib, maxHeadroom/mib)
	}
}

// The test is not parallel, because the garbage of other tests would count.
func TestTuner_gives_the_memory_of_dead_connections_back(t *testing.T) {
	t.Setenv("GOGC", "")
	k := NewTuner()
	k.percent = restPercent
	defer debug.SetGCPercent(k.setPercent(restPercent))
	const each = 32 << 10
	const many = 64 * mib / each
	var living, over sync.WaitGroup
	gone := make(chan struct{})
	for range many {
		living.Add(1)
		over.Go(func() {
			block := make([]byte, each)
			for i := 0; i < each; i += 4096 {
				block[i] = 1
			}
			living.Done()
			<-gone
			runtime.KeepAlive(block)
		})
	}
	living.Wait()
	k.last = k.read()
	for range windowLen {
		k.adjust()
	}
	held := resident(t)
	close(gone)
	over.Wait()
	for range 10 * readingsPerSecond { // ten seconds
		k.adjust()
	}
	if back := held - resident(t); back < many*each*3/4 {
		t.Errorf("%d of %d MiB were given back", back/mib, many*each/mib)
	}
}

// resident returns the bytes that the runtime has obtained from the system and not released.
func resident(t *testing.T) int {
	t.Helper()
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}

// descend calls f on a stack of at least n times 256 bytes.
//
//go:noinline
func descend(n int, f func()) byte {
	var frame [256]byte
	if n == 0 {
		f()
		return frame[0]
	}
	frame[n] = descend(n-1, f)
	return frame[n/2]
}
