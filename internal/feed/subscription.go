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

// subscription is a position in a topic's sequence. All but closing belongs to the
// one goroutine that calls Next.
type subscription struct {
	hub    *Hub
	topic  *topic
	wake   chan struct{} // one token: there may be something new
	closed chan struct{}
	once   sync.Once

	pos    briefing.BriefingID // the last one delivered
	joined bool                // reads the ring, at seq
	seq    uint64
	batch  []briefing.Briefing // read from the store, not yet delivered
	// fromStore are the ids of the last page that was read from the store: a
	// latecomer among them must not come a second time by the ring.
	fromStore map[briefing.BriefingID]struct{}
}

// step is what a subscription does next.
type step uint8

const (
	deliver step = iota
	await
	fetch
	finish
)

// Next implements briefing.Stream.
func (s *subscription) Next(ctx context.Context) (briefing.Briefing, error) {
	for {
		if err := ctx.Err(); err != nil {
			return briefing.Briefing{}, err
		}
		if len(s.batch) > 0 {
			b := s.batch[0]
			s.batch = s.batch[1:]
			s.pos = b.ID
			return b, nil
		}
		b, what := s.topic.next(s)
		switch what {
		case deliver:
			return b, nil
		case finish:
			return briefing.Briefing{}, io.EOF
		case fetch:
			if err := s.fetch(ctx); err != nil {
				return briefing.Briefing{}, err
			}
		case await:
			if err := s.await(ctx); err != nil {
				return briefing.Briefing{}, err
			}
		}
	}
}

// Close implements briefing.Stream.
func (s *subscription) Close() {
	s.once.Do(func() {
		close(s.closed)
		s.topic.remove(s)
		s.hub.subscribers.Add(-1)
		s.hub.release(s.topic)
	})
}

// notify leaves a token, without waiting.
func (s *subscription) notify() {
	select {
	case s.wake <- struct{}{}:
	default: // one is there already
	}
}

func (s *subscription) await(ctx context.Context) error {
	select {
	case <-s.wake:
		return nil
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next takes the subscription's next entry from the ring, or tells what to do.
func (t *topic) next(s *subscription) (briefing.Briefing, step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.joined && s.seq < t.first {
		s.joined = false // it lagged behind the ring
	}
	if !s.joined && !t.join(s) {
		return briefing.Briefing{}, fetch
	}
	for s.seq < t.first+uint64(len(t.ring)) {
		e := &t.ring[s.seq-t.first]
		s.seq++
		if e.late {
			if _, had := s.fromStore[e.briefing.ID]; had {
				continue
			}
			return e.briefing, deliver
		}
		if e.briefing.ID > s.pos {
			s.pos = e.briefing.ID
			return e.briefing, deliver
		}
	}
	if t.ended {
		return briefing.Briefing{}, finish
	}
	return briefing.Briefing{}, await
}

// join moves the subscription onto the ring if nothing lies between; t.mu is held. It begins
// at the first entry after its position, so latecomers before that are not told
// again, as with any later replay.
func (t *topic) join(s *subscription) bool {
	if s.pos < t.floor() {
		return false
	}
	s.joined, s.seq = true, t.first
	for i := range t.ring {
		if e := &t.ring[i]; !e.late && e.briefing.ID > s.pos {
			break
		}
		s.seq++
	}
	return true
}

// floor is the position from which the ring has everything; t.mu is held.
func (t *topic) floor() briefing.BriefingID {
	if len(t.ring) > 0 {
		return t.ring[0].prev
	}
	return t.last
}

// fetch reads the next page of the store, patiently while the store is away.
func (s *subscription) fetch(ctx context.Context) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := s.fetchOnce(ctx)
		if !errors.Is(err, briefing.ErrUnavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closed:
			return errClosed
		case <-time.After(pause):
		}
	}
}

func (s *subscription) fetchOnce(ctx context.Context) error {
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
