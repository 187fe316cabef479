package sse

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe"
)

// What a stream's queue has no room for is not taken, and asked for again when the queue was emptied.
func TestStream_takes_a_part_of_a_batch(t *testing.T) {
	t.Parallel()
	var resumed int
	s := &stream{wake: make(chan struct{}, 1), room: func() { resumed++ }}
	var b subscribe.Batch
	for i := range 8 {
		b.Payloads = append(b.Payloads, []byte(strings.Repeat("x", subscribe.QueueBytes/5)))
		b.Cursors = append(b.Cursors, briefing.Cursor(fmt.Sprint(i)))
	}
	from := func(i int) subscribe.Batch { return subscribe.Batch{Payloads: b.Payloads[i:], Cursors: b.Cursors[i:]} }
	taken := s.accept(b, event)
	if taken != 4 {
		t.Fatalf("took %d of 8 events of a fifth of the bound, want 4", taken)
	}
	if again := s.accept(from(taken), event); again != 0 {
		t.Errorf("took %d more without room", again)
	}
	events, over := s.dequeue()
	if over || strings.Count(string(events), "event: next") != 4 || !strings.HasPrefix(string(events), "id: 0\n") {
		t.Errorf("%d events are written, over: %v", strings.Count(string(events), "event: next"), over)
	}
	if resumed != 1 {
		t.Errorf("asked to go on %d times, want once", resumed)
	}
	if taken = s.accept(from(4), event); taken != 4 {
		t.Errorf("took %d of the rest, want 4", taken)
	}
	if events, _ = s.dequeue(); !strings.HasPrefix(string(events), "id: 4\n") {
		t.Errorf("the rest begins with %.20q", events)
	}
	s.abort()
	if taken = s.accept(b, event); taken != 8 {
		t.Errorf("a broken stream took %d, want all: its end is on the way", taken)
	}
}
