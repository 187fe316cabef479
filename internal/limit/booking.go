package limit

import (
	"context"
	"errors"
	"time"
)

// ErrNoRoom means that a budget has no room for what a caller sends.
var ErrNoRoom = errors.New("too much is waiting: try again later")

// Booking is a number of booked bytes of a budget. The caller must release it. A nil Booking has no
// bytes. It is safe for concurrent use.
type Booking struct {
	budget *Bytes
	caller Caller
	n      int64 // guarded by budget.mu
}

// Shrink releases bytes until n are left. It never books more bytes.
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

// Release releases all bytes. It may be called more than once.
func (k *Booking) Release() { k.Shrink(0) }

// Begin returns a caller's booking without bytes, for Grow. It returns nil if there is no limit.
func (b *Bytes) Begin(c Caller) *Booking {
	if !b.limited() {
		return nil
	}
	return &Booking{budget: b, caller: c}
}

// Grow books more bytes until the booking has n, but at most half of the budget. It waits for room
// like Await. Without room it reports false, and the booking stays as it is. One goroutine at a
// time may call Grow. A nil Booking has room for everything.
func (k *Booking) Grow(ctx context.Context, n int64, within time.Duration) bool {
	if k == nil {
		return true
	}
	if k.grow(n) { // the usual case, without a closure
		return true
	}
	return k.budget.await(ctx, k.caller, n-k.len(), within, func() bool { return k.grow(n) })
}

// grow books bytes until the booking has n, if there is room.
func (k *Booking) grow(n int64) bool {
	k.budget.mu.Lock()
	defer k.budget.mu.Unlock()
	more := k.budget.most(n) - k.n
	if more <= 0 {
		return true
	}
	if !k.budget.fits(k.caller, more) {
		return false
	}
	k.budget.add(k.caller, more)
	k.n += more
	return true
}

// len returns the number of booked bytes.
func (k *Booking) len() int64 {
	k.budget.mu.Lock()
	defer k.budget.mu.Unlock()
	return k.n
}
