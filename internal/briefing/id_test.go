package briefing_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
)

func TestNewID_holds_the_second_and_is_unique(t *testing.T) {
	t.Parallel()
	at := time.Unix(0x65be0000, 0)
	var mu sync.Mutex // guards seen
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				id := briefing.NewID(at)
				if !briefing.ValidID(id) || !strings.HasPrefix(id, "65be0000") {
					t.Errorf("NewID(%v) = %q", at.Unix(), id)
				}
				mu.Lock()
				if seen[id] {
					t.Errorf("NewID gave %q twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestNextID(t *testing.T) {
	t.Parallel()
	at := time.Unix(0x65be0000, 0)
	tests := map[string]struct{ last, want string }{ // want empty: a fresh one
		"none":               {"", ""},
		"no_id":              {"zzz", ""},
		"older":              {"65bdffffffffffffffffffff", ""},
		"later_clock":        {"65be00010000000000000000", "65be00010000000000000001"},
		"carries_a_byte":     {"75be000100000000000000ff", "75be00010000000000000100"},
		"carries_all":        {"75beffffffffffffffffffff", "75bf00000000000000000000"},
		"same_second_higher": {"65be0000ffffffffffffffff", "65be00010000000000000000"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := briefing.NextID(at, tt.last)
			if tt.want == "" {
				if !strings.HasPrefix(got, "65be0000") || !briefing.ValidID(got) {
					t.Errorf("NextID(%q) = %q, want a fresh one", tt.last, got)
				}
			} else if got != tt.want {
				t.Errorf("NextID(%q) = %q, want %q", tt.last, got, tt.want)
			}
		})
	}
}

func TestNextID_always_grows(t *testing.T) {
	t.Parallel()
	last := ""
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		at := time.Unix(1_700_000_000+rng.Int64N(7)-3, 0) // a clock that steps back and forth
		id := briefing.NextID(at, last)
		if id <= last || !briefing.ValidID(id) {
			t.Fatalf("NextID(%d, %q) = %q, not greater", at.Unix(), last, id)
		}
		last = id
	}
}

func TestValidID_and_NormalID(t *testing.T) {
	t.Parallel()
	const low = "0123456789abcdef01234567"
	tests := []struct {
		in     string
		valid  bool
		normal string
	}{
		{low, true, low},
		{strings.ToUpper(low), false, low},
		{"", false, ""},
		{low[:23], false, ""},
		{low + "0", false, ""},
		{low + "00", false, ""},
		{"g" + low[1:], false, ""},
		{"가나다라마바사아", false, ""}, // 24 bytes
		{" " + low[1:], false, ""},
	}
	for _, tt := range tests {
		if got := briefing.ValidID(tt.in); got != tt.valid {
			t.Errorf("ValidID(%q) = %v", tt.in, got)
		}
		got, ok := briefing.NormalID(tt.in)
		if got != tt.normal || ok != (tt.normal != "") {
			t.Errorf("NormalID(%q) = %q, %v, want %q", tt.in, got, ok, tt.normal)
		}
	}
}

func BenchmarkNextID(b *testing.B) {
	at, last := time.Unix(1_700_000_000, 0), ""
	for b.Loop() {
		last = briefing.NextID(at, last)
	}
}
