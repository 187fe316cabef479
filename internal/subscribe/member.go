package subscribe

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// sink is where a subscription's messages go. Its methods do not wait, and are called one at a time.
type sink interface {
	// next sends a payload, which it does not keep, if there is room. If not, the subscription is worked on again when there is.
	// cursor is the position after it; empty: it has none.
	next(json []byte, cursor briefing.Cursor) bool
	// prefetch reads what next will need, so that it is in the processor's cache by then. What it returns means nothing. Unlike the
	// others it may be called at any time.
	prefetch() int
	// complete says that all was sent, and fail that nothing more comes, and why. Either is the last call.
	complete()
	fail(list gqlerror.List)
}

// turnLen is how many entries a replay delivers before it lets others have their turn.
const turnLen = 32

// state is what a member is doing.
type state uint8

const (
	replaying state = iota // it polls, or waits for its turn or for room to
	fetching               // its page is being read from the store
	live                   // it has everything, and the group brings what is new
	over                   // nothing more is sent
)

// member is one subscription to briefings.
type member struct {
	t      *Transports
	out    sink
	sub    *feed.Subscription // what it holds is guarded by mu
	group  *group
	place  int // in the group; guarded by t.groupsMu
	queued atomic.Bool

	// mu guards what follows. It is held while a message is handed to the sink, which does not wait: so what is sent is in
	// order, and nothing is sent after the end.
	mu     sync.Mutex
	state  state
	unsent []byte // a payload for which there was no room
	cursor briefing.Cursor
	cancel context.CancelFunc // of fetching
}

func (m *member) flag() *atomic.Bool { return &m.queued }

// deliver brings an entry to a member that has everything before it. json is not kept.
func (m *member) deliver(e *feed.Entry, json []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != live {
		return // it is on its way, and finds the entry by itself
	}
	switch m.sub.Take(e) {
	case feed.Due:
		if !m.out.next(json, e.Cursor) {
			m.state, m.unsent, m.cursor = replaying, bytes.Clone(json), e.Cursor
		}
	case feed.Behind:
		m.state = replaying
		m.t.replays.add(m)
	case feed.Had:
	}
}

// work delivers what is there, until nothing is new, there is no room, or the store must be read.
func (m *member) work() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == over || m.state == fetching {
		return
	}
	for range turnLen {
		if !m.sendUnsent() {
			m.state = replaying
			return
		}
		if !m.step() {
			return
		}
	}
	m.state = replaying
	m.t.replays.add(m)
}

// sendUnsent sends the payload that found no room; m.mu is held.
func (m *member) sendUnsent() bool {
	if m.unsent == nil {
		return true
	}
	if !m.out.next(m.unsent, m.cursor) {
		return false
	}
	m.unsent, m.cursor = nil, ""
	return true
}

// step takes the next entry. It reports whether to go on. m.mu is held.
func (m *member) step() bool {
	e, what := m.sub.Poll()
	switch what {
	case feed.Deliver:
		m.unsent, m.cursor = m.group.payload(&e, nil), e.Cursor
		return true
	case feed.Await:
		m.state = live
	case feed.Fetch:
		m.fetch()
	case feed.Finish:
		m.end()
		m.out.complete()
	}
	return false
}

// ended reports whether nothing is left to be sent. What is, is kept for the first turn.
func (m *member) ended() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, what := m.sub.Poll()
	if what == feed.Deliver {
		m.unsent, m.cursor = m.group.payload(&e, nil), e.Cursor
	}
	return what == feed.Finish
}

// fetch reads the next page of the store; m.mu is held. The hub bounds how many do so at once.
func (m *member) fetch() {
	m.state = fetching
	var ctx context.Context
	ctx, m.cancel = context.WithCancel(m.t.ctx)
	m.t.working.Go(func() {
		err := m.sub.Fetch(ctx)
		m.fetched(ctx, err)
	})
}

func (m *member) fetched(ctx context.Context, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	gone := ctx.Err() != nil
	m.cancel()
	m.cancel = nil
	switch {
	case m.state == over:
		m.sub.Close()
	case err == nil:
		m.state = replaying
		m.t.replays.add(m)
	case gone:
		m.state = replaying // Drain goes on to close it
	default:
		m.end()
		m.out.fail(m.group.present(err))
	}
}

// end gives up the subscription; m.mu is held. What it holds of the hub is given back.
func (m *member) end() {
	fetches := m.state == fetching
	m.state, m.unsent = over, nil
	m.t.leave(m)
	if fetches {
		m.cancel() // who reads closes it
	} else {
		m.sub.Close()
	}
}

// close implements delivery: nothing is sent any more.
func (m *member) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != over {
		m.end()
	}
}

// resume implements delivery.
func (m *member) resume() { m.t.replays.add(m) }

// room implements delivery.
func (m *member) room() { m.t.replays.add(m) }
