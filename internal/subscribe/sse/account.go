package sse

import "bis/internal/limit"

const (
	// freeBytes is how many bytes of a stream count for nobody. An event of a stream whose client
	// reads is written at once, and should cost no more than that.
	freeBytes = 4 << 10
	// accountStep is the least that is booked at once.
	accountStep = 4 << 10
)

// account counts the bytes that wait in a stream for the caller's part of the bytes in flight. The
// stream guards it. Its zero value counts nothing.
type account struct {
	share  *limit.Share // nil: no limit
	bytes  int          // that wait, or are being written
	booked int
	stop   func() // ends the waiting for room; nil: it is not waited for
}

// missing returns how many bytes must be booked before n more may wait.
func (a *account) missing(n int) int {
	need := a.bytes + n - freeBytes - a.booked
	if a.share == nil || need <= 0 {
		return 0
	}
	return (need + accountStep - 1) / accountStep * accountStep
}

// affords books what n more bytes need, and reports whether that is possible. They count from
// charge on.
func (a *account) affords(n int) bool {
	need := a.missing(n)
	if need > 0 && !a.share.Acquire(need) {
		return false
	}
	a.booked += need
	return true
}

// charge counts n more bytes, and books what they need in any case.
func (a *account) charge(n int) {
	if need := a.missing(n); need > 0 {
		a.share.Add(need)
		a.booked += need
	}
	a.bytes += n
}

// await has wake called when n more bytes may find room.
func (a *account) await(n int, wake func()) {
	if a.stop == nil {
		a.stop = a.share.Wait(max(a.missing(n), 1), wake)
	}
}

// settle notes that only n bytes are left, and gives back what they do not need.
func (a *account) settle(n int) {
	a.bytes = n
	if spare := a.booked - n; spare > 0 {
		a.share.Release(spare)
		a.booked -= spare
	}
}

// discharge gives everything back.
func (a *account) discharge() {
	a.settle(0)
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}
