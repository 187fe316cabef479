package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// sink is where a subscription's messages go. Its methods do not wait, and are called one at a
// time.
type sink interface {
	// next sends the payloads of a batch, in one write if they are short, and returns how many it
	// has taken, from the first on. With fewer than all, the subscription is worked on again when
	// there is room. Nothing of the batch is kept. With a round the sink may leave the write to the
	// round's end.
	next(b batch, r *round) int
	// shared reports whether other subscriptions have the same connection.
	shared() bool
	// complete says that all was sent, and fail that nothing more comes, and why. Either is the
	// last call.
	complete()
	fail(list gqlerror.List)
}

// batch is payloads that go out together, and the position after each of them; empty: it has none.
type batch struct {
	bodies  [][]byte
	cursors []briefing.Cursor
}

func (b *batch) add(body []byte, cursor briefing.Cursor) {
	b.bodies, b.cursors = append(b.bodies, body), append(b.cursors, cursor)
}

func (b *batch) len() int { return len(b.bodies) }

// slice is the part of a batch from and before to.
func (b *batch) slice(from, to int) batch {
	return batch{b.bodies[from:to], b.cursors[from:to]}
}

// turnLen is how many batches a replay delivers before it lets others have their turn.
const turnLen = 4

// batchRoom bounds a batch. A write takes about as many bytes (socket).
var batchRoom = feed.Room{Entries: 32, Bytes: 16 << 10}

// state is what a member is doing.
type state uint8

const (
	resting   state = iota // nothing is sent before resume
	replaying              // it reads by itself, or waits for its turn or for room to
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

	// mu guards what follows. It is held while messages are handed to the sink, which does not
	// wait: so what is sent is in order, and nothing is sent after the end. It is not held while a
	// selection is executed.
	mu     sync.Mutex
	state  state
	cancel context.CancelFunc // of fetching
}

func (m *member) flag() *atomic.Bool { return &m.queued }

// deliver brings entries to a member that has everything before them. b has their payloads.
func (m *member) deliver(entries []feed.Entry, b batch, r *round) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != live {
		return // it is on its way, and finds the entries by itself
	}
	switch m.hand(entries, b, r) {
	case handed:
	case noRoom:
		m.state = replaying // until there is room
	case outOfPlace:
		m.state = replaying
		m.t.replays.add(m)
	}
}

// outcome is what came of handing entries over.
type outcome uint8

const (
	handed     outcome = iota // the member has them all
	noRoom                    // the sink has taken a part, and calls when there is room
	outOfPlace                // something before them is missing
)

// hand gives the sink those entries that the member lacks, all in one go, and moves the member past
// those that the sink has taken. m.mu is held.
func (m *member) hand(entries []feed.Entry, b batch, r *round) outcome {
	for {
		from, to, behind := m.sub.Lacks(entries)
		if behind {
			return outOfPlace
		}
		if from == to {
			return handed
		}
		taken := m.out.next(b.slice(from, to), r)
		if taken > 0 {
			m.sub.Advance(&entries[from+taken-1])
		}
		if taken < to-from {
			return noRoom
		}
		entries, b = entries[to:], b.slice(to, b.len())
	}
}

// work delivers what is there, until nothing is new, there is no room, or the store must be read.
func (m *member) work(*round) {
	h := scratch.Get().(*hands)
	defer h.release()
	for range turnLen {
		if h.entries = m.ready(h.entries[:0]); len(h.entries) == 0 {
			return
		}
		if !m.replay(h.entries, m.group.batch(h)) {
			return
		}
	}
	m.t.replays.add(m)
}

// ready appends to list what the member lacks and has in memory. With nothing, it does what else
// there is to do.
func (m *member) ready(list []feed.Entry) []feed.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == resting || m.state == over || m.state == fetching {
		return list
	}
	m.state = replaying
	list, step := m.sub.Ready(list, batchRoom)
	switch step {
	case feed.Deliver:
	case feed.Await:
		m.state = live
	case feed.Fetch:
		m.fetch()
	case feed.Finish:
		m.end()
		m.out.complete()
	}
	return list
}

// replay delivers what ready has found. Meanwhile another worker may have done so. It reports
// whether to go on.
func (m *member) replay(entries []feed.Entry, b batch) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == over || m.state == fetching {
		return false
	}
	return m.hand(entries, b, nil) != noRoom
}

// ended reports whether nothing is left to be sent. It is called before resume.
func (m *member) ended() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, step := m.sub.Ready(nil, feed.Room{Entries: 1})
	return step == feed.Finish
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
	m.state = over
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
func (m *member) resume() {
	m.start()
	m.t.replays.add(m)
}

// start lets the member be worked on.
func (m *member) start() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == resting {
		m.state = replaying
	}
}

// room implements delivery.
func (m *member) room() { m.t.replays.add(m) }
