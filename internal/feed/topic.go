package feed

import (
	"sync"
	"time"

	"bis/internal/briefing"
)

// Bounds of one topic.
const (
	seenLen    = 256   // ids remembered to distinguish a redelivery from a latecomer
	pendingLen = 1_024 // changes that wait while the topic is behind
	entryCost  = 256   // estimated bytes of an entry without its texts and lists
)

// entry is one briefing in a topic's sequence. It never changes, because readers share it.
type entry struct {
	briefing briefing.Briefing
	prev     briefing.BriefingID // the greatest id before it in the sequence; empty: none
	late     bool                // a latecomer: its id is not greater than prev
}

// public returns the entry as subscribers see it. seq is at least 1, because 0 marks an entry
// that was read from the store.
func (e *entry) public(seq uint64) Entry {
	return Entry{Briefing: &e.briefing, Seq: seq, late: e.late}
}

// size estimates the memory of the entry, in bytes.
func (e *entry) size() int64 {
	return int64(Entry{Briefing: &e.briefing}.size())
}

// topic is the sequence of one request's briefings, and its watchers.
type topic struct {
	hub *Hub
	id  briefing.RequestID

	// Guarded by hub.mu.
	refs    int           // open subscriptions
	idle    *time.Timer   // evicts the topic; nil while refs > 0
	seeded  bool          // the seed was read
	epoch   uint64        // Hub.epoch when the topic was registered
	seeding chan struct{} // closed when the seed's read ends; nil: no read is in flight

	mu       sync.Mutex          // guards the fields below
	ring     ring                // the newest entries
	last     briefing.BriefingID // the greatest id in the sequence
	seen     recent              // the last ids, to recognize redeliveries
	ended    bool                // the request has ended; its briefings are all sequenced
	behind   bool                // changes wait in pending instead of being sequenced
	gap      uint64              // counts markBehind: a read from before the last proves nothing
	pending  []briefing.Change
	overflow bool // pending was full and discarded: the store must be read again
	watchers []watcher
	inline   [1]watcher // storage of watchers for the usual number of them
	changed  bool       // the watchers are to be notified
	evicted  bool       // the ring was freed and accepts no more entries
}

// watcher is notified when its topic may have something new. notify is called without a lock and
// must not wait. One more call may come after unwatch.
type watcher interface {
	notify()
	slotIndex() *int // its index in topic.watchers; guarded by topic.mu
}

// newTopic returns a topic that is behind until it is seeded; h.mu is held.
func newTopic(h *Hub, id briefing.RequestID) *topic {
	t := &topic{hub: h, id: id, epoch: h.epoch, behind: true, ring: ring{first: 1}}
	t.watchers = t.inline[:0]
	return t
}

// watch adds a watcher.
func (t *topic) watch(w watcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addWatcher(w)
}

// addWatcher is watch with t.mu held.
func (t *topic) addWatcher(w watcher) {
	*w.slotIndex() = len(t.watchers)
	t.watchers = append(t.watchers, w)
	if len(t.watchers) > len(t.inline) {
		clear(t.inline[:]) // the list has moved: its old copy would keep departed watchers alive
	}
}

// unwatch removes a watcher and moves the list's last one into its slot. A second call does
// nothing.
func (t *topic) unwatch(w watcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := *w.slotIndex()
	if at >= len(t.watchers) || t.watchers[at] != w {
		return // it was removed before
	}
	last := len(t.watchers) - 1
	t.watchers[at] = t.watchers[last]
	*t.watchers[at].slotIndex() = at
	t.watchers[last] = nil
	t.watchers = t.watchers[:last]
}

// newest returns the greatest id in the sequence.
func (t *topic) newest() briefing.BriefingID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// gapCount returns the count for goLive. It must be read before the store is.
func (t *topic) gapCount() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.gap
}

// markBehind makes changes wait until the store was read, and discards those that waited for an
// earlier read.
func (t *topic) markBehind() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.behind, t.pending, t.overflow = true, nil, false
	t.gap++
}

// clear frees the ring, which accepts no entry after that. A publisher or a catch-up that still
// refers to the topic adds nothing more to it.
func (t *topic) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.evicted = true
	t.empty()
}

// empty evicts all entries; t.mu is held. A subscription that lacks some of them reads the store.
func (t *topic) empty() {
	for t.ring.n > 0 {
		t.evictOldest()
	}
}

// publish sequences a change, or appends it to pending while the topic is behind. It reports
// whether this call made the watchers due. If so, the caller must call notifyWatchers.
func (t *topic) publish(c briefing.Change) (due bool) {
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

// notifyWatchers notifies the watchers of what publish has sequenced.
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
	case briefing.RequestDeleted:
		t.end()
		t.empty()
	}
}

// sequence appends a briefing unless it is a redelivery; t.mu is held. A latecomer gets the
// cursor of the greatest id before it, because a client that resumes there must not receive older
// briefings again.
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

// push adds an entry to the ring and evicts old ones beyond the bounds; t.mu is held. The newest
// entry always stays.
func (t *topic) push(e *entry) {
	t.ring.push(e)
	t.hub.bytes.Add(e.size())
	for t.ring.n > t.hub.ringLen || t.ring.n > 1 && t.hub.bytes.Load() > t.hub.ringBytes {
		t.evictOldest()
	}
}

// evictOldest removes the ring's oldest entry; t.mu is held.
func (t *topic) evictOldest() {
	t.hub.bytes.Add(-t.ring.pop().size())
}

// end marks the sequence as complete; t.mu is held. The store orders an end after all briefings of
// its request, so they are sequenced already.
func (t *topic) end() {
	t.ended = true
	t.changed = true
}

// unlockAndNotify unlocks t.mu and then notifies the watchers if something changed. No lock may
// be held then, because some watchers call back at once.
func (t *topic) unlockAndNotify() {
	var inline [4]watcher // the usual number must not allocate
	due := inline[:0]
	if t.changed {
		t.changed = false
		due = append(due, t.watchers...)
	}
	t.mu.Unlock()
	for _, w := range due {
		w.notify()
	}
}

// goLive sequences the changes that waited and makes the topic live. gap is the gapCount from
// before the store was read. If the topic was marked behind again since then, another reader makes
// it live, and goLive does nothing. It returns false if pending has overflowed: then the store must
// be read again.
func (t *topic) goLive(gap uint64) bool {
	t.mu.Lock()
	defer t.unlockAndNotify()
	if t.gap != gap {
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
