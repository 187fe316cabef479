package garbage

import (
	"slices"
	"testing"
)

func TestSuits(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	tests := map[string]struct {
		allocated, live uint64
		want            int
	}{
		"at rest":                         {allocated: 100 << 10, live: 5 * mib, want: sparing},
		"some work":                       {allocated: 16 * mib, live: 5 * mib, want: 75},
		"much work":                       {allocated: 200 * mib, live: 5 * mib, want: 625},
		"the most, however much":          {allocated: 2000 * mib, live: 8 * mib, want: 400},
		"a tiny heap is the runtime's":    {allocated: 2000 * mib, live: mib, want: 800},
		"a great heap has garbage enough": {allocated: 2000 * mib, live: 200 * mib, want: sparing},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := suits(tt.allocated, tt.live); got != tt.want {
				t.Errorf("suits(%d MiB, %d MiB) = %d, want %d", tt.allocated/mib, tt.live/mib, got, tt.want)
			}
		})
	}
}

func TestKeeper_sets_only_what_changed(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	readings := []reading{{0, 8 * mib}, {200 * mib, 8 * mib}, {400 * mib, 8 * mib}, {401 * mib, 8 * mib}, {402 * mib, 8 * mib}}
	var set []int
	k := &Keeper{percent: sparing, set: func(p int) { set = append(set, p) }, read: func() reading {
		r := readings[0]
		readings = readings[1:]
		return r
	}}
	k.last = k.read()
	for len(readings) > 0 {
		k.look()
	}
	if want := []int{400, sparing}; !slices.Equal(set, want) {
		t.Errorf("set %v, want %v", set, want)
	}
}

func TestKeeper_leaves_GOGC_alone(t *testing.T) {
	t.Parallel()
	var k *Keeper // as New returns it then
	if err := k.Run(t.Context()); err != nil {
		t.Errorf("Run() = %v, want nil at once", err)
	}
}
