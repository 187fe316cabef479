package sqlite

import (
	"strconv"
	"testing"

	"bis/internal/briefing"
)

func TestFeed_does_not_grow_while_its_reader_is_never_quite_there(t *testing.T) {
	t.Parallel()
	const most = 1_000
	f := &feed{all: &feeds{}, maxLen: most, notify: make(chan struct{}, 1)}
	put, got := 0, 0
	write := func(n int) {
		changes := make([]briefing.Change, n)
		for i := range changes {
			changes[i].Briefing.Text = strconv.Itoa(put)
			put++
		}
		f.enqueue(changes)
	}
	write(10)
	for range 10_000 {
		write(3)
		for range 3 {
			c, ok, err := f.dequeue()
			if want := strconv.Itoa(got); !ok || err != nil || c.Briefing.Text != want {
				t.Fatalf("take() = %q, %v, %v, want %q", c.Briefing.Text, ok, err, want)
			}
			got++
		}
	}
	if cap(f.queue) > 4*most {
		t.Errorf("room for %d changes, where at most %d wait", cap(f.queue), most)
	}
	for _, c := range f.queue[:cap(f.queue)][len(f.queue):] {
		if c.Briefing.Text != "" {
			t.Fatalf("%q is held behind the queue's end", c.Briefing.Text)
		}
	}
}
