package schedule_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// hangingStore is a store that stops answering.
type hangingStore struct {
	*memoryStore
	hangs      chan struct{} // closed: calls hang
	ignoresCtx bool          // a call does not end with its context
	answer     chan struct{} // closed: calls return again
}

func (h *hangingStore) hang(ctx context.Context) error {
	select {
	case <-h.hangs:
	default:
		return nil
	}
	done := ctx.Done()
	if h.ignoresCtx {
		done = nil
	}
	select {
	case <-h.answer:
		return briefing.ErrUnavailable
	case <-done:
		return ctx.Err()
	}
}

func (h *hangingStore) Claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	if err := h.hang(ctx); err != nil {
		return nil, err
	}
	return h.memoryStore.Claim(ctx, limit)
}

func (h *hangingStore) Release(ctx context.Context) error {
	if err := h.hang(ctx); err != nil {
		return err
	}
	return h.memoryStore.Release(ctx)
}

func (h *hangingStore) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	if err := h.hang(ctx); err != nil {
		return briefing.RunState{}, err
	}
	return h.memoryStore.RunState(ctx, id)
}

func (h *hangingStore) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	if err := h.hang(ctx); err != nil {
		return briefing.Briefing{}, err
	}
	return h.memoryStore.Append(ctx, a)
}

func (h *hangingStore) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	if err := h.hang(ctx); err != nil {
		return briefing.Request{}, err
	}
	return h.memoryStore.EndRequest(ctx, e)
}

// A stop lasts at most Grace and LastWrites, even if the store hangs, and during claims, runs,
// appends, waiting results, ends and the release. Even with a store that ignores contexts the stop
// ends within 5 s.
func TestSchedule_stops_in_time_while_the_store_hangs(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		for _, hung := range []time.Duration{0, time.Second, 10 * time.Second, 50 * time.Second, 2 * time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				m := &hangingStore{memoryStore: newMemoryStore(), hangs: make(chan struct{}), answer: make(chan struct{}), ignoresCtx: deaf}
				s := build(t, m.memoryStore, schedule.Config{Store: m, Runner: &runner{takes: func(n int64) time.Duration { return time.Duration(n%5) * time.Second }}})
				for i := range 40 {
					// Some of them end during the stop.
					s.Add(s.start("one", 1+i%7, time.Duration(15+i)*time.Second))
				}
				s.run(t)
				pass(10 * time.Second)
				close(m.hangs)
				pass(hung)
				started := time.Now()
				s.stop()
				want := 4 * time.Second
				if deaf {
					want = 5 * time.Second
				}
				if took := time.Since(started); took > want {
					t.Errorf("hung for %v, deaf: %v: the stop took %v", hung, deaf, took)
				}
				close(m.answer) // the abandoned calls end
				synctest.Wait()
			})
		}
	}
}

// Results that wait for the store at a stop are written if the store returns in time. Otherwise
// their ticks count as missed afterwards.
func TestSchedule_writes_what_waits_at_a_stop_if_it_can(t *testing.T) {
	for _, c := range []struct {
		back   time.Duration // when the store returns, after the start of the stop
		stored []int64
	}{
		{0, until(6)},
		{2 * time.Second, until(6)},
		{time.Minute, until(1)},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemoryStore()
			s := open(t, m, schedule.Config{})
			req := s.start("one", 10, time.Hour)
			s.Add(req)
			pass(15 * time.Second)
			s.setUnreachable(true)
			pass(50 * time.Second) // five results wait
			time.AfterFunc(c.back, func() { s.setUnreachable(false) })
			started := time.Now()
			s.stop()
			if took := time.Since(started); took > 4500*time.Millisecond {
				t.Errorf("the stop took %v", took)
			}
			pass(3 * time.Minute)
			again := open(t, m.as("two"), schedule.Config{})
			synctest.Wait()
			done := len(c.stored)
			again.expect(t, req.ID, c.stored, briefing.TickCounts{Done: done, Missed: int(req.Grid(time.Now())) - done})
		})
	}
}
