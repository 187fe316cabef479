package stylist

import (
	"context"
	"errors"
	"runtime/debug"

	"bis/internal/briefing"
	"bis/internal/pipeline/provider"
)

// Errors of a search.
var (
	errFull    = errors.New("too many styles wait for a model")
	errRefused = errors.New("no line of the answer can be used")
)

// search is the search for a sheet: in the store, and then by a model.
type search struct {
	user    string
	asks    bool // a model is asked if the store has no sheet
	rewrite bool // a model is asked in any case

	cancel context.CancelFunc
	done   chan struct{} // closed at the end; the fields below are valid then
	asked  bool          // a model was asked
	err    error
}

// start starts a search for an entry without one. It does nothing after Close, or while too many
// searches run. s.mu is held.
func (s *Stylist) start(e *entry, q *search) {
	if s.closed || len(s.busy) >= maxBusy {
		return
	}
	var ctx context.Context
	ctx, q.cancel = context.WithCancel(context.Background())
	q.done = make(chan struct{})
	e.search, s.busy[e.style.hash] = q, e
	s.work.Go(func() {
		defer s.end(e, q)
		q.err = s.find(ctx, e, q)
	})
}

// end ends a search. A panic is the error of this search alone.
func (s *Stylist) end(e *entry, q *search) {
	if cause := recover(); cause != nil {
		s.cfg.Log.Error("stylist panicked", "panic", cause, "stack", string(debug.Stack()))
		q.err = errors.New("stylist panicked")
	}
	q.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(e, q.err)
	e.search = nil
	delete(s.busy, e.style.hash)
	e.noteRead()
	e.change()
	close(q.done)
}

// noteRead notes that the store was read. Stylist.mu is held.
func (e *entry) noteRead() {
	if !e.wasRead {
		e.wasRead = true
		close(e.read)
	}
}

// find reads the store, and asks a model if it must. A sheet of a second provider is replaced by
// one of the first only in a later search, so that a restart asks nobody.
func (s *Stylist) find(ctx context.Context, e *entry, q *search) error {
	before := s.madeFor(e)
	s.readStored(ctx, e)
	s.mu.Lock()
	now := e.made
	e.noteRead()
	s.mu.Unlock()
	var slot provider.Slot
	switch {
	case q.rewrite:
	case !q.asks || now != nil && (before == nil || s.isFirst(now)):
		return nil
	case now != nil:
		slot = provider.SlotA
	}
	if !s.enter(ctx, q.user) {
		return errFull
	}
	defer s.leave(q.user)
	q.asked = true
	err := s.ask(ctx, e, q.user, slot)
	if err != nil && ctx.Err() == nil {
		s.noteFailure(e, q.user, err)
	}
	return err
}

// madeFor returns the sheet of an entry, or nil.
func (s *Stylist) madeFor(e *entry) *made {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.made
}

// noteFailure counts and logs a question that gave no sheet.
func (s *Stylist) noteFailure(e *entry, username string, err error) {
	outcome := Failed
	switch {
	case errors.Is(err, provider.ErrBudget):
		outcome = Spent
		s.noteSpent(e, username)
	case errors.Is(err, errRefused):
		outcome = Refused
	}
	s.cfg.Observer.Sheet(outcome)
	s.warn("no model has written the lines of a style", err)
}

// warn logs a failure, at most one a minute. The errors of a chain have neither keys nor texts.
func (s *Stylist) warn(message string, err error) {
	s.report.Do(func() { s.cfg.Log.Warn(message, "err", err) })
}

// enter waits for a slot. It returns false at once if the queue is full, and when ctx ends.
func (s *Stylist) enter(ctx context.Context, username string) bool {
	key := briefing.NameKey(username)
	s.mu.Lock()
	if s.asking >= s.cfg.Parallel+s.cfg.Queue || key != "" && s.askedBy[key] >= maxOfUser {
		s.mu.Unlock()
		return false
	}
	s.asking++
	s.askedBy[key]++
	s.mu.Unlock()
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		s.forget(key)
		return false
	}
}

// leave releases a slot.
func (s *Stylist) leave(username string) {
	<-s.slots
	s.forget(briefing.NameKey(username))
}

// forget takes a search out of the counts of asked and waiting ones.
func (s *Stylist) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asking--
	if s.askedBy[key]--; s.askedBy[key] == 0 {
		delete(s.askedBy, key)
	}
}
