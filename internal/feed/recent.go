package feed

import "bis/internal/briefing"

// recent is the set of a topic's last seenLen ids in the order of their coming.
type recent struct {
	ids    map[briefing.BriefingID]struct{}
	order  []briefing.BriefingID // a ring once it is full
	next   int
	lowest briefing.BriefingID // the greatest id that was given up; empty: none was
}

func (r *recent) has(id briefing.BriefingID) bool {
	_, ok := r.ids[id]
	return ok
}

// forgot reports whether id may be one that was given up: such an old id comes again
// only by redelivery.
func (r *recent) forgot(id briefing.BriefingID) bool { return id <= r.lowest }

func (r *recent) add(id briefing.BriefingID) {
	if r.ids == nil {
		r.ids = make(map[briefing.BriefingID]struct{})
	}
	r.ids[id] = struct{}{}
	if len(r.order) < seenLen {
		r.order = append(r.order, id)
		return
	}
	old := r.order[r.next]
	delete(r.ids, old)
	r.lowest = max(r.lowest, old)
	r.order[r.next] = id
	r.next = (r.next + 1) % seenLen
}
