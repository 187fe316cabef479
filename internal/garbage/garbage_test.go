package garbage

import (
	"slices"
	"testing"
)

const mib = 1 << 20

func TestSuits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rate, live uint64
		want       int
	}{
		"at rest":                         {rate: 100 << 10, live: 5 * mib, want: 50},
		"some work":                       {rate: 16 * mib, live: 5 * mib, want: 100},
		"much work":                       {rate: 200 * mib, live: 5 * mib, want: 400},
		"the most, however much":          {rate: 20_000 * mib, live: 8 * mib, want: 800},
		"a tiny heap is the runtime's":    {rate: 20_000 * mib, live: mib, want: 1600},
		"a great heap has garbage enough": {rate: 2_000 * mib, live: 200 * mib, want: 50},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := suits(tt.rate, tt.live)
			if got != tt.want {
				t.Errorf("suits(%d MiB, %d MiB) = %d, want %d", tt.rate/mib, tt.live/mib, got, tt.want)
			}
			if extra := uint64(got) * max(tt.live, minHeap) / 100; extra > max(most, tt.live/2) {
				t.Errorf("%d MiB may pile up", extra/mib)
			}
		})
	}
}

func TestKeeper_sets_what_changed_and_collects_after_a_rush(t *testing.T) {
	t.Parallel()
	var did []int // percentages, and 0 for a collection
	now := reading{0, 8 * mib}
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
	t.Parallel()
	var k *Keeper // as New returns it then
	if err := k.Run(t.Context()); err != nil {
		t.Errorf("Run() = %v, want nil at once", err)
	}
}
