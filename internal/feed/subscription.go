package feed

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"bis/internal/briefing"
)

// Bounds of a page of a replay. A page has at least one briefing.
const (
	replayLen = 64       // briefings
	PageBytes = 64 << 10 // estimated; the last one may exceed it
)

// Subscription is a position in a topic's sequence. It can be read in two ways. Next waits for
// the next briefing. Ready, Lacks, Advance and Fetch never wait for something new, so many
// subscriptions can share a goroutine.
//
// Only Advance moves the position past a briefing, so a briefing that was not delivered is
// offered again. All methods but Close are for one goroutine at a time.
type Subscription struct {
	topic  *topic
	pos    briefing.BriefingID // id of the last briefing delivered
	joined bool                // live: reads the ring at seq
	seq    uint64              // of the next entry to deliver, while joined
	page   []briefing.Briefing // read from the store and not delivered yet
	limit  int                 // briefings of the next page; zero: replayLen
	// pageIDs are the ids of the last page, or of up to replayLen of several. A latecomer among
	// them must not be delivered again from the ring.
	pageIDs map[briefing.BriefingID]struct{}

	hub      *Hub
	mu       sync.Mutex // guards the fields below
	waiter   *waiter    // of Next; nil: Next was never called
	isClosed bool       // Close was called
}

var _ briefing.Stream = (*Subscription)(nil)

// Step says what the reader of a subscription does next.
type Step uint8

// The steps that Ready returns.
const (
	Deliver Step = iota // entries were returned
	Await               // nothing is new: wait for the topic
	Fetch               // the ring no longer has the next entry: call Fetch
	Finish              // the request has ended and everything was delivered
)

// Entry is one briefing in a topic's sequence. Subscribers share the briefing and must not change
// it.
type Entry struct {
	*briefing.Briefing
	// Seq is the entry's number in the ring, at least 1. Zero means that the entry was read from
	// the store.
	Seq  uint64
	late bool // a latecomer: its id does not exceed all before it
}

// size estimates the memory of the entry, in bytes.
func (e Entry) size() int {
	return len(e.Text) + len(e.Caption) + e.Facts.Size() + e.WordSize() + entryCost
}

// Room bounds the entries that one call returns. One entry always fits.
type Room struct {
	Entries int // at most this many
	Bytes   int // no further entry once they have this size, estimated
}

// fits reports whether one more entry fits after n entries of that many bytes.
func (r Room) fits(n, bytes int) bool { return n == 0 || n < r.Entries && bytes < r.Bytes }

// Ready appends the next entries to list, as far as they are in memory and room allows. Without
// entries the step says what to do. The position does not move until Advance.
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

// Lacks returns the first run of consecutive entries, from and before to, that the subscription
// needs next. The entries must follow one another in the topic's sequence. An empty run means
// that it needs none of them. behind means that something before the first of them is missing, so
// the subscription must read by itself.
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

// lacksStored is Lacks for entries of the store's page. They may have been delivered since Ready
// returned them.
func (s *Subscription) lacksStored(entries []Entry) (from, to int, behind bool) {
	for from < len(entries) && (len(s.page) == 0 || entries[from].Briefing != &s.page[0]) {
		from++
	}
	return from, len(entries), false
}

// Advance moves the position past an entry that Ready or Lacks returned, and past all before it.
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

// advanceStored is Advance for an entry of the store's page.
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

// wants reports whether an entry of the ring is new for this subscription. It may be called for a
// later entry of a run before the earlier ones are delivered: ids only grow, apart from latecomers,
// and pageIDs has the delivered ones.
func (s *Subscription) wants(e *Entry) bool {
	if e.late {
		_, had := s.pageIDs[e.ID]
		return !had
	}
	return e.ID > s.pos
}

// HasPage reports whether briefings that were read from the store wait to be delivered.
func (s *Subscription) HasPage() bool { return len(s.page) > 0 }

// PageSize estimates the memory of the page that waits to be delivered, in bytes.
func (s *Subscription) PageSize() int {
	bytes := 0
	for i := range s.page {
		bytes += Entry{Briefing: &s.page[i]}.size()
	}
	return bytes
}

// Topic identifies the sequence that the subscription reads. Subscriptions of one topic return
// equal values. The result is comparable and has no other use.
func (s *Subscription) Topic() any { return s.topic }

// Request returns the id of the watched request.
func (s *Subscription) Request() briefing.RequestID { return s.topic.id }

// Close implements briefing.Stream. It may be called twice and concurrently with Next, which then
// fails.
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

// next returns the subscription's next entries of the ring, or the step that gets it there.
func (t *topic) next(s *Subscription, list []Entry, room Room) ([]Entry, Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.joined && s.seq < t.ring.first {
		s.joined = false // the ring has evicted the next entry
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
			s.seq = seq + 1 // delivered before: skip it
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

// join moves the subscription onto the ring if the ring has everything after its position; t.mu
// is held. It starts at the first entry after the position. Latecomers before that entry are not
// delivered again, as with any later replay.
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

// floor returns the least position after which the ring has everything; t.mu is held.
func (t *topic) floor() briefing.BriefingID {
	if t.ring.n > 0 {
		return t.ring.at(t.ring.first).prev
	}
	return t.last
}

// Fetch reads the next page from the store, and retries while the store is unreachable. The error
// is ctx's, errClosed, or another error of the store's.
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

// fetchOnce reads a page. The floor is read before the store: if the page is empty, everything up
// to that floor was removed from the store, and the position moves there.
func (s *Subscription) fetchOnce(ctx context.Context) error {
	if err := s.hub.acquireRead(ctx); err != nil {
		return err
	}
	defer s.hub.releaseRead()
	floor := s.topic.floorNow()
	page := briefing.Slice{After: s.pos, Limit: cmp.Or(s.limit, replayLen)}
	list, _, err := s.hub.replay.Briefings(ctx, s.topic.id, page)
	if err != nil {
		return err
	}
	s.hub.pagesRead.Add(1)
	list = s.cut(list)
	s.page = list
	if s.pageIDs == nil || len(s.pageIDs)+len(list) > replayLen {
		s.pageIDs = make(map[briefing.BriefingID]struct{}, len(list))
	}
	for _, b := range list {
		s.pageIDs[b.ID] = struct{}{}
	}
	if len(list) == 0 {
		s.pos = max(s.pos, floor) // the briefings in between were removed from the store
	}
	return nil
}

// cut returns the first briefings of a page, as many as PageBytes allow, and sets the length of the
// next page by their sizes. The others are read again later.
func (s *Subscription) cut(list []briefing.Briefing) []briefing.Briefing {
	n, bytes := 0, 0
	for n < len(list) && bytes < PageBytes {
		bytes += Entry{Briefing: &list[n]}.size()
		n++
	}
	if bytes < PageBytes {
		s.limit = min(2*cmp.Or(s.limit, replayLen), replayLen)
		return list
	}
	s.limit = n
	return slices.Clone(list[:n]) // the array would keep the others in memory
}

// floorNow locks t.mu and returns floor.
func (t *topic) floorNow() briefing.BriefingID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.floor()
}
