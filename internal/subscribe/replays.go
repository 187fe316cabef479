package subscribe

import (
	"slices"
	"sync"

	"bis/internal/feed"
	"bis/internal/limit"
)

// maxPages is how many replays of one connection may have a page of the store in memory, or read
// one, at the same time.
const maxPages = 4

// Replays bounds the memory of the replays of one connection. Replays beyond maxPages wait for a
// turn, in order, and each turn ends after one page. A page is booked in the caller's share of the
// bytes in flight.
type Replays struct {
	bytes  *limit.Bytes
	caller limit.Caller

	mu      sync.Mutex // guards the fields below, and the inTurn of all members
	turns   int        // number of members that have a turn
	waiting []*member  // members that wait for a turn, in order
}

// Replays returns the bounds for a new connection of a caller.
func (c *Core) Replays(caller limit.Caller) *Replays {
	return &Replays{bytes: c.inFlight, caller: caller}
}

// enter reports whether m has a turn, and claims one if it can. If it reports false, m is queued,
// and is scheduled again when it receives a turn.
func (r *Replays) enter(m *member) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !m.inTurn && r.turns < maxPages {
		r.turns++
		m.inTurn = true
	}
	if !m.inTurn && !slices.Contains(r.waiting, m) {
		r.waiting = append(r.waiting, m)
	}
	return m.inTurn
}

// leave ends m's turn, or removes m from the queue. The turn passes to the next member of the
// queue.
func (r *Replays) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !m.inTurn {
		if i := slices.Index(r.waiting, m); i >= 0 {
			r.waiting = slices.Delete(r.waiting, i, i+1)
		}
		return
	}
	m.inTurn = false
	if len(r.waiting) == 0 {
		r.turns--
		r.waiting = nil
		return
	}
	next := r.waiting[0]
	r.waiting[0] = nil
	r.waiting = r.waiting[1:]
	next.inTurn = true
	next.core.replays.add(next)
}

// bookPage reports whether m may read a page: it has a turn, and the page's bytes are booked. If it
// reports false, m is scheduled again when it may retry. The caller has locked m.mu.
func (m *member) bookPage() bool {
	r := m.bounds
	if r == nil {
		return true
	}
	if !r.enter(m) {
		return false
	}
	booking, ok := r.bytes.Acquire(r.caller, feed.PageBytes)
	if !ok {
		if m.stopWaiting == nil {
			m.stopWaiting = r.bytes.Wait(r.caller, feed.PageBytes, m.affordable)
		}
		return false
	}
	m.paged, m.booking = true, booking
	return true
}

// affordable schedules m again, so that it retries to book a page.
func (m *member) affordable() {
	m.mu.Lock()
	m.stopWaiting = nil
	m.mu.Unlock()
	m.core.replays.add(m)
}

// releasePage releases the turn and the booking of bookPage, or stops waiting for them. The caller
// has locked m.mu.
func (m *member) releasePage() {
	if m.bounds == nil {
		return
	}
	if m.stopWaiting != nil {
		m.stopWaiting()
		m.stopWaiting = nil
	}
	m.booking.Release()
	m.paged, m.booking = false, nil
	m.bounds.leave(m)
}
