package subscribe

import (
	"sync"

	"bis/internal/feed"
)

// work sends what is new to the members that have everything before it. What comes meanwhile, and
// what is more than one batch, gets another turn behind the other groups.
func (g *group) work(r *Round) {
	if !g.turn.claim() {
		return
	}
	more := g.pass(r)
	if g.turn.release() || more {
		g.core.live.add(g)
	}
}

// pass reads what is new, as much as a batch has room for, makes each payload once, and gives each
// member everything that it lacks in one batch. It lists the members after it has read: a member
// that is not in the list joined later, and reads by itself what was read here. No lock of the
// group or of its topic is held while something is sent. It reports whether there is more.
func (g *group) pass(r *Round) (more bool) {
	if g.encoder.flat == nil {
		r.flush() // the selection may wait for the store, and others' messages must not
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

// batch returns the payloads of the entries in s. They are valid until s is used again.
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

// appendMembers appends the members as they are now.
func (g *group) appendMembers(list []*member) []*member {
	g.core.groupsMu.Lock()
	defer g.core.groupsMu.Unlock()
	return append(list, g.members...)
}

// payload returns the payload of an entry. It makes each payload once, as long as the cache has
// it. A payload that is not cached lies in *buffer, and is valid until that is used again.
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

// scratch is what a worker needs for one pass: entries, their payloads, and a group's members.
// Workers share scratches through a pool, so that a pass allocates nothing.
type scratch struct {
	entries  []feed.Entry
	batch    Batch
	payloads [][]byte // a buffer for each entry
	members  []*member
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// release returns s to the pool. It clears what s points to, which would stay in memory otherwise,
// but for the buffers.
func (s *scratch) release() {
	clear(s.entries[:cap(s.entries)])
	clear(s.batch.Payloads[:cap(s.batch.Payloads)])
	clear(s.batch.Cursors[:cap(s.batch.Cursors)])
	clear(s.members)
	scratches.Put(s)
}
