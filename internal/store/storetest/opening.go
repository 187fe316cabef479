package storetest

import (
	"fmt"
	"math"
	"slices"

	"bis/internal/briefing"
)

// feed opens a feed. What it tells afterwards was committed after the opening.
func (h *house) feed() briefing.Feed {
	h.Helper()
	return h.feeds(1)[0]
}

// feeds opens n feeds. It commits a mark and reads each feed up to that mark: whatever comes before the mark was
// committed before the opening, which is allowed and checked. So each feed's next change must be the check's own.
func (h *house) feeds(n int) []briefing.Feed {
	h.Helper()
	list := make([]briefing.Feed, n)
	for i := range list {
		f, err := h.OpenFeed(h.Context(), false)
		h.ok(err)
		h.Cleanup(func() { f.Close() })
		list[i] = f
	}
	h.openings++
	mark := h.start(fmt.Sprintf("opening%d", h.openings)) // a user of its own, so that it replaces nothing
	for _, f := range list {
		h.readTo(f, mark)
	}
	return list
}

// readTo reads a feed up to the start of mark, the first commit after the opening. Changes before it must have
// happened, and come once and in order.
func (h *house) readTo(f briefing.Feed, mark briefing.Request) {
	h.Helper()
	last := map[briefing.RequestID]int{}
	for {
		c := h.take(f, 1)[0]
		if c.Kind == briefing.RequestStarted && c.Request.ID == mark.ID {
			h.same("the first change after the opening", c.Request, mark)
			return
		}
		id, place := h.placeOf(c)
		if place <= last[id] {
			h.Fatalf("from before the opening: change %v of %s has place %d after place %d", c.Kind, id, place, last[id])
		}
		last[id] = place
	}
}

// placeOf returns a change's place among the changes of its request, from 1 on. A change that did not happen fails
// the check.
func (h *house) placeOf(c briefing.Change) (briefing.RequestID, int) {
	h.Helper()
	switch c.Kind {
	case briefing.RequestStarted:
		h.same("from before the opening: whose start", c.Request.Username, h.request(c.Request.ID).Username)
		return c.Request.ID, 1
	case briefing.RequestEnded:
		h.same("from before the opening: the end", c.Request, h.request(c.Request.ID))
		h.same("from before the opening: active after its end", c.Request.Active, false)
		return c.Request.ID, math.MaxInt
	}
	stored := h.all(c.Briefing.RequestID)
	i := slices.IndexFunc(stored, func(b briefing.Briefing) bool { return b.ID == c.Briefing.ID })
	if i < 0 {
		h.Fatalf("from before the opening: briefing %s of %s is not stored", c.Briefing.ID, c.Briefing.RequestID)
	}
	h.same("from before the opening: the briefing", c.Briefing, stored[i])
	return c.Briefing.RequestID, i + 2
}
