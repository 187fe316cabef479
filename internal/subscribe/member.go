package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"bis/internal/feed"
	"bis/internal/limit"
)

// turnLen is how many batches a replay sends before it lets others have their turn.
const turnLen = 4

// batchRoom bounds a batch. A write of package socket takes about as many bytes.
var batchRoom = feed.Room{Entries: 32, Bytes: 16 << 10}

// state is what a member is doing.
type state uint8

const (
	waiting   state = iota // for start: nothing is sent before it
	replaying              // it reads by itself, or waits for its turn or for room
	fetching               // a page of it is being read from the store
	live                   // it has everything, and the group brings what is new
	ended                  // nothing more is sent
)

// member is one subscription to briefings, and a position in the hub's sequence of its request.
//
//	waiting ──start──► replaying ──nothing new──► live
//	                    │  ▲  ▲                    │
//	       not in memory│  │  └──no room, or a gap─┘
//	                    ▼  │page read
//	                  fetching                      any ──end, close──► ended
type member struct {
	core   *Core
	client Client
	sub    *feed.Subscription // guarded by mu
	bounds *Replays           // of its connection; nil: none
	group  *group
	place  int         // in group.members; guarded by core.groupsMu
	inPool atomic.Bool // see task
	inTurn bool        // it may read a page; guarded by bounds.mu

	// mu guards what follows. It is held while messages are handed to the client, which does not
	// wait. That keeps them in order, and nothing is sent after the end. It is not held while a
	// selection is executed.
	mu          sync.Mutex
	state       state
	cancel      context.CancelFunc // of fetching
	paged       bool               // it has a turn and a booking, for a page
	booking     *limit.Booking     // see paged; nil: there is no limit
	stopWaiting func()             // for room in the budget; nil: it is not waited for
}

func (m *member) queued() *atomic.Bool { return &m.inPool }

// deliver sends entries to a member that has everything before them; b has their payloads. A
// member in another state reads the entries by itself.
func (m *member) deliver(entries []feed.Entry, b Batch, r *Round) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != live {
		return
	}
	switch m.send(entries, b, r) {
	case sent:
	case noRoom:
		m.state = replaying // until room
	case gap:
		m.state = replaying
		m.core.replays.add(m)
	}
}

// outcome is what came of sending entries.
type outcome uint8

const (
	sent   outcome = iota // the member has them all
	noRoom                // the client accepted a part, and says when there is room
	gap                   // something before them is missing
)

// send gives the client those entries that the member lacks, in one batch, and moves the position
// past those that the client has accepted, no further. m.mu is held.
func (m *member) send(entries []feed.Entry, b Batch, r *Round) outcome {
	for {
		from, to, behind := m.sub.Lacks(entries)
		if behind {
			return gap
		}
		if from == to {
			return sent
		}
		accepted := m.client.Send(b.slice(from, to), r)
		if accepted > 0 {
			m.sub.Advance(&entries[from+accepted-1])
		}
		if accepted < to-from {
			return noRoom
		}
		entries, b = entries[to:], b.slice(to, b.Len())
	}
}

// work replays: it sends what the member lacks, until nothing is new, there is no room, or the
// store must be read.
func (m *member) work(*Round) {
	s := scratches.Get().(*scratch)
	defer s.release()
	for range turnLen {
		if s.entries = m.ready(s.entries[:0]); len(s.entries) == 0 {
			return
		}
		if !m.replay(s.entries, m.group.batch(s)) {
			return
		}
	}
	m.core.replays.add(m)
}

// ready appends to list what the member lacks and the hub has in memory. When that is nothing, it
// moves the member to its next state.
func (m *member) ready(list []feed.Entry) []feed.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == waiting || m.state == ended || m.state == fetching {
		return list
	}
	m.state = replaying
	if m.paged && !m.sub.HasPage() {
		m.releasePage()
	}
	list, step := m.sub.Ready(list, batchRoom)
	switch step {
	case feed.Deliver:
	case feed.Await:
		m.state = live
	case feed.Fetch:
		m.fetch()
	case feed.Finish:
		m.end()
		m.client.Complete()
	}
	return list
}

// replay sends what ready has found. Another worker may have sent a part of it meanwhile, because
// no lock is held while payloads are made. It reports whether to go on.
func (m *member) replay(entries []feed.Entry, b Batch) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == ended || m.state == fetching {
		return false
	}
	return m.send(entries, b, nil) != noRoom
}

// fetch reads the next page from the store, as soon as the connection's bounds allow; m.mu is held.
// The hub bounds how many members read at once.
func (m *member) fetch() {
	if !m.bookPage() {
		return
	}
	m.state = fetching
	var ctx context.Context
	ctx, m.cancel = context.WithCancel(m.core.ctx)
	m.core.working.Go(func() {
		err := m.sub.Fetch(ctx)
		m.fetched(ctx, err)
	})
}

// fetched goes on after fetch.
func (m *member) fetched(ctx context.Context, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	cancelled := ctx.Err() != nil
	m.cancel()
	m.cancel = nil
	m.booking.Shrink(int64(m.sub.PageSize()))
	switch {
	case m.state == ended:
		m.releasePage()
		m.sub.Close()
	case err == nil:
		m.state = replaying
		m.core.replays.add(m)
	case cancelled:
		m.state = replaying // the core stops; the protocol closes the member
	default:
		m.state = replaying // the page was read to its error, so end closes the subscription
		m.end()
		m.client.Fail(m.group.present(err))
	}
}

// end gives up the subscription and what it holds of the hub; m.mu is held. While a page is read,
// the reader closes the subscription.
func (m *member) end() {
	reading := m.state == fetching
	m.state = ended
	m.core.leave(m)
	if reading {
		m.cancel()
	} else {
		m.releasePage()
		m.sub.Close()
	}
}

// start implements delivery.
func (m *member) start() {
	m.admit()
	m.core.replays.add(m)
}

// admit lets the member be worked on.
func (m *member) admit() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == waiting {
		m.state = replaying
	}
}

// room implements delivery.
func (m *member) room() { m.core.replays.add(m) }

// finished implements delivery.
func (m *member) finished() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, step := m.sub.Ready(nil, feed.Room{Entries: 1})
	return step == feed.Finish
}

// close implements delivery.
func (m *member) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != ended {
		m.end()
	}
}
