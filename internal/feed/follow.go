package feed

// Follower reads a topic's sequence as it grows, for many subscriptions of that topic at once.
type Follower struct {
	topic *topic
	tell  func()
	seq   uint64
}

// Follow returns a follower that reads nothing before Tell. The subscription must outlive it.
func (s *Subscription) Follow() *Follower { return &Follower{topic: s.topic} }

// Tell begins at the sequence's end, and has f called when there may be something to read, which may be before Tell returns; f must
// not wait. It is called once.
func (f *Follower) Tell(tell func()) {
	t := f.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	f.tell, f.seq = tell, t.ring.end()
	t.watchers[f] = struct{}{}
}

func (f *Follower) notify() { f.tell() }

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
