package limit

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Bytes bounds the bytes in flight: answers, replays and histories that are in memory until their
// readers receive them. One caller has at most half of the budget. The last quarter is a reserve
// for callers that have at most a 64th, so that a few callers cannot shut out all others. A nil
// *Bytes has no limit.
type Bytes struct {
	max int64

	mu        sync.Mutex // guards the fields below
	all       int64
	held      map[Caller]int64
	waiting   list.List // elements of waiter, the oldest first
	unchecked int       // waiters that were not checked since bytes were released
	waking    bool      // a call of wake is scheduled
}

// waiter is a caller without room that is woken when n bytes may be free.
type waiter struct {
	caller Caller
	n      int64
	wake   func()
}

// reserveShare is the part of the budget up to which a caller may use the reserve.
const reserveShare = 64

// Waiters are woken a few at a time, so that many waiters cost little.
const (
	wakePause = time.Millisecond // from a release of bytes to the call of wake
	wakeLen   = 256              // waiters that one call of wake checks
)

// NewBytes returns a budget of max bytes. Zero means no limit.
func NewBytes(max int64) *Bytes { return &Bytes{max: max, held: map[Caller]int64{}} }

// limited reports whether the budget has a limit.
func (b *Bytes) limited() bool { return b != nil && b.max > 0 }

// Acquire books n bytes for a caller. It reports false, and books nothing, when the caller would
// have more than half of the budget, or if there is no room for it. It never waits. A caller
// that asks for more than half of the budget gets a booking of half.
func (b *Bytes) Acquire(c Caller, n int64) (*Booking, bool) {
	if b == nil {
		return nil, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	n = b.most(n)
	if !b.fits(c, n) {
		return nil, false
	}
	b.add(c, n)
	return &Booking{budget: b, caller: c, n: n}, true
}

// Await is Acquire, but waits until bytes are free, ctx ends, or the time within is over.
func (b *Bytes) Await(
	ctx context.Context, c Caller, n int64, within time.Duration,
) (*Booking, bool) {
	var k *Booking
	ok := b.await(ctx, c, n, within, func() (ok bool) {
		k, ok = b.Acquire(c, n)
		return ok
	})
	return k, ok
}

// await calls try until it reports true. It waits between the calls until n bytes may be free for a
// caller. It reports false when ctx ends or the time within is over.
func (b *Bytes) await(
	ctx context.Context, c Caller, n int64, within time.Duration, try func() bool,
) bool {
	if try() {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		free := make(chan struct{})
		stop := b.Wait(c, n, func() { close(free) })
		select {
		case <-free:
		case <-ctx.Done():
			stop()
			return false
		}
		if try() {
			return true
		}
	}
}

// Wait calls wake once, on a goroutine of its own, when n bytes may be free for a caller. stop
// cancels the call. It may be called at any time, more than once, and also while wake runs.
func (b *Bytes) Wait(c Caller, n int64, wake func()) (stop func()) {
	if !b.limited() {
		go wake()
		return func() {}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	n = b.most(n)
	e := b.waiting.PushBack(waiter{c, n, wake})
	if b.fits(c, n) { // bytes were released since the failed Acquire
		b.released()
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waiting.Remove(e) // does nothing the second time
	}
}

// Max returns the bytes of the budget. Zero means no limit.
func (b *Bytes) Max() int64 {
	if b == nil {
		return 0
	}
	return b.max
}

// Len returns the number of booked bytes.
func (b *Bytes) Len() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all
}

// most returns n, or the part of one caller if that is less.
func (b *Bytes) most(n int64) int64 {
	if b.max > 0 {
		return min(n, b.max/2)
	}
	return n
}

// fits reports whether n more bytes are within the bounds. The caller must hold b.mu.
func (b *Bytes) fits(c Caller, n int64) bool {
	if b.max <= 0 {
		return true
	}
	all, own := b.all+n, b.held[c]+n
	if own <= b.max/reserveShare {
		return all <= b.max
	}
	return own <= b.max/2 && all <= b.max-b.max/4
}

// add books n more bytes, or releases bytes if n is negative. The caller must hold b.mu.
func (b *Bytes) add(c Caller, n int64) {
	b.all += n
	if b.held[c] += n; b.held[c] == 0 {
		delete(b.held, c)
	}
	if n < 0 {
		b.released()
	}
}

// released schedules a check of all waiters. The caller must hold b.mu.
func (b *Bytes) released() {
	b.unchecked = b.waiting.Len()
	if b.unchecked > 0 && !b.waking {
		b.waking = true
		time.AfterFunc(wakePause, b.wake)
	}
}

// wake wakes the oldest waiters that have room. It runs again later until it has checked all
// waiters and woken none, because a woken waiter may not use its bytes.
func (b *Bytes) wake() {
	for _, wake := range b.next() {
		wake()
	}
}

// next returns the functions that wake must call. It moves waiters without room to the end.
func (b *Bytes) next() (calls []func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waking = false
	promised, all := map[Caller]int64{}, int64(0)
	checks := min(wakeLen, b.unchecked, b.waiting.Len())
	for range checks {
		e := b.waiting.Front()
		w := e.Value.(waiter)
		if b.all+all+w.n > b.max || b.held[w.caller]+promised[w.caller]+w.n > b.max/2 {
			b.waiting.MoveToBack(e)
			continue
		}
		b.waiting.Remove(e)
		promised[w.caller] += w.n
		all += w.n
		calls = append(calls, w.wake)
	}
	if b.unchecked -= checks; len(calls) > 0 {
		b.unchecked = b.waiting.Len()
	}
	if b.unchecked > 0 && b.waiting.Len() > 0 {
		b.waking = true
		time.AfterFunc(wakePause, b.wake)
	}
	return calls
}

// Share is a caller's part of a budget, for queues that count their bytes themselves.
type Share struct {
	budget *Bytes
	caller Caller
}

// Share returns a caller's part of the budget, or nil if there is no limit.
func (b *Bytes) Share(c Caller) *Share {
	if !b.limited() {
		return nil
	}
	return &Share{b, c}
}

// Acquire books n bytes, and reports false when there is no room. Release releases them.
func (s *Share) Acquire(n int) bool {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.fits(s.caller, int64(n)) {
		return false
	}
	b.add(s.caller, int64(n))
	return true
}

// Add books n bytes even without room, for bytes that can no longer be refused.
func (s *Share) Add(n int) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	s.budget.add(s.caller, int64(n))
}

// Release releases n bytes.
func (s *Share) Release(n int) { s.Add(-n) }

// Wait calls wake once when n bytes may be free; see Bytes.Wait.
func (s *Share) Wait(n int, wake func()) (stop func()) {
	return s.budget.Wait(s.caller, int64(n), wake)
}
