package stylist

import (
	"errors"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// Pauses between the searches for a sheet. They start at the next use of the style.
const (
	leastPause = time.Minute      // after a failure
	mostPause  = 10 * time.Minute // after several
	fullPause  = 5 * time.Second  // after no place in the queue
	checkPause = 10 * time.Minute // until the store is read again for the sheet of another process
	readWait   = 100 * time.Millisecond
)

// Bounds of the searches.
const (
	maxBusy   = 2048 // searches at once, most of which read the store
	maxOfUser = 4    // questions of a user that are asked or wait
	maxSpent  = 256  // users of an entry without budget
)

// entry is the state of a style. Stylist.mu guards it, except for style and the channels.
type entry struct {
	style    style
	made     *made             // nil: there is no sheet
	search   *search           // in progress; nil: none
	read     chan struct{}     // closed when the store was read once
	wasRead  bool              // read is closed
	changed  chan struct{}     // closed at the next change
	wanted   time.Time         // when the style was first used without a sheet; zero: it was not
	next     time.Time         // no search starts before
	failed   error             // of the last question; nil: it had an answer, or none was asked
	failures int               // questions in a row without an answer of the first provider
	refused  string            // the reference of the refused lines of the last failure
	usage    briefing.Usage    // what the last failure cost
	spent    map[string]string // days on which users had no budget for the question
}

// made is a sheet that a model wrote. It is immutable.
type made struct {
	styled wording.Styled
	stored briefing.StoredSheet
}

// isNewer reports whether a sheet is newer than another one, which may be nil.
func (m *made) isNewer(than *made) bool {
	return than == nil || m.stored.MadeAt.After(than.stored.MadeAt)
}

// builtIn returns the nearest built-in sheet of a style.
func (st style) builtIn(v briefing.Verdict) wording.Styled {
	return wording.Styled{Sheet: sheet.BuiltIn(st.language, st.base), Verdict: v}
}

// entry returns the entry of a style, and makes it if there is none. s.mu is held.
func (s *Stylist) entry(st style) *entry {
	e, ok := s.entries.Get(st.hash)
	if !ok {
		e = s.busy[st.hash]
	}
	if e == nil {
		e = &entry{
			style: st, read: make(chan struct{}), changed: make(chan struct{}),
			spent: map[string]string{},
		}
	}
	if !ok {
		s.entries.Add(st.hash, e)
	}
	return e
}

// want returns the entry of a style, and starts a search if one is due.
func (s *Stylist) want(username string, st style) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(st)
	now := s.cfg.Clock()
	due := !now.Before(e.next) && (e.made != nil || !s.isSpent(e, username))
	if e.search == nil && due {
		if e.wanted.IsZero() {
			e.wanted = now
		}
		s.start(e, &search{user: username, asks: true})
	}
	return e
}

// stateOf returns the state of a style for a user. s.mu is held.
func (s *Stylist) stateOf(e *entry, username string) wording.Styled {
	if e.made != nil {
		return e.made.styled
	}
	styled := e.style.builtIn(briefing.VerdictUnavailable)
	styled.Degraded = briefing.ModelUnavailable
	switch {
	case s.isSpent(e, username):
		styled.Degraded = briefing.BudgetSpent
	case errors.Is(e.failed, errRefused):
		styled.Verdict, styled.Refused = briefing.VerdictRefused, e.refused
	case e.failed == nil && (e.wanted.IsZero() || s.cfg.Clock().Sub(e.wanted) <= s.cfg.SheetTime):
		styled.Verdict, styled.Degraded = briefing.VerdictPending, ""
	}
	return styled
}

// isSpent reports whether a user had no budget for the question today. s.mu is held.
func (s *Stylist) isSpent(e *entry, username string) bool {
	return len(e.spent) > 0 && e.spent[briefing.NameKey(username)] == s.today()
}

// today returns the day in the zone.
func (s *Stylist) today() string { return s.cfg.Clock().In(s.cfg.Zone).Format(time.DateOnly) }

// isFirst reports whether a sheet is of the first provider.
func (s *Stylist) isFirst(m *made) bool {
	all, key := s.status(), m.stored.Key
	return len(all) > 0 && key.Provider == all[0].Provider && key.Model == all[0].Model
}

// publish makes a sheet the one of its style, unless the present one is newer.
func (s *Stylist) publish(e *entry, m *made) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.made != nil && m.stored.MadeAt.Before(e.made.stored.MadeAt) {
		return
	}
	e.made = m
	e.change()
}

// change wakes the callers that wait for a change. Stylist.mu is held.
func (e *entry) change() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// settle notes the result of a search and when the next one may start. s.mu is held.
func (s *Stylist) settle(e *entry, result error) {
	now := s.cfg.Clock()
	switch {
	case errors.Is(result, errFull):
		e.next = now.Add(fullPause)
	case errors.Is(result, provider.ErrBudget) && e.made == nil:
		// Another user of the style may have a budget, so a search may start at once.
	case result != nil:
		e.next = now.Add(min(mostPause, leastPause<<min(e.failures, 10)))
		e.failures++
		if e.made == nil {
			e.failed = result
		}
	case e.made == nil: // the store was read for people
	case s.isFirst(e.made):
		e.failures, e.failed, e.next = 0, nil, now.Add(checkPause)
	default: // a sheet of another provider
		e.failed, e.next = nil, now.Add(min(mostPause, leastPause<<min(e.failures, 10)))
	}
}

// noteSpent notes that a user has no budget today.
func (s *Stylist) noteSpent(e *entry, username string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(e.spent) >= maxSpent {
		clear(e.spent)
	}
	e.spent[briefing.NameKey(username)], e.wanted = s.today(), time.Time{}
}

// waitForStore waits while the store is read for a style for the first time, at most readWait.
func (s *Stylist) waitForStore(e *entry) {
	s.mu.Lock()
	reads := e.search != nil && !e.wasRead
	s.mu.Unlock()
	if !reads {
		return
	}
	timer := time.NewTimer(readWait)
	defer timer.Stop()
	select {
	case <-e.read:
	case <-timer.C:
	case <-s.done:
	}
}
