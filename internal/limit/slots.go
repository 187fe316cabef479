package limit

import "sync"

// Slots bounds how many of something exist at once, in the process and for each caller. One caller
// has at most half of the process's, so that it never shuts others out.
type Slots struct {
	max, each int

	mu   sync.Mutex // guards what follows
	all  int
	held map[Caller]int
}

// NewSlots returns free slots: max in the process, and each for a caller, but never more than half
// of max. Zero means no limit, for either.
func NewSlots(max, each int) *Slots {
	if max > 0 && (each == 0 || each > max/2) {
		each = max / 2
	}
	return &Slots{max: max, each: each, held: map[Caller]int{}}
}

// Acquire gives the caller a slot and returns the function that gives it back, which may be called
// more than once. It reports false when the caller has all of its slots, or the process has none.
func (s *Slots) Acquire(c Caller) (release func(), ok bool) {
	if !s.Take(c) {
		return nil, false
	}
	return sync.OnceFunc(func() { s.Give(c, 1) }), true
}

// Take is Acquire for callers that count by themselves. Each slot must be given back by Give.
func (s *Slots) Take(c Caller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.max > 0 && s.all >= s.max || s.each > 0 && s.held[c] >= s.each {
		return false
	}
	s.all++
	s.held[c]++
	return true
}

// Give gives n slots back that Take gave.
func (s *Slots) Give(c Caller, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all -= n
	if s.held[c] -= n; s.held[c] <= 0 {
		delete(s.held, c)
	}
}

// Len returns how many slots are taken.
func (s *Slots) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}
