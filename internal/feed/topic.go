package feed

import (
	"context"
	"sync"
	"time"

	"bis/internal/briefing"
)

// Bounds of one topic.
const (
	seenLen    = 256   // ids remembered to tell a double from a latecomer
	pendingLen = 1_024 // changes that wait while the topic is behind
	entryCost  = 256   // bytes of an entry beside its texts, roughly
)

// entry is one briefing in a topic's sequence.
type entry struct {
	briefing briefing.Briefing
	prev     briefing.BriefingID // the newest id before it in the sequence
	late     bool                // an id not after prev, of a writer that gives its own
}

// entry is what subscribers get of it. Numbers begin at 1 there: 0 is of the store.
func (e *entry) public(seq uint64) Entry { return Entry{Briefing: &e.briefing, Seq: seq, late: e.late} }

func (e *entry) size() int64 {
	return int64(len(e.briefing.Text)+len(e.briefing.Caption)) + entryCost
}

// topic is the sequence of one request's briefings.
type topic struct {
	hub *Hub
	id  briefing.RequestID

	// Guarded by hub.mu.
	refs    int           // subscriptions that hold it
	idle    *time.Timer   // drops it; nil while held
	seeded  bool          // what was stored at its beginning is known
	epoch   uint64        // of the feed when it was registered
	seeding chan struct{} // closed when the seed under way is over; nil: none is

	mu       sync.Mutex // guards what follows
	ring     ring       // the newest entries
	last     briefing.BriefingID
	seen     recent
	ended    bool
	behind   bool   // changes wait in pending
	gap      uint64 // counts how often the topic was marked as behind
	pending  []briefing.Change
	overflow bool // pending was full and given up: read the store again
	watchers []watcher
	inline   [1]watcher // room for the usual number of them
	changed  bool       // they are to be told
	evicted  bool       // the hub has forgotten the topic: nothing enters its ring
}

// watcher is told when its topic may have something new. notify is called without a lock, and does
// not wait. It may be called once more after the watcher was taken out.
type watcher interface {
	notify()
	slotIndex() *int // among the topic's watchers; guarded by its mu
}

// newTopic makes a topic that is behind until it is seeded; hub.mu is held.
func newTopic(h *Hub, id briefing.RequestID) *topic {
	t := &topic{hub: h, id: id, epoch: h.epoch, behind: true, ring: ring{first: 1}}
	t.watchers = t.inline[:0]
	return t
}

func (t *topic) watch(w watcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addWatcher(w)
}

// admit is watch; t.mu is held.
func (t *topic) addWatcher(w watcher) {
	*w.slotIndex() = len(t.watchers)
	t.watchers = append(t.watchers, w)
	if len(t.watchers) > len(t.inline) {
		clear(t.inline[:]) // the list lies elsewhere now, and one that leaves must not stay in memory for the sake of this
	}
}

func (t *topic) unwatch(w watcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := *w.slotIndex()
	if at >= len(t.watchers) || t.watchers[at] != w {
		return // it was taken out before
	}
	last := len(t.watchers) - 1
	t.watchers[at] = t.watchers[last]
	*t.watchers[at].slotIndex() = at
	t.watchers[last] = nil
	t.watchers = t.watchers[:last]
}

func (t *topic) newest() briefing.BriefingID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// marked returns the topic's mark, to be had before the store is read.
func (t *topic) gapCount() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.gap
}

// markBehind makes changes wait until the store was read.
func (t *topic) markBehind() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.behind, t.pending, t.overflow = true, nil, false
	t.gap++
}

// clear gives the ring's bytes back for good. A publisher or a catch-up that still holds the topic
// adds nothing to it.
func (t *topic) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.evicted = true
	for t.ring.n > 0 {
		t.evictOldest()
	}
}

// publish sequences a change, or keeps it in pending while the topic is behind. It reports whether
// the watchers are to be told now and were not before; the caller then calls tell.
func (t *topic) publish(c briefing.Change) (woken bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.behind {
		before := t.changed
		t.apply(c)
		return t.changed && !before
	}
	if len(t.pending) == pendingLen {
		t.pending, t.overflow = nil, true
	}
	if !t.overflow {
		t.pending = append(t.pending, c)
	}
	return false
}

// tell tells the watchers what publish has left to be told.
func (t *topic) notifyWatchers() {
	t.mu.Lock()
	t.unlockAndNotify()
}

// apply sequences a change; t.mu is held.
func (t *topic) apply(c briefing.Change) {
	switch c.Kind {
	case briefing.BriefingStored:
		t.sequence(c.Briefing)
	case briefing.RequestEnded:
		t.end()
	}
}

// sequence appends a briefing unless it is there already; t.mu is held.
func (t *topic) sequence(b briefing.Briefing) {
	if t.evicted {
		return
	}
	if b.ID <= t.last && (t.seen.has(b.ID) || t.seen.evicted(b.ID)) {
		return
	}
	e := &entry{briefing: b, prev: t.last}
	if b.ID > t.last {
		t.last = b.ID
	} else {
		e.late = true
		e.briefing.Cursor = briefing.MakeCursor(t.id, t.last)
	}
	t.seen.add(b.ID)
	t.push(e)
	t.changed = true
}

// push puts an entry into the ring and holds the bounds; t.mu is held.
func (t *topic) push(e *entry) {
	t.ring.push(e)
	t.hub.bytes.Add(e.size())
	for t.ring.n > t.hub.ringLen || t.ring.n > 1 && t.hub.bytes.Load() > t.hub.ringBytes {
		t.evictOldest()
	}
}

// dropFirst gives up the ring's oldest entry; t.mu is held.
func (t *topic) evictOldest() {
	t.hub.bytes.Add(-t.ring.pop().size())
}

// end marks the sequence complete; t.mu is held. All briefings precede it.
func (t *topic) end() {
	t.ended = true
	t.changed = true
}

// unlock ends a change. The watchers are told when nothing is locked any more: some of them act at
// once.
func (t *topic) unlockAndNotify() {
	var few [4]watcher
	told := few[:0]
	if t.changed {
		t.changed = false
		told = append(told, t.watchers...)
	}
	t.mu.Unlock()
	for _, w := range told {
		w.notify()
	}
}

// settle ends being behind: what waited is sequenced. mark is from before the store was
// read; when the topic was marked again since, another reader settles it. It reports
// false when the buffer overflowed, so that the store must be read again.
func (t *topic) goLive(mark uint64) bool {
	t.mu.Lock()
	defer t.unlockAndNotify()
	if t.gap != mark {
		return true
	}
	if t.overflow {
		t.pending, t.overflow = nil, false
		return false
	}
	for _, c := range t.pending {
		t.apply(c)
	}
	t.pending, t.behind = nil, false
	return true
}

// seed reads what is stored of a new topic, once for all who join it at that time.
func (h *Hub) seed(ctx context.Context, t *topic) error {
	for {
		h.mu.Lock()
		if t.seeded {
			h.mu.Unlock()
			return nil
		}
		under := t.seeding
		if under == nil {
			t.seeding = make(chan struct{})
		}
		h.mu.Unlock()
		if under == nil {
			return h.seedNow(ctx, t)
		}
		select {
		case <-under: // it is seeded now, or its reader failed and the next one tries
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// seedNow reads the request and its newest briefings into the topic.
func (h *Hub) seedNow(ctx context.Context, t *topic) error {
	defer func() {
		h.mu.Lock()
		close(t.seeding)
		t.seeding = nil
		h.mu.Unlock()
	}()
	mark := t.gapCount()
	req, list, more, err := h.readSeed(ctx, t.id)
	if err != nil {
		return err
	}
	t.applySeed(req, list, more)
	h.mu.Lock()
	t.seeded = true
	connected, fresh := h.connected, t.epoch == h.epoch
	h.mu.Unlock()
	switch {
	case !connected:
		return nil // it stays behind until the feed is open
	case fresh && t.goLive(mark):
		return nil
	}
	return h.catchUp(ctx, []*topic{t})
}

// begin sequences what was stored when the topic was made.
func (t *topic) applySeed(req briefing.Request, list []briefing.Briefing, more bool) {
	t.mu.Lock()
	defer t.unlockAndNotify()
	for _, b := range list {
		t.sequence(b)
	}
	if more {
		t.seen.evictedUpTo = max(t.seen.evictedUpTo, list[0].ID)
	}
	if !req.Active {
		t.end()
	}
}

// readSeed reads the request first and its briefings second: an end that is read
// has all its briefings before it.
func (h *Hub) readSeed(ctx context.Context, id briefing.RequestID) (req briefing.Request, list []briefing.Briefing, more bool, err error) {
	if err := h.acquireRead(ctx); err != nil {
		return req, nil, false, err
	}
	defer h.releaseRead()
	if req, err = h.replay.Request(ctx, id); err != nil {
		return req, nil, false, err
	}
	list, more, err = h.replay.Briefings(ctx, id, briefing.Slice{Limit: seenLen, Backward: true})
	return req, list, more, err
}

// reading waits for a place among those who read the store; read gives it back.
func (h *Hub) acquireRead(ctx context.Context) error {
	select {
	case h.readSlots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hub) releaseRead() { <-h.readSlots }
