package sse

import "bis/internal/limit"

const (
	// freeBytes is how many bytes of a stream may wait without a booking. An event for a client
	// that reads is written at once, so it usually needs no booking.
	freeBytes = 4 << 10
	// accountStep is the smallest booking, in bytes. Bookings are multiples of it.
	accountStep = 4 << 10
)

// account books the bytes that wait in a stream from the caller's share of the bytes in flight. The
// stream's mutex guards it. The zero value books nothing.
type account struct {
	share  *limit.Share // nil: no limit
	bytes  int          // bytes that wait or are being written
	booked int
	stop   func() // ends the waiting for room; nil: the account does not wait
}

// missing returns how many bytes must be booked before n more may wait.
func (a *account) missing(n int) int {
	need := a.bytes + n - freeBytes - a.booked
	if a.share == nil || need <= 0 {
		return 0
	}
	return (need + accountStep - 1) / accountStep * accountStep
}

// affords books the bytes that n more bytes need, and reports whether there was room. The caller
// then calls charge to count the n bytes.
func (a *account) affords(n int) bool {
	need := a.missing(n)
	if need > 0 && !a.share.Acquire(need) {
		return false
	}
	a.booked += need
	return true
}

// charge counts n more bytes. It books the missing bytes even if there is no room.
func (a *account) charge(n int) {
	if need := a.missing(n); need > 0 {
		a.share.Add(need)
		a.booked += need
	}
	a.bytes += n
}

// await waits in the background for room for n more bytes, and then calls wake once. It does
// nothing while an earlier wait lasts.
func (a *account) await(n int, wake func()) {
	if a.stop == nil {
		a.stop = a.share.Wait(max(a.missing(n), 1), wake)
	}
}

// settle sets the count to n bytes, and releases the bookings beyond n.
func (a *account) settle(n int) {
	a.bytes = n
	if spare := a.booked - n; spare > 0 {
		a.share.Release(spare)
		a.booked -= spare
	}
}

// discharge releases all bookings and ends the waiting.
func (a *account) discharge() {
	a.settle(0)
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}
