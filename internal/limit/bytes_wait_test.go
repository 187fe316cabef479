package limit_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/limit"
)

// TestBytes_wake_those_who_wait checks that of 1,000 waiters with room for one, each is woken when
// the one before has released its bytes.
func TestBytes_wake_those_who_wait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBytes(20)
		full, _ := b.Acquire("a", 10)
		var served, most atomic.Int64
		for range 1_000 {
			go func() {
				k, ok := b.Await(t.Context(), "a", 10, time.Hour)
				if !ok {
					t.Error("a waiter was refused")
				}
				most.Store(max(most.Load(), b.Len()))
				served.Add(1)
				k.Release()
			}()
		}
		synctest.Wait()
		if served.Load() != 0 {
			t.Fatal("waiters got bytes that are booked")
		}
		full.Release()
		<-time.After(time.Minute)
		if served.Load() != 1_000 || most.Load() != 10 || b.Len() != 0 {
			t.Errorf("%d of 1,000 were served with at most %d bytes booked, %d are left", served.Load(), most.Load(), b.Len())
		}
	})
}

// TestBytes_wake_past_others checks that a waiter is woken even if the waiter before it has no
// room.
func TestBytes_wake_past_others(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBytes(100)
		a, _ := b.Acquire("a", 50)
		other, _ := b.Acquire("other", 25)
		for range 600 {
			b.Wait("a", 10, func() { t.Error("a caller without room is woken") })
		}
		woken := make(chan struct{})
		b.Wait("b", 25, func() { close(woken) })
		other.Release()
		<-woken
		_ = a // these bytes stay booked
	})
}

// TestBytes_waiting_ends waits for bytes that are never released.
func TestBytes_waiting_ends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBytes(20)
		full, _ := b.Acquire("a", 10)
		began := time.Now()
		if _, ok := b.Await(t.Context(), "a", 1, time.Second); ok || time.Since(began) != time.Second {
			t.Errorf("waited for %v, %v; want a refusal after 1 s", time.Since(began), ok)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, ok := b.Await(ctx, "a", 1, time.Hour); ok {
			t.Error("a caller that has gone got bytes")
		}
		stop := b.Wait("a", 1, func() { t.Error("woken after stop") })
		stop()
		stop()
		full.Release()
		<-time.After(time.Second)
	})
}

// TestShare_counts_what_cannot_be_refused adds bytes beyond the limit and releases them.
func TestShare_counts_what_cannot_be_refused(t *testing.T) {
	t.Parallel()
	b := limit.NewBytes(20)
	s := b.Share("a")
	s.Add(100)
	if s.Acquire(1) || b.Len() != 100 {
		t.Errorf("more is taken beyond the limit; %d bytes are booked", b.Len())
	}
	s.Release(100)
	if !s.Acquire(10) {
		t.Error("refused after everything was given back")
	}
	s.Release(10)
	if limit.NewBytes(0).Share("a") != nil || (*limit.Bytes)(nil).Share("a") != nil {
		t.Error("there is a share of what has no limit")
	}
	if k, ok := b.Acquire("b", 1_000); !ok || b.Len() != 10 {
		t.Errorf("a caller that asks for more than its half has %v, %d bytes are booked", ok, b.Len())
	} else {
		k.Release()
	}
}
