package feed

// Reader is told when there may be something to read. Tell must not wait.
type Reader interface{ Tell() }

// Follower reads a topic's sequence as it grows, for many subscriptions of that topic at once. Its zero value follows nothing.
type Follower struct {
	topic *topic
	tell  Reader
	seq   uint64
	at    int // see place
}

// Follow has f follow the subscription's topic, from the sequence's end on, and r told, which may be before Follow returns. It is called
// once. The subscription must outlive f.
func (s *Subscription) Follow(f *Follower, r Reader) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	f.topic, f.tell, f.seq = t, r, t.ring.end()
	t.admit(f)
}

func (f *Follower) notify() { f.tell.Tell() }

func (f *Follower) place() *int { return &f.at }

// Read appends to list what has come since it was last called, and tells whether the sequence has ended. What the ring no longer has
// is left out: subscriptions notice by Take. It is for one goroutine at a time.
func (f *Follower) Read(list []Entry) (entries []Entry, ended bool) {
	t := f.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	for f.seq = max(f.seq, t.ring.first); f.seq < t.ring.end(); f.seq++ {
		list = append(list, t.ring.at(f.seq).entry(f.seq))
	}
	return list, t.ended
}

// Close ends the telling. It may be called twice.
func (f *Follower) Close() { f.topic.unwatch(f) }
