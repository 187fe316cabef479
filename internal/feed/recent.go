package feed

import (
	"slices"

	"bis/internal/briefing"
)

// recent is the set of a topic's last seenLen ids, in the order of their coming. It is asked only
// for ids that are not greater than all before, which only direct writers and redeliveries bring,
// so it is a list: many topics have one.
type recent struct {
	order       []briefing.BriefingID // a ring once it is full
	next        int
	evictedUpTo briefing.BriefingID // the greatest id that was given up; empty: none was
}

func (r *recent) has(id briefing.BriefingID) bool { return slices.Contains(r.order, id) }

// forgot reports whether id may be one that was given up: such an old id comes again
// only by redelivery.
func (r *recent) evicted(id briefing.BriefingID) bool { return id <= r.evictedUpTo }

func (r *recent) add(id briefing.BriefingID) {
	if len(r.order) < seenLen {
		r.order = append(r.order, id)
		return
	}
	r.evictedUpTo = max(r.evictedUpTo, r.order[r.next])
	r.order[r.next] = id
	r.next = (r.next + 1) % seenLen
}
