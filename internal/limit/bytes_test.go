package limit_test

import (
	"fmt"
	"testing"

	"bis/internal/limit"
)

// TestBytes_are_shared books half for one caller and the rest for others, and books released bytes
// again.
func TestBytes_are_shared(t *testing.T) {
	t.Parallel()
	b := limit.NewBytes(160)
	first, ok := b.Acquire("greedy", 70)
	if !ok {
		t.Fatal("70 of 160 bytes are refused")
	}
	if _, ok := b.Acquire("greedy", 11); ok {
		t.Error("one caller has more than half")
	}
	if _, ok := b.Acquire("other", 50); !ok {
		t.Error("another caller is refused")
	}
	if _, ok := b.Acquire("third", 11); ok {
		t.Error("a caller with more than a 64th has a part of the reserve")
	}
	first.Shrink(10)
	first.Shrink(30) // Shrink must not book more
	if got := b.Len(); got != 60 {
		t.Errorf("%d bytes are booked after 70 shrank to 10, want 60", got)
	}
	if _, ok := b.Acquire("third", 60); !ok {
		t.Error("what was given back is refused")
	}
	first.Release()
	first.Release()
	if got := b.Len(); got != 110 {
		t.Errorf("%d bytes are booked, want 110", got)
	}
	var none *limit.Booking
	none.Release()
}

// TestBytes_keep_a_reserve checks that eight greedy callers leave room for callers with little.
func TestBytes_keep_a_reserve(t *testing.T) {
	t.Parallel()
	b := limit.NewBytes(640)
	for n := range 8 {
		for c := limit.Caller(fmt.Sprint("greedy ", n)); ; {
			if _, ok := b.Acquire(c, 1); !ok {
				break
			}
		}
	}
	const unreserved, each = 480, 10
	if got := b.Len(); got < unreserved || got > unreserved+6*each {
		t.Fatalf("greedy callers have %d bytes, want %d and at most %d for each of the later six", got, unreserved, each)
	}
	for n := range 10 {
		if _, ok := b.Acquire(limit.Caller(fmt.Sprint("honest ", n)), 10); !ok {
			t.Errorf("an honest caller is refused after %d others", n)
		}
	}
	if _, ok := b.Acquire("late", 1); ok {
		t.Error("more than all bytes are booked")
	}
}

// TestBytes_without_a_limit books any number of bytes.
func TestBytes_without_a_limit(t *testing.T) {
	t.Parallel()
	if _, ok := limit.NewBytes(0).Acquire("a", 1<<40); !ok {
		t.Error("refused without a limit")
	}
}
