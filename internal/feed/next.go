package feed

import (
	"context"
	"io"

	"bis/internal/briefing"
)

// Next implements briefing.Stream. It returns io.EOF when the request has ended and everything
// was delivered.
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

// More implements briefing.Stream. It never reads the store.
func (s *Subscription) More() bool {
	var one [1]Entry
	list, _ := s.Ready(one[:0], Room{Entries: 1})
	return len(list) > 0
}

// waiter lets Next wait for its topic.
type waiter struct {
	wake   chan struct{} // holds a token when there may be something new
	closed chan struct{} // closed with the subscription
	slot   int           // see watcher.slotIndex
}

func (w *waiter) slotIndex() *int { return &w.slot }

// ensureWaiter returns the subscription's waiter. Subscriptions that are read by Ready never need
// one.
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

// notify puts a token into wake and does not wait.
func (w *waiter) notify() {
	select {
	case w.wake <- struct{}{}:
	default: // it has one already
	}
}

// await waits for a token. The error is errClosed or ctx's.
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
