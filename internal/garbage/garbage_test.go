package garbage

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync"
	"testing"
)

const mib = 1 << 20

func TestSuits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rate, live, roots uint64
		want              int
	}{
		"at rest":                         {rate: 100 << 10, live: 5 * mib, want: 50},
		"some work":                       {rate: 16 * mib, live: 5 * mib, want: 100},
		"much work":                       {rate: 200 * mib, live: 5 * mib, want: 400},
		"the most, however much":          {rate: 20_000 * mib, live: 8 * mib, want: 800},
		"a tiny heap is the runtime's":    {rate: 20_000 * mib, live: mib, want: 1600},
		"a great heap has garbage enough": {rate: 2_000 * mib, live: 200 * mib, want: 50},
		"stacks count too":                {rate: 20_000 * mib, live: 8 * mib, roots: 24 * mib, want: 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := suits(tt.rate, tt.live, tt.roots)
			if got != tt.want {
				t.Errorf("suits(%d MiB, %d MiB, %d MiB) = %d, want %d", tt.rate/mib, tt.live/mib, tt.roots/mib, got, tt.want)
			}
			if extra := uint64(got) * max(tt.live+tt.roots, minHeap) / 100; extra > max(most, (tt.live+tt.roots)/2) {
				t.Errorf("%d MiB may pile up", extra/mib)
			}
		})
	}
}

func TestKeeper_sets_what_changed_and_collects_after_a_rush(t *testing.T) {
	t.Parallel()
	var did []int // percentages, and 0 for a collection
	now := reading{live: 8 * mib}
	k := &Keeper{
		percent: sparing, set: func(p int) { did = append(did, p) }, collect: func() { did = append(did, 0) },
		read: func() reading { return now },
	}
	k.last = k.read()
	for _, part := range []struct{ looks, allocated uint64 }{
		{10, 0}, {3, 20_000}, {20, 0}, {1, 20_000}, {3, 0}, {1, 20_000}, {20, 0},
	} {
		for range part.looks {
			now.allocated += part.allocated * mib
			k.look()
		}
	}
	if want := []int{800, sparing, 0, 800, sparing, 800, sparing, 0}; !slices.Equal(did, want) {
		t.Errorf("did %v, want %v", did, want)
	}
}

func TestKeeper_leaves_a_percentage_alone_that_was_set(t *testing.T) {
	t.Setenv("GOGC", "100")
	k := New()
	if k != nil {
		t.Fatal("New() is a keeper although GOGC is set")
	}
	if err := k.Run(t.Context()); err != nil {
		t.Errorf("Run() = %v, want nil at once", err)
	}
}

// It is not parallel: the percentage is the process's.
func TestKeeper_counts_the_stacks_that_the_runtime_counts(t *testing.T) {
	t.Setenv("GOGC", "")
	k := New()
	defer debug.SetGCPercent(100)
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
	k.last.allocated -= 4 << 30 // as if so much had been allocated since
	k.look()
	samples := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}, {Name: live}, {Name: stacks}}
	metrics.Read(samples)
	goal, left, deepest := samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()
	if deepest < 16*mib {
		t.Fatalf("%d MiB of stacks are too little to show anything", deepest/mib)
	}
	if goal-left > most {
		t.Errorf("at %d %% of %d MiB and %d MiB of stacks, %d MiB may pile up, want at most %d", k.percent, left/mib, deepest/mib, (goal-left)/mib, most/mib)
	}
}

// It is not parallel: other tests' garbage would count.
func TestKeeper_gives_memory_back(t *testing.T) {
	t.Setenv("GOGC", "")
	k := New()
	defer debug.SetGCPercent(100)
	const size = 64 * mib
	block := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		block[i] = 1
	}
	runtime.KeepAlive(block)
	k.collect()
	samples := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(samples)
	if kept := samples[0].Value.Uint64(); kept > size/2 {
		t.Errorf("%d MiB are free and not given back", kept/mib)
	}
}

// descend calls f with a stack of n times 256 bytes beneath it, and more.
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
