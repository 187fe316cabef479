package feed

import (
	"testing"

	"bis/internal/briefing"
)

// The boxes of a briefing count as memory, in the rings and in what waits for subscribers.
func TestEntry_size_includes_boxes(t *testing.T) {
	t.Parallel()
	b := briefing.Briefing{Caption: "c", Text: "t"}
	small := Entry{Briefing: &b}.size()
	b.Facts.Boxes = make([]briefing.Box, briefing.MaxBoxes)
	big := Entry{Briefing: &b}.size()
	if big < small+80*briefing.MaxBoxes {
		t.Errorf("an entry has %d bytes, and %d with %d boxes", small, big, briefing.MaxBoxes)
	}
	if e := (&entry{briefing: b}); e.size() != int64(big) {
		t.Errorf("the ring's entry has %d bytes, want %d", e.size(), big)
	}
}
