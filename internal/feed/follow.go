package feed

// Follower reads a topic's sequence as it grows, for many subscriptions of that topic at once.
type Follower struct {
	topic *topic
	tell  func()
	seq   uint64
}

// Follow returns a follower that begins at the sequence's end. tell is called when there may be
// something to read; it must not wait. The subscription must outlive the follower.
func (s *Subscription) Follow(tell func()) *Follower {
	f := &Follower{topic: s.topic, tell: tell}
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	f.seq = t.first + uint64(len(t.ring))
	t.watchers[f] = struct{}{}
	return f
}

func (f *Follower) notify() { f.tell() }

// Read appends to list what has come since it was last called, and tells whether the sequence has ended. What the ring no longer has
// is left out: subscriptions notice by Take. It is for one goroutine at a time.
func (f *Follower) Read(list []Entry) (entries []Entry, ended bool) {
	t := f.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	for f.seq = max(f.seq, t.first); f.seq < t.first+uint64(len(t.ring)); f.seq++ {
		list = append(list, t.ring[f.seq-t.first].entry(f.seq))
	}
	return list, t.ended
}

// Close ends the telling. It may be called twice.
func (f *Follower) Close() { f.topic.unwatch(f) }
