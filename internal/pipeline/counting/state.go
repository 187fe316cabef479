package counting

import (
	"slices"
	"sync"
	"time"

	"bis/internal/briefing"
)

// Bounds of failures. A detector that fails several times in a row pauses. The pauses grow, until
// enough pictures in a row were read. If it was merely too slow, it pauses only for captures that
// have about as little time.
const (
	mostFailures = 3
	leastPause   = 10 * time.Second
	mostPause    = 10 * time.Minute
	soundAfter   = 20 // pictures
	timesKept    = 50
)

// state says whether the detector counts.
type state struct {
	cfg Config

	mu       sync.Mutex // guards the fields below
	ready    bool       // a reader is open
	reason   Reason     // why it does not count; empty: it counts
	failures int        // in a row
	good     int        // pictures in a row
	pause    time.Duration
	until    time.Time // of the pause
	trying   bool      // a capture tries the detector after its pause
	// tight is the most time in which a picture was not read, since the failures began. Zero: there
	// are none, or one has another reason, so that more time is no help.
	tight time.Duration
	late  time.Time // when a picture was not read in time
	times []time.Duration
	at    int // in times, of the oldest one
}

// newState returns the state before a reader is open.
func newState(cfg Config) *state { return &state{cfg: cfg, reason: Preparing} }

// begin reports whether a capture with some time for a picture may count by the detector, and
// whether it is a trial. A trial must end with tried.
func (s *state) begin(room time.Duration) (trial, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.ready:
		return false, false
	case s.reason == "", s.tight > 0 && room > s.tight+s.tight/2:
		return false, true
	case s.trying || time.Now().Before(s.until):
		return false, false
	}
	s.trying = true
	return true, true
}

// tried ends a trial.
func (s *state) tried() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trying = false
}

// opened notes that a reader is open.
func (s *state) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
	s.change("", nil)
}

// shut notes that no reader could be opened.
func (s *state) shut(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(reasonOf(err), err)
}

// succeeded notes that a picture was read.
func (s *state) succeeded(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.times) < timesKept {
		s.times = append(s.times, took)
	} else {
		s.times[s.at] = took
		s.at = (s.at + 1) % timesKept
	}
	if took >= s.tight && s.tight > 0 && time.Since(s.late) < s.pause+leastPause+2*s.tight {
		return // captures with less time still get nothing
	}
	s.failures, s.tight = 0, 0
	if s.good++; s.good >= soundAfter {
		s.pause = 0
	}
	s.change("", nil)
}

// failed notes that a picture could not be read. room is the time that it had, or zero if time is
// not the reason.
func (s *state) failed(err error, room time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.good = 0
	switch {
	case room == 0:
		s.tight = 0
	case s.failures == 0 || s.tight > 0:
		s.tight = max(s.tight, room)
	}
	s.late = time.Now()
	if s.failures++; s.failures < mostFailures && s.reason == "" {
		return
	}
	if s.reason == "" || !time.Now().Before(s.until) { // failures of other captures may come late
		s.pause = min(mostPause, max(leastPause, 2*s.pause))
		s.until = time.Now().Add(s.pause)
	}
	s.change(reasonOf(err), err)
}

// change sets the reason, and logs it if the detector begins or ceases to count or was never open.
// The caller must hold mu.
func (s *state) change(reason Reason, err error) {
	before := s.reason
	s.reason = reason
	switch {
	case before == reason:
	case reason == "":
		s.cfg.Log.Info("the detector counts", "detector", s.cfg.Name)
	case before == "" || !s.ready:
		s.cfg.Log.Warn("the detector does not count, motion counts instead",
			"detector", s.cfg.Name, "reason", string(reason), "err", err)
	}
}

// counting says who counts now.
func (s *state) counting() briefing.Counting {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason != "" {
		return briefing.Counting{
			Method: briefing.MethodMotion, Wanted: s.cfg.Name,
			Reason: string(s.reason), Detail: s.reason.sentence(),
		}
	}
	c := briefing.Counting{Method: s.cfg.Method, Name: s.cfg.Name}
	if len(s.times) > 0 {
		sorted := slices.Sorted(slices.Values(s.times))
		c.MedianMs = max(1, int(sorted[len(sorted)/2].Milliseconds()))
	}
	return c
}
