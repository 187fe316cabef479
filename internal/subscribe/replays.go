package subscribe

import (
	"slices"
	"sync"

	"bis/internal/feed"
	"bis/internal/limit"
)

// maxPages is how many replays of one connection have a page of the store in memory, or read one.
const maxPages = 4

// Replays bounds what the replays of one connection have in memory. Replays beyond maxPages wait
// for their turn, in order, and each gives its turn up after a page. A page counts for the caller's
// part of the bytes in flight.
type Replays struct {
	bytes  *limit.Bytes
	caller limit.Caller

	mu      sync.Mutex // guards what follows, and the inTurn of all members
	turns   int        // that are taken
	waiting []*member  // for a turn
}

// Replays returns the bounds for a new connection of a caller.
func (c *Core) Replays(caller limit.Caller) *Replays {
	return &Replays{bytes: c.inFlight, caller: caller}
}

// enter takes a turn for m. Without one m is worked on when its turn comes.
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

// leave gives up m's turn, or its waiting for one. The next gets the turn.
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

// bookPage reports whether m may read a page: it has a turn, and the page is booked. Otherwise m is
// worked on again when it may; m.mu is held.
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

// affordable has m try again to book a page.
func (m *member) affordable() {
	m.mu.Lock()
	m.stopWaiting = nil
	m.mu.Unlock()
	m.core.replays.add(m)
}

// releasePage gives back what bookPage took, or stops waiting for it; m.mu is held.
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
