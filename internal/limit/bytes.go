package limit

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Bytes bounds the bytes in flight: answers, replays and histories that are in memory because their
// readers have not taken them yet. One caller has at most half of the process's. Nil Bytes have no
// limit.
type Bytes struct {
	max int64

	mu      sync.Mutex // guards what follows
	all     int64
	held    map[Caller]int64
	waiting list.List // of waiter, the oldest first
	unseen  int       // waiters that were not looked at since bytes came back
	waking  bool      // wake is about to run
}

// waiter is somebody who was refused and wants to hear when n bytes may be there.
type waiter struct {
	caller Caller
	n      int64
	wake   func()
}

// Waiters are woken a few at a time, so that many of them cost little.
const (
	wakePause = time.Millisecond // between bytes that come back and the waking
	wakeLen   = 256              // waiters that are looked at in one go
)

// NewBytes returns a budget of max bytes. Zero means no limit.
func NewBytes(max int64) *Bytes { return &Bytes{max: max, held: map[Caller]int64{}} }

// limited reports whether there is anything to count.
func (b *Bytes) limited() bool { return b != nil && b.max > 0 }

// Acquire books n bytes for a caller. It reports false, and books nothing, when the caller would
// have more than half of the budget or the process more than all of it. It never waits. A caller
// that asks for more than its half gets a booking of the half.
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

// Await is Acquire that waits for bytes to come back, until ctx ends or the time is over.
func (b *Bytes) Await(ctx context.Context, c Caller, n int64, within time.Duration) (*Booking, bool) {
	if k, ok := b.Acquire(c, n); ok {
		return k, true
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
			return nil, false
		}
		if k, ok := b.Acquire(c, n); ok {
			return k, true
		}
	}
}

// Wait has wake called once, on a goroutine of its own, when n bytes may be there for a caller.
// stop gives that up; it may be called at any time, and more than once. A call may be under way
// then.
func (b *Bytes) Wait(c Caller, n int64, wake func()) (stop func()) {
	if !b.limited() {
		go wake()
		return func() {}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	n = b.most(n)
	e := b.waiting.PushBack(waiter{c, n, wake})
	if b.fits(c, n) { // bytes came back meanwhile
		b.cameBack()
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waiting.Remove(e) // does nothing the second time
	}
}

// Len returns how many bytes are booked.
func (b *Bytes) Len() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all
}

// most returns n, but no more than one caller may have.
func (b *Bytes) most(n int64) int64 {
	if b.max > 0 {
		return min(n, b.max/2)
	}
	return n
}

// fits reports whether n bytes more are within the bounds. b.mu is held.
func (b *Bytes) fits(c Caller, n int64) bool {
	return b.max <= 0 || b.all+n <= b.max && b.held[c]+n <= b.max/2
}

// add books n bytes more, or less. b.mu is held.
func (b *Bytes) add(c Caller, n int64) {
	b.all += n
	if b.held[c] += n; b.held[c] == 0 {
		delete(b.held, c)
	}
	if n < 0 {
		b.cameBack()
	}
}

// cameBack has all waiters looked at soon. b.mu is held.
func (b *Bytes) cameBack() {
	b.unseen = b.waiting.Len()
	if b.unseen > 0 && !b.waking {
		b.waking = true
		time.AfterFunc(wakePause, b.wake)
	}
}

// wake wakes the oldest waiters for whom there is room. It goes on later, until it has looked at
// all and woken none: those that it wakes may leave the bytes to others.
func (b *Bytes) wake() {
	for _, wake := range b.next() {
		wake()
	}
}

// next returns what wake is to call. Waiters without room go behind the others.
func (b *Bytes) next() (calls []func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waking = false
	promised, all := map[Caller]int64{}, int64(0)
	looks := min(wakeLen, b.unseen, b.waiting.Len())
	for range looks {
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
	if b.unseen -= looks; len(calls) > 0 {
		b.unseen = b.waiting.Len()
	}
	if b.unseen > 0 && b.waiting.Len() > 0 {
		b.waking = true
		time.AfterFunc(wakePause, b.wake)
	}
	return calls
}

// Booking is bytes of a budget. It must be released. A nil Booking books nothing.
type Booking struct {
	budget *Bytes
	caller Caller
	n      int64 // guarded by budget.mu
}

// Shrink gives bytes back until n are left. It never books more.
func (k *Booking) Shrink(n int64) {
	if k == nil {
		return
	}
	k.budget.mu.Lock()
	defer k.budget.mu.Unlock()
	if n < k.n {
		k.budget.add(k.caller, n-k.n)
		k.n = n
	}
}

// Release gives all bytes back. It may be called more than once.
func (k *Booking) Release() { k.Shrink(0) }

// Share is a caller's part of a budget, for queues that count by themselves.
type Share struct {
	budget *Bytes
	caller Caller
}

// Share returns a caller's part; nil when there is no limit.
func (b *Bytes) Share(c Caller) *Share {
	if !b.limited() {
		return nil
	}
	return &Share{b, c}
}

// Acquire books n bytes, and reports false when there is no room. Release gives them back.
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

// Add books n bytes even when there is no room: for what cannot be refused any more.
func (s *Share) Add(n int) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	s.budget.add(s.caller, int64(n))
}

// Release gives n bytes back.
func (s *Share) Release(n int) { s.Add(-n) }

// Wait has wake called once when n bytes may be there; see Bytes.Wait.
func (s *Share) Wait(n int, wake func()) (stop func()) {
	return s.budget.Wait(s.caller, int64(n), wake)
}
