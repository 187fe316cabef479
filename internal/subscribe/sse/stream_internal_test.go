package sse

import (
	"fmt"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe"
)

// A stream refuses events without room in its queue, and calls room when the queue is empty.
func TestStream_accepts_a_part_of_a_batch(t *testing.T) {
	t.Parallel()
	var asked int
	s := &stream{wake: make(chan struct{}, 1), room: func() { asked++ }}
	var b subscribe.Batch
	for i := range 8 {
		b.Payloads = append(b.Payloads, []byte(strings.Repeat("x", subscribe.QueueBytes/5)))
		b.Cursors = append(b.Cursors, briefing.Cursor(fmt.Sprint(i)))
	}
	from := func(i int) subscribe.Batch { return subscribe.Batch{Payloads: b.Payloads[i:], Cursors: b.Cursors[i:]} }
	accepted := s.accept(b, event)
	if accepted != 4 {
		t.Fatalf("accepted %d of 8 events of a fifth of the bound, want 4", accepted)
	}
	if again := s.accept(from(accepted), event); again != 0 {
		t.Errorf("accepted %d more without room", again)
	}
	events, over := s.dequeue()
	if over || strings.Count(string(events), "event: next") != 4 || !strings.HasPrefix(string(events), "id: 0\n") {
		t.Errorf("%d events are written, over: %v", strings.Count(string(events), "event: next"), over)
	}
	if asked != 1 {
		t.Errorf("asked to go on %d times, want once", asked)
	}
	if accepted = s.accept(from(4), event); accepted != 4 {
		t.Errorf("accepted %d of the rest, want 4", accepted)
	}
	if events, _ = s.dequeue(); !strings.HasPrefix(string(events), "id: 4\n") {
		t.Errorf("the rest begins with %.20q", events)
	}
	s.abort()
	if accepted = s.accept(b, event); accepted != 8 {
		t.Errorf("an aborted stream accepted %d, want all: its end is on the way", accepted)
	}
}
