package storetest

import (
	"fmt"
	"math"
	"slices"

	"bis/internal/briefing"
)

// feed opens a feed. All its further changes were committed after the opening.
func (h *fixture) feed() briefing.Feed {
	h.Helper()
	return h.feeds(1)[0]
}

// feeds opens n feeds, starts a request as a mark, and reads each feed up to that start. Changes
// before the mark were committed before the opening, which the contract allows and readToMark
// checks. The next change of each feed is therefore the check's own.
func (h *fixture) feeds(n int) []briefing.Feed {
	h.Helper()
	list := make([]briefing.Feed, n)
	for i := range list {
		f, err := h.OpenFeed(h.Context(), false)
		h.ok(err)
		h.Cleanup(func() { f.Close() })
		list[i] = f
	}
	h.openings++
	// A user of its own, so that the start replaces nothing.
	mark := h.start(fmt.Sprintf("opening%d", h.openings))
	for _, f := range list {
		h.readToMark(f, mark)
	}
	return list
}

// readToMark reads a feed up to the start of mark, the first commit after the opening. The changes
// before it must have happened, each once and in order.
func (h *fixture) readToMark(f briefing.Feed, mark briefing.Request) {
	h.Helper()
	last := map[briefing.RequestID]int{}
	for {
		c := h.nextChanges(f, 1)[0]
		if c.Kind == briefing.RequestStarted && c.Request.ID == mark.ID {
			h.same("the first change after the opening", c.Request, mark)
			return
		}
		if h.isUnplaced(c) {
			continue
		}
		id, place := h.positionOf(c)
		if place <= last[id] {
			h.Fatalf("from before the opening: change %v of %s has place %d after place %d", c.Kind, id, place, last[id])
		}
		last[id] = place
	}
}

// isUnplaced reports whether a change is a move, a deletion or of a camera, which have no position
// among the changes of a request. It fails the check if what was deleted can still be read, or if a
// camera comes with its secrets.
func (h *fixture) isUnplaced(c briefing.Change) bool {
	h.Helper()
	switch c.Kind {
	case briefing.RequestMoved, briefing.UserDeleted:
		return true
	case briefing.RequestDeleted:
		_, err := h.Request(h.Context(), c.Request.ID)
		h.isKind("from before the opening: a deleted request", err, briefing.ErrNotFound)
		return true
	case briefing.CameraChanged:
		h.same("from before the opening: secrets", len(c.Camera.Credentials)+len(c.Camera.TokenHash), 0)
		return true
	case briefing.CameraDeleted:
		_, err := h.Camera(h.Context(), c.Camera.ID)
		h.isKind("from before the opening: a deleted camera", err, briefing.ErrNotFound)
		return true
	}
	return false
}

// positionOf returns the position of a change among the changes of its request: 1 for the start,
// then one for each briefing, and the greatest int for the end. It fails the check if the change
// has not happened.
func (h *fixture) positionOf(c briefing.Change) (briefing.RequestID, int) {
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
	// Briefings of a request are in the order of their commits, so the index is the position.
	stored := h.all(c.Briefing.RequestID)
	i := slices.IndexFunc(stored, func(b briefing.Briefing) bool { return b.ID == c.Briefing.ID })
	if i < 0 {
		h.Fatalf("from before the opening: briefing %s of %s is not stored", c.Briefing.ID, c.Briefing.RequestID)
	}
	h.same("from before the opening: the briefing", c.Briefing, stored[i])
	return c.Briefing.RequestID, i + 2
}
