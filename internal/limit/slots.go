package limit

import "sync"

// Slots bounds how many connections or operations exist at once, in the process and for each
// caller. One caller has at most half of the process's slots, so it cannot lock other callers out.
type Slots struct {
	max, each int

	mu   sync.Mutex // guards the fields below
	all  int
	held map[Caller]int
}

// NewSlots returns free slots: max in the process, and each for one caller, but never more than
// half of max. A zero max means no limit. A zero each means half of max.
func NewSlots(max, each int) *Slots {
	if max > 0 && (each == 0 || each > max/2) {
		each = max / 2
	}
	return &Slots{max: max, each: each, held: map[Caller]int{}}
}

// Acquire acquires a slot for a caller. release releases it and may be called more than once. ok is
// false when the caller or the process has no free slot.
func (s *Slots) Acquire(c Caller) (release func(), ok bool) {
	if !s.Claim(c) {
		return nil, false
	}
	return sync.OnceFunc(func() { s.Release(c, 1) }), true
}

// Claim claims a slot like Acquire. The caller counts its slots and releases each of them by
// Release.
func (s *Slots) Claim(c Caller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.max > 0 && s.all >= s.max || s.each > 0 && s.held[c] >= s.each {
		return false
	}
	s.all++
	s.held[c]++
	return true
}

// Release releases n slots that Claim has claimed.
func (s *Slots) Release(c Caller, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all -= n
	if s.held[c] -= n; s.held[c] <= 0 {
		delete(s.held, c)
	}
}

// Len returns the number of acquired slots.
func (s *Slots) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}
