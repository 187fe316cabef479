package feed

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"bis/internal/briefing"
)

// replayLen is how many briefings a replay reads at a time.
const replayLen = 64

// Subscription is a position in a topic's sequence. It can be read in two ways: by Next, which waits, or by Poll, Fetch and
// Take, which never wait for something new, so that many subscriptions can share a goroutine. All but Close is for one goroutine
// at a time.
type Subscription struct {
	topic  *topic
	pos    briefing.BriefingID // the last one delivered
	joined bool                // reads the ring, at seq
	seq    uint64
	batch  []briefing.Briefing // read from the store, not yet delivered
	// fromStore are the ids of the last page that was read from the store: a
	// latecomer among them must not come a second time by the ring.
	fromStore map[briefing.BriefingID]struct{}

	hub    *Hub
	mu     sync.Mutex // guards what follows
	waiter *waiter    // of Next; nil: it was never called
	over   bool       // closed
}

var _ briefing.Stream = (*Subscription)(nil)

// Step is what a subscription does next.
type Step uint8

// The steps.
const (
	Deliver Step = iota // an entry is there
	Await               // there is nothing new
	Fetch               // the store must be read
	Finish              // the request has ended and everything was delivered
)

// Entry is one briefing in a topic's sequence. The briefing is shared, and must not be changed.
type Entry struct {
	*briefing.Briefing
	// Seq is its number in the sequence, for Take. Zero: it was read from the store.
	Seq  uint64
	late bool // an id not after the one before it, of a writer that gives its own
}

// Poll returns the next entry, or what to do to get it. It does not wait.
func (s *Subscription) Poll() (Entry, Step) {
	if len(s.batch) > 0 {
		b := &s.batch[0]
		if s.batch = s.batch[1:]; len(s.batch) == 0 {
			s.batch = nil
		}
		s.pos = b.ID
		return Entry{Briefing: b}, Deliver
	}
	return s.topic.next(s)
}

// Verdict is what an entry that comes live is for a subscription.
type Verdict uint8

// The verdicts.
const (
	Due    Verdict = iota // it is the very next one, and the subscription has moved past it
	Had                   // it was delivered before
	Behind                // something before it is missing: Poll
)

// Take moves past an entry if it is the very next one. It is how an entry that is handed to many subscriptions at once
// reaches each of them once, and in order: with the position that each has.
func (s *Subscription) Take(e *Entry) Verdict {
	switch {
	case !s.joined || len(s.batch) > 0 || s.seq < e.Seq:
		return Behind
	case s.seq > e.Seq:
		return Had
	}
	s.seq++
	if !s.wants(e.ID, e.late) {
		return Had
	}
	return Due
}

// wants reports whether an entry of the ring is new here, and notes the position if it is.
func (s *Subscription) wants(id briefing.BriefingID, late bool) bool {
	if late {
		_, had := s.fromStore[id]
		return !had
	}
	if id <= s.pos {
		return false
	}
	s.pos = id
	return true
}

// Prefetch reads what Take will need, so that it is in the processor's cache by then. What it returns means nothing. It may be called
// from any goroutine.
func (s *Subscription) Prefetch() int { return len(s.topic.id) }

// Topic names what the subscription is on: those of one topic read one sequence. It is comparable.
func (s *Subscription) Topic() any { return s.topic }

// Request is the request that is watched.
func (s *Subscription) Request() briefing.RequestID { return s.topic.id }

// Next implements briefing.Stream.
func (s *Subscription) Next(ctx context.Context) (briefing.Briefing, error) {
	w, err := s.waits()
	if err != nil {
		return briefing.Briefing{}, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return briefing.Briefing{}, err
		}
		e, what := s.Poll()
		switch what {
		case Deliver:
			return *e.Briefing, nil
		case Finish:
			return briefing.Briefing{}, io.EOF
		case Fetch:
			if err := s.Fetch(ctx); err != nil {
				return briefing.Briefing{}, err
			}
		case Await:
			if err := w.await(ctx); err != nil {
				return briefing.Briefing{}, err
			}
		}
	}
}

// waiter is told when a topic may have something new.
type waiter struct {
	wake   chan struct{} // one token
	closed chan struct{}
	at     int // see place
}

func (w *waiter) place() *int { return &w.at }

// waits makes the subscription's waiter.
func (s *Subscription) waits() (*waiter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil, errClosed
	}
	if s.waiter == nil {
		s.waiter = &waiter{wake: make(chan struct{}, 1), closed: make(chan struct{})}
		s.topic.watch(s.waiter)
	}
	return s.waiter, nil
}

// notify leaves a token, without waiting.
func (w *waiter) notify() {
	select {
	case w.wake <- struct{}{}:
	default: // one is there already
	}
}

func (w *waiter) await(ctx context.Context) error {
	select {
	case <-w.wake:
		return nil
	case <-w.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close implements briefing.Stream.
func (s *Subscription) Close() {
	s.mu.Lock()
	over, w := s.over, s.waiter
	s.over = true
	s.mu.Unlock()
	if over {
		return
	}
	if w != nil {
		close(w.closed)
		s.topic.unwatch(w)
	}
	s.hub.subscribers.Add(-1)
	s.hub.release(s.topic)
}

// next takes the subscription's next entry from the ring, or tells what to do.
func (t *topic) next(s *Subscription) (Entry, Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.joined && s.seq < t.ring.first {
		s.joined = false // it lagged behind the ring
	}
	if !s.joined && !t.join(s) {
		return Entry{}, Fetch
	}
	for s.seq < t.ring.end() {
		e := t.ring.at(s.seq)
		s.seq++
		if s.wants(e.briefing.ID, e.late) {
			return e.entry(s.seq - 1), Deliver
		}
	}
	if t.ended {
		return Entry{}, Finish
	}
	return Entry{}, Await
}

// join moves the subscription onto the ring if nothing lies between; t.mu is held. It begins
// at the first entry after its position, so latecomers before that are not told
// again, as with any later replay.
func (t *topic) join(s *Subscription) bool {
	if s.pos < t.floor() {
		return false
	}
	s.joined, s.seq = true, t.ring.first
	for ; s.seq < t.ring.end(); s.seq++ {
		if e := t.ring.at(s.seq); !e.late && e.briefing.ID > s.pos {
			break
		}
	}
	return true
}

// floor is the position from which the ring has everything; t.mu is held.
func (t *topic) floor() briefing.BriefingID {
	if t.ring.n > 0 {
		return t.ring.at(t.ring.first).prev
	}
	return t.last
}

// Fetch reads the next page of the store, patiently while the store is away. The error is ctx's, or says that the subscription is closed.
func (s *Subscription) Fetch(ctx context.Context) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := s.fetchOnce(ctx)
		if !errors.Is(err, briefing.ErrUnavailable) {
			return err
		}
		if _, closed := s.closed(); closed {
			return errClosed
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (s *Subscription) closed() (*waiter, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiter, s.over
}

func (s *Subscription) fetchOnce(ctx context.Context) error {
	if err := s.hub.reading(ctx); err != nil {
		return err
	}
	defer s.hub.read()
	floor := s.topic.floorNow()
	list, _, err := s.hub.replay.Briefings(ctx, s.topic.id, briefing.Slice{After: s.pos, Limit: replayLen})
	if err != nil {
		return err
	}
	s.hub.replayed.Add(1)
	s.batch = list
	s.fromStore = make(map[briefing.BriefingID]struct{}, len(list))
	for _, b := range list {
		s.fromStore[b.ID] = struct{}{}
	}
	if len(list) == 0 {
		s.pos = max(s.pos, floor) // what lay between was taken out of the store
	}
	return nil
}

func (t *topic) floorNow() briefing.BriefingID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.floor()
}
