package limit

import "sync"

// Bytes bounds the bytes in flight: answers, replays and histories that are in memory because their
// readers have not taken them yet. One caller has at most half of the process's.
type Bytes struct {
	max int64

	mu   sync.Mutex // guards what follows
	all  int64
	held map[Caller]int64
}

// NewBytes returns a budget of max bytes. Zero means no limit.
func NewBytes(max int64) *Bytes { return &Bytes{max: max, held: map[Caller]int64{}} }

// Acquire books n bytes for a caller. It reports false, and books nothing, when the caller would
// have more than half of the budget or the process more than all of it. It never waits.
func (b *Bytes) Acquire(c Caller, n int64) (*Booking, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.max > 0 && (b.all+n > b.max || b.held[c]+n > b.max/2) {
		return nil, false
	}
	b.add(c, n)
	return &Booking{budget: b, caller: c, n: n}, true
}

// Len returns how many bytes are booked.
func (b *Bytes) Len() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all
}

// add books n bytes more, or less. b.mu is held.
func (b *Bytes) add(c Caller, n int64) {
	b.all += n
	if b.held[c] += n; b.held[c] == 0 {
		delete(b.held, c)
	}
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
