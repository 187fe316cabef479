package sqlite

import (
	"context"
	"sync"

	"bis/internal/briefing"
)

// keptLen is for how many changes a queue keeps its room.
const retainedLen = 256

// feeds are the open feeds. Only the writer publishes, in commit order.
type feeds struct {
	mu     sync.Mutex // guards what follows
	open   map[*feed]struct{}
	closed bool
}

// feed is what waits for one reader.
type feed struct {
	all    *feeds
	maxLen int
	notify chan struct{} // one token: look again

	mu    sync.Mutex // guards what follows
	queue []briefing.Change
	head  int  // of the queue
	lost  bool // finished: closed, or its reader was too slow
}

// OpenFeed implements briefing.FeedStore. A feed begins with what is committed next, so fresh makes no difference.
func (s *Store) OpenFeed(_ context.Context, _ bool) (briefing.Feed, error) {
	return s.writer.feeds.add(s.cfg.FeedLen)
}

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

// publish tells every feed.
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

// close ends every feed; their readers get what is queued first.
func (a *feeds) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for f := range a.open {
		f.finish()
	}
}

// put queues changes. A queue that is full is given up: its reader reads the store instead.
func (f *feed) enqueue(changes []briefing.Change) {
	f.mu.Lock()
	switch {
	case f.lost:
	case len(f.queue)-f.head+len(changes) > f.maxLen:
		f.queue, f.head, f.lost = nil, 0, true
	default:
		f.compact()
		f.queue = append(f.queue, changes...)
	}
	f.mu.Unlock()
	f.wake()
}

// shift gives the room of what was taken to what comes, once that is the greater half: a queue whose reader is never quite at its end
// would grow without bound. f.mu is held.
func (f *feed) compact() {
	if f.head <= len(f.queue)/2 {
		return
	}
	n := copy(f.queue, f.queue[f.head:])
	clear(f.queue[f.head:]) // lets go of their texts
	f.queue, f.head = f.queue[:n], 0
}

func (f *feed) finish() {
	f.mu.Lock()
	f.lost = true
	f.mu.Unlock()
	f.wake()
}

func (f *feed) wake() {
	select {
	case f.notify <- struct{}{}:
	default: // a token is there already
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

func (f *feed) dequeue() (c briefing.Change, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.head < len(f.queue) {
		c = f.queue[f.head]
		f.queue[f.head] = briefing.Change{} // lets go of its texts
		f.head++
		return c, true, nil
	}
	f.queue, f.head = f.queue[:0], 0
	if cap(f.queue) > retainedLen {
		f.queue = nil // lets go of a burst's room
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
