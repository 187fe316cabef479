package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"bis/internal/feed"
	"bis/internal/limit"
)

// turnLen is how many batches a replay sends before other replays have their turn.
const turnLen = 4

// batchRoom bounds a batch. Its bytes are about the length of one write of package socket.
var batchRoom = feed.Room{Entries: 32, Bytes: 16 << 10}

// state is what a member is doing.
type state uint8

const (
	waiting   state = iota // before start: nothing is sent
	replaying              // the member reads by itself, or waits for its turn or for room
	fetching               // a page of briefings is being read from the store
	live                   // the member has received everything, and the group sends new briefings
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
	bounds *Replays           // of its connection; nil: no bounds
	group  *group
	place  int         // in group.members; guarded by core.groupsMu
	inPool atomic.Bool // see task
	inTurn bool        // the member may read a page; guarded by bounds.mu

	// mu guards the fields below. It is locked while Client.Send runs, which does not wait. So
	// messages stay in order, and nothing is sent after the end. It is not locked while a selection
	// is executed.
	mu          sync.Mutex
	state       state
	cancel      context.CancelFunc // cancels the read in the state fetching
	paged       bool               // the member has a turn and a booking for a page
	booking     *limit.Booking     // see paged; nil: no limit
	stopWaiting func()             // ends the waiting for the budget; nil: none
}

// queued implements task.
func (m *member) queued() *atomic.Bool { return &m.inPool }

// deliver sends entries to a live member; b contains their payloads. A member in another state
// reads the entries by itself.
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

// outcome is the result of sending entries.
type outcome uint8

const (
	sent   outcome = iota // the client has accepted all
	noRoom                // the client has accepted a part, and calls Room later
	gap                   // a briefing before the entries is missing
)

// send sends the client those entries that the member lacks, in one batch. It moves the position
// past the accepted entries, not further. The caller has locked m.mu.
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

// work implements task. It sends the briefings that the member lacks, until nothing is new, the
// client has no room, or the store must be read.
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

// ready appends to list the entries that the member lacks and that the hub has in memory. If there
// are none, it moves the member to its next state.
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

// replay sends the entries that ready returned, and reports whether the replay continues. Another
// worker may have sent some of the entries in the meantime, because no lock is held while payloads
// are encoded.
func (m *member) replay(entries []feed.Entry, b Batch) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == ended || m.state == fetching {
		return false
	}
	return m.send(entries, b, nil) != noRoom
}

// fetch starts to read the next page from the store. If the connection's bounds do not allow it
// yet, it returns, and the member is scheduled again later. The hub bounds how many members read at
// once. The caller has locked m.mu.
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

// fetched continues the replay after a read that returned err. ctx is the read's context.
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
		m.state = replaying // the core is draining; the protocol closes the member
	default:
		m.state = replaying // the read is over, so end closes the subscription
		m.end()
		m.client.Fail(m.group.present(err))
	}
}

// end ends the subscription and releases its resources in the hub. During a read, the reading
// goroutine closes the subscription afterwards, in fetched. The caller has locked m.mu.
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

// admit moves a waiting member to the state replaying.
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
