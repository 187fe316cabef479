package feed

import (
	"slices"

	"bis/internal/briefing"
)

// recent is the set of a topic's last seenLen ids, in order of arrival. Only ids that do not
// exceed all before them are looked up. Latecomers and redeliveries are rare, so a list is
// enough: there are many topics, and a map for each would cost more.
type recent struct {
	order       []briefing.BriefingID // circular once it is full
	next        int
	evictedUpTo briefing.BriefingID // the greatest id that was evicted; empty: none was
}

// has reports whether id is in the set.
func (r *recent) has(id briefing.BriefingID) bool { return slices.Contains(r.order, id) }

// evicted reports whether id may have been in the set and was evicted. An id that old arrives again
// only by redelivery.
func (r *recent) evicted(id briefing.BriefingID) bool { return id <= r.evictedUpTo }

// add adds an id and evicts the oldest one if the set is full.
func (r *recent) add(id briefing.BriefingID) {
	if len(r.order) < seenLen {
		r.order = append(r.order, id)
		return
	}
	r.evictedUpTo = max(r.evictedUpTo, r.order[r.next])
	r.order[r.next] = id
	r.next = (r.next + 1) % seenLen
}
