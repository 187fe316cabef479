package feed

import (
	"context"
	"errors"
	"sync"

	"bis/internal/briefing"
)

// replayLen is how many briefings a replay reads at a time.
const replayLen = 64

// Subscription is a position in a topic's sequence. It can be read in two ways: by Next, which
// waits, or by Ready, Lacks, Advance and Fetch, which never wait for something new, so that many
// subscriptions can share a goroutine. The position moves by Advance alone, so nothing is passed
// over that was not delivered. All methods but Close are for one goroutine at a time.
type Subscription struct {
	topic  *topic
	pos    briefing.BriefingID // the last one delivered
	joined bool                // reads the ring, at seq
	seq    uint64
	page   []briefing.Briefing // read from the store, not yet delivered
	// fromStore are the ids of the last page that was read from the store: a
	// latecomer among them must not come a second time by the ring.
	pageIDs map[briefing.BriefingID]struct{}

	hub      *Hub
	mu       sync.Mutex // guards what follows
	waiter   *waiter    // of Next; nil: it was never called
	isClosed bool       // closed
}

var _ briefing.Stream = (*Subscription)(nil)

// Step is what a subscription does next.
type Step uint8

// The steps.
const (
	Deliver Step = iota // entries are there
	Await               // there is nothing new
	Fetch               // the store must be read
	Finish              // the request has ended and everything was delivered
)

// Entry is one briefing in a topic's sequence. The briefing is shared, and must not be changed.
type Entry struct {
	*briefing.Briefing
	// Seq is its number in the sequence. Zero: it was read from the store.
	Seq  uint64
	late bool // an id not after the one before it, of a writer that gives its own
}

// size is about how much memory the entry's texts take, in bytes.
func (e Entry) size() int { return len(e.Text) + len(e.Caption) + entryCost }

// Room bounds the entries that are read together.
type Room struct {
	Entries int
	Bytes   int // of the texts, roughly; one entry always fits
}

// fits reports whether one more entry fits behind n entries of so many bytes.
func (r Room) fits(n, bytes int) bool { return n == 0 || n < r.Entries && bytes < r.Bytes }

// Ready appends the next entries to list, as far as they are in memory and room allows. With none,
// the step tells what to do. The position stays: see Advance.
func (s *Subscription) Ready(list []Entry, room Room) ([]Entry, Step) {
	if len(s.page) == 0 {
		return s.topic.next(s, list, room)
	}
	bytes := 0
	for i := range s.page {
		e := Entry{Briefing: &s.page[i]}
		if !room.fits(i, bytes) {
			break
		}
		list, bytes = append(list, e), bytes+e.size()
	}
	return list, Deliver
}

// Lacks returns the first run of entries, from and before to, that the subscription lacks and can
// take next. The entries follow one another in the topic's sequence. An empty run means that it had
// them all. behind means that something is missing before the first of them, so the subscription
// must read by itself.
func (s *Subscription) Lacks(entries []Entry) (from, to int, behind bool) {
	if len(entries) == 0 {
		return 0, 0, false
	}
	if entries[0].Seq == 0 {
		return s.lacksStored(entries)
	}
	if !s.joined || len(s.page) > 0 || s.seq < entries[0].Seq {
		return 0, 0, true
	}
	for from < len(entries) && (entries[from].Seq < s.seq || !s.wants(&entries[from])) {
		from++
	}
	for to = from; to < len(entries) && s.wants(&entries[to]); to++ {
	}
	return from, to, false
}

// lacksStored is Lacks for entries that Ready took from the store's page. They may have been
// delivered since.
func (s *Subscription) lacksStored(entries []Entry) (from, to int, behind bool) {
	for from < len(entries) && (len(s.page) == 0 || entries[from].Briefing != &s.page[0]) {
		from++
	}
	return from, len(entries), false
}

// Advance moves the position past an entry that Ready returned or Lacks approved, and past all
// before it.
func (s *Subscription) Advance(e *Entry) {
	if e.Seq == 0 {
		s.advanceStored(e)
		return
	}
	s.seq = e.Seq + 1
	if !e.late {
		s.pos = e.ID
	}
}

func (s *Subscription) advanceStored(e *Entry) {
	for i := range s.page {
		if &s.page[i] == e.Briefing {
			s.page = s.page[i+1:]
			break
		}
	}
	if len(s.page) == 0 {
		s.page = nil
	}
	s.pos = e.ID
}

// wants reports whether an entry of the ring is new here. It holds also for later entries of a run:
// ids grow but for latecomers, which are told by fromStore.
func (s *Subscription) wants(e *Entry) bool {
	if e.late {
		_, had := s.pageIDs[e.ID]
		return !had
	}
	return e.ID > s.pos
}

// Topic names what the subscription is on: those of one topic read one sequence. It is comparable.
func (s *Subscription) Topic() any { return s.topic }

// Request is the request that is watched.
func (s *Subscription) Request() briefing.RequestID { return s.topic.id }

// Close implements briefing.Stream.
func (s *Subscription) Close() {
	s.mu.Lock()
	over, w := s.isClosed, s.waiter
	s.isClosed = true
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

// next appends the subscription's next entries of the ring to list, or tells what to do.
func (t *topic) next(s *Subscription, list []Entry, room Room) ([]Entry, Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.joined && s.seq < t.ring.first {
		s.joined = false // it lagged behind the ring
	}
	if !s.joined && !t.join(s) {
		return list, Fetch
	}
	n, bytes := 0, 0
	for seq := s.seq; seq < t.ring.end(); seq++ {
		e := t.ring.at(seq).public(seq)
		switch {
		case s.wants(&e) && !room.fits(n, bytes):
			return list, Deliver
		case s.wants(&e):
			list, n, bytes = append(list, e), n+1, bytes+e.size()
		case n == 0:
			s.seq = seq + 1 // it had this one
		}
	}
	switch {
	case n > 0:
		return list, Deliver
	case t.ended:
		return list, Finish
	}
	return list, Await
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

// Fetch reads the next page of the store, patiently while the store is away. The error is ctx's, or
// says that the subscription is closed.
func (s *Subscription) Fetch(ctx context.Context) error {
	return patiently(ctx, func() error {
		err := s.fetchOnce(ctx)
		if !errors.Is(err, briefing.ErrUnavailable) {
			return err
		}
		if _, closed := s.closed(); closed {
			return errClosed
		}
		return err
	})
}

func (s *Subscription) closed() (*waiter, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiter, s.isClosed
}

func (s *Subscription) fetchOnce(ctx context.Context) error {
	if err := s.hub.acquireRead(ctx); err != nil {
		return err
	}
	defer s.hub.releaseRead()
	floor := s.topic.floorNow()
	list, _, err := s.hub.replay.Briefings(ctx, s.topic.id, briefing.Slice{After: s.pos, Limit: replayLen})
	if err != nil {
		return err
	}
	s.hub.pagesRead.Add(1)
	s.page = list
	s.pageIDs = make(map[briefing.BriefingID]struct{}, len(list))
	for _, b := range list {
		s.pageIDs[b.ID] = struct{}{}
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
