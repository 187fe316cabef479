package feed

// Reader is told when there may be something to read. Tell must not wait.
type Reader interface{ Notify() }

// Follower reads a topic's sequence as it grows, for many subscriptions of that topic at once. Its
// zero value follows nothing.
type Follower struct {
	topic  *topic
	reader Reader
	seq    uint64
	slot   int // see place
}

// Follow has f follow the subscription's topic, from the sequence's end on, and r told, which may
// be before Follow returns. It is called once. The subscription must outlive f.
func (s *Subscription) Follow(f *Follower, r Reader) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	f.topic, f.reader, f.seq = t, r, t.ring.end()
	t.addWatcher(f)
}

func (f *Follower) notify() { f.reader.Notify() }

func (f *Follower) slotIndex() *int { return &f.slot }

// Read appends to list what has come since it was last called, as far as room allows, and reports
// whether more is there and whether the sequence has ended. What the ring no longer has is left
// out: subscriptions notice by Lacks. It is for one goroutine at a time.
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

// Close ends the telling. It may be called twice.
func (f *Follower) Close() { f.topic.unwatch(f) }
