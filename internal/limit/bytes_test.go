package limit_test

import (
	"testing"

	"bis/internal/limit"
)

// TestBytes_keep_a_reserve books half for one caller and the rest for others, and books released
// bytes again.
func TestBytes_keep_a_reserve(t *testing.T) {
	t.Parallel()
	b := limit.NewBytes(100)
	first, ok := b.Acquire("greedy", 40)
	if !ok {
		t.Fatal("40 of 100 bytes are refused")
	}
	if _, ok := b.Acquire("greedy", 11); ok {
		t.Error("one caller has more than half")
	}
	if _, ok := b.Acquire("other", 50); !ok {
		t.Error("another caller is refused its half")
	}
	if _, ok := b.Acquire("third", 11); ok {
		t.Error("more than all bytes are booked")
	}
	first.Shrink(10)
	first.Shrink(30) // Shrink must not book more
	if got := b.Len(); got != 60 {
		t.Errorf("%d bytes are booked after 40 shrank to 10, want 60", got)
	}
	if _, ok := b.Acquire("third", 40); !ok {
		t.Error("what was given back is refused")
	}
	first.Release()
	first.Release()
	if got := b.Len(); got != 90 {
		t.Errorf("%d bytes are booked, want 90", got)
	}
	var none *limit.Booking
	none.Release()
}

// TestBytes_without_a_limit books any number of bytes.
func TestBytes_without_a_limit(t *testing.T) {
	t.Parallel()
	if _, ok := limit.NewBytes(0).Acquire("a", 1<<40); !ok {
		t.Error("refused without a limit")
	}
}
