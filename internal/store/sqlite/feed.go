package sqlite

import (
	"context"
	"sync"

	"bis/internal/briefing"
)

// retainedLen is how many changes an empty queue retains room for. The room of a longer burst is
// freed.
const retainedLen = 256

// feeds are the open feeds. Only the writer publishes to them, in commit order.
type feeds struct {
	mu     sync.Mutex // guards the fields below
	open   map[*feed]struct{}
	closed bool
}

// feed is the queue of one reader. It ends by Close, by the store's Close, or when its queue
// overflows. An ended feed accepts no further change, and Next returns ErrFeedLost once the queue
// is empty.
type feed struct {
	all    *feeds
	maxLen int
	notify chan struct{} // has a token if the queue has changed since the reader last checked

	mu    sync.Mutex // guards the fields below
	queue []briefing.Change
	head  int  // index into queue of the first change that was not returned
	lost  bool // finished: it was closed, or its reader was too slow
}

// OpenFeed implements briefing.FeedStore. A feed begins with the next commit, so fresh makes no
// difference.
func (s *Store) OpenFeed(_ context.Context, _ bool) (briefing.Feed, error) {
	return s.writer.feeds.add(s.cfg.FeedLen)
}

// add opens a feed for at most length changes.
func (a *feeds) add(length int) (briefing.Feed, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, briefing.ErrUnavailable
	}
	f := &feed{all: a, maxLen: length, notify: make(chan struct{}, 1)}
	if a.open == nil {
		a.open = make(map[*feed]struct{})
	}
	a.open[f] = struct{}{}
	return f, nil
}

// publish queues changes for every feed. It never waits for a reader.
func (a *feeds) publish(changes []briefing.Change) {
	if len(changes) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for f := range a.open {
		f.enqueue(changes)
	}
}

// close ends every feed; readers first get the queued changes.
func (a *feeds) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for f := range a.open {
		f.finish()
	}
}

// enqueue queues changes and wakes the reader. If they do not fit, the queue is discarded and the
// feed is lost: its reader then reads the store instead.
func (f *feed) enqueue(changes []briefing.Change) {
	f.mu.Lock()
	switch {
	case f.lost: // its reader opens another feed
	case len(f.queue)-f.head+len(changes) > f.maxLen:
		f.queue, f.head, f.lost = nil, 0, true
	default:
		f.compact()
		f.queue = append(f.queue, changes...)
	}
	f.mu.Unlock()
	f.wake()
}

// compact moves the queued changes to the front once more than half of the queue was returned.
// Without it, the queue of a reader that is never quite at the end would grow without bound. f.mu
// is held.
func (f *feed) compact() {
	if f.head <= len(f.queue)/2 {
		return
	}
	n := copy(f.queue, f.queue[f.head:])
	clear(f.queue[f.head:]) // so that their texts can be freed
	f.queue, f.head = f.queue[:n], 0
}

// finish ends the feed. Its reader first gets the queued changes.
func (f *feed) finish() {
	f.mu.Lock()
	f.lost = true
	f.mu.Unlock()
	f.wake()
}

// wake puts a token into notify.
func (f *feed) wake() {
	select {
	case f.notify <- struct{}{}:
	default: // it has one already
	}
}

// Next implements briefing.Feed.
func (f *feed) Next(ctx context.Context) (briefing.Change, error) {
	for {
		if c, ok, err := f.dequeue(); ok || err != nil {
			return c, err
		}
		select {
		case <-f.notify:
		case <-ctx.Done():
			return briefing.Change{}, ctx.Err()
		}
	}
}

// More implements briefing.Feed.
func (f *feed) More() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head < len(f.queue)
}

// dequeue removes the first change. ok is false if the queue is empty. The error is ErrFeedLost if
// the queue is empty and the feed has ended.
func (f *feed) dequeue() (c briefing.Change, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.head < len(f.queue) {
		c = f.queue[f.head]
		f.queue[f.head] = briefing.Change{} // so that its texts can be freed
		f.head++
		return c, true, nil
	}
	// The queue is empty: its room is used again, or freed after a burst.
	f.queue, f.head = f.queue[:0], 0
	if cap(f.queue) > retainedLen {
		f.queue = nil
	}
	if f.lost {
		return c, false, briefing.ErrFeedLost
	}
	return c, false, nil
}

// Close implements briefing.Feed.
func (f *feed) Close() error {
	f.all.mu.Lock()
	delete(f.all.open, f)
	f.all.mu.Unlock()
	f.finish()
	return nil
}
