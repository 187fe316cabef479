package feed

// Reader is notified when a Follower may have something to read. Notify must not wait.
type Reader interface{ Notify() }

// Follower reads a topic's sequence as it grows, once for many subscriptions of that topic. The
// zero value follows nothing and must not be read.
type Follower struct {
	topic  *topic
	reader Reader
	seq    uint64 // of the next entry to read
	slot   int    // see watcher.slotIndex
}

// Follow registers f on the subscription's topic. f reads the entries that are sequenced after this
// call, and r is notified of them, perhaps before Follow returns. Follow is called once for each f.
// The subscription must stay open longer than f, because it retains the topic.
func (s *Subscription) Follow(f *Follower, r Reader) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	f.topic, f.reader, f.seq = t, r, t.ring.end()
	t.addWatcher(f)
}

func (f *Follower) notify() { f.reader.Notify() }

func (f *Follower) slotIndex() *int { return &f.slot }

// Read appends the entries since the last call to list, as far as room allows. more reports that
// room ran out. ended reports that the request has ended and every entry was read. Entries that
// the ring has evicted meanwhile are left out: subscriptions notice by Lacks. Read is for one
// goroutine at a time.
func (f *Follower) Read(list []Entry, room Room) (entries []Entry, more, ended bool) {
	t := f.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	n, bytes := 0, 0
	for f.seq = max(f.seq, t.ring.first); f.seq < t.ring.end(); f.seq++ {
		if !room.fits(n, bytes) {
			return list, true, false
		}
		e := t.ring.at(f.seq).public(f.seq)
		list, n, bytes = append(list, e), n+1, bytes+e.size()
	}
	return list, false, t.ended
}

// Close ends the notifications. It may be called twice.
func (f *Follower) Close() { f.topic.unwatch(f) }
