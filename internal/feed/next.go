package feed

import (
	"context"
	"io"

	"bis/internal/briefing"
)

// Next implements briefing.Stream.
func (s *Subscription) Next(ctx context.Context) (briefing.Briefing, error) {
	w, err := s.ensureWaiter()
	if err != nil {
		return briefing.Briefing{}, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return briefing.Briefing{}, err
		}
		var one [1]Entry
		list, what := s.Ready(one[:0], Room{Entries: 1})
		switch what {
		case Deliver:
			s.Advance(&list[0])
			return *list[0].Briefing, nil
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

// More implements briefing.Stream.
func (s *Subscription) More() bool {
	var one [1]Entry
	list, _ := s.Ready(one[:0], Room{Entries: 1})
	return len(list) > 0
}

// waiter is told when a topic may have something new.
type waiter struct {
	wake   chan struct{} // one token
	closed chan struct{}
	slot   int // see place
}

func (w *waiter) slotIndex() *int { return &w.slot }

// waits makes the subscription's waiter.
func (s *Subscription) ensureWaiter() (*waiter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed {
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
