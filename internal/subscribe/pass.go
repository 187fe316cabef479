package subscribe

import (
	"sync"

	"bis/internal/feed"
)

// work implements task. It sends the new briefings to the live members, one batch in a turn.
// Briefings beyond the batch, or published in the meantime, are sent in another turn, after the
// turns of the other groups.
func (g *group) work(r *Round) {
	if !g.turn.claim() {
		return
	}
	more := g.pass(r)
	if g.turn.release() || more {
		g.core.live.add(g)
	}
}

// pass reads one batch of new briefings, encodes each payload once, and sends each member the part
// of the batch that it lacks. It lists the members after the read. A member that is not in the list
// joined later, and reads these briefings by itself. No lock of the group or of its topic is held
// while a message is sent. pass reports whether there are more new briefings.
func (g *group) pass(r *Round) (more bool) {
	if g.encoder.flat == nil {
		r.flush() // the selection may wait for the store, and the messages of other groups must not
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	var over bool
	s.entries, more, over = g.follower.Read(s.entries[:0], batchRoom)
	if len(s.entries) == 0 && !over {
		return false
	}
	b := g.batch(s)
	s.members = g.appendMembers(s.members[:0])
	for _, m := range s.members {
		if len(s.entries) > 0 {
			m.deliver(s.entries, b, r)
		}
		if over {
			m.work(nil)
		}
	}
	return more
}

// batch returns the payloads of s.entries. They are valid until s is used again.
func (g *group) batch(s *scratch) Batch {
	s.batch = s.batch.slice(0, 0)
	for len(s.payloads) < len(s.entries) {
		s.payloads = append(s.payloads, nil)
	}
	for i := range s.entries {
		e := &s.entries[i]
		s.batch.add(g.payload(e, &s.payloads[i]), e.Cursor)
	}
	return s.batch
}

// appendMembers appends the current members to list.
func (g *group) appendMembers(list []*member) []*member {
	g.core.groupsMu.Lock()
	defer g.core.groupsMu.Unlock()
	return append(list, g.members...)
}

// payload returns the payload of an entry, from the cache if it is there. A payload that is not
// cached may use the memory of *buffer, and is valid until *buffer is used again.
func (g *group) payload(e *feed.Entry, buffer *[]byte) []byte {
	g.encoding.Lock()
	defer g.encoding.Unlock()
	if e.Seq == 0 || !g.cache.enabled() {
		*buffer = g.encoder.encode(e.Briefing, *buffer)
		return *buffer
	}
	if json := g.cache.get(e.Seq); json != nil {
		return json
	}
	json := g.encoder.encode(e.Briefing, nil)
	g.cache.put(e.Seq, json)
	return json
}

// scratch contains the slices of one pass: entries, their payloads, and a group's members. The
// workers reuse scratches from a pool, so that a pass allocates nothing.
type scratch struct {
	entries  []feed.Entry
	batch    Batch
	payloads [][]byte // a buffer for each entry
	members  []*member
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// reusable is the greatest capacity of a payload buffer that is used again.
const reusable = 16 << 10

// release clears s and returns it to the pool.
func (s *scratch) release() {
	s.clear()
	scratches.Put(s)
}

// clear removes all pointers except the short payload buffers, so that the garbage collector can
// free what they point to.
func (s *scratch) clear() {
	for i, p := range s.payloads {
		if cap(p) > reusable {
			s.payloads[i] = nil
		}
	}
	clear(s.entries[:cap(s.entries)])
	clear(s.batch.Payloads[:cap(s.batch.Payloads)])
	clear(s.batch.Cursors[:cap(s.batch.Cursors)])
	clear(s.members)
}
