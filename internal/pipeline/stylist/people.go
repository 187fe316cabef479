package stylist

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/wording"
)

// rewriteWait is how long Rewrite waits for a new sheet.
const rewriteWait = 20 * time.Second

// Notes implements briefing.Stylist. It waits for the store as Styled does.
func (s *Stylist) Notes(custom []string) []briefing.StyleNote {
	notes := wording.Notes(custom, s.cfg.Chain != nil)
	if s.cfg.Chain == nil {
		return notes
	}
	st := s.styleOf(custom)
	s.mu.Lock()
	e, ok := s.entries.Peek(st.hash)
	s.mu.Unlock()
	if !ok {
		return notes
	}
	s.waitForStore(e)
	return append(notes, s.notes(e, nil)...)
}

// notes returns the notes on the state of a style. last is the error of a question that the caller
// has waited for.
func (s *Stylist) notes(e *entry, last error) []briefing.StyleNote {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.stateOf(e, "")
	for _, day := range e.spent {
		if e.made == nil && day == s.today() { // for the user of the question
			state.Verdict, state.Degraded = briefing.VerdictUnavailable, briefing.BudgetSpent
		}
	}
	notes := wording.StateNotes(state)
	if last != nil && e.made != nil {
		notes = append(notes, e.style.failed(last)...)
	}
	return notes
}

// failed returns the note on a question that gave no sheet, while an earlier sheet speaks.
func (st style) failed(err error) []briefing.StyleNote {
	state := st.builtIn(briefing.VerdictUnavailable)
	state.Degraded = briefing.ModelUnavailable
	if errors.Is(err, provider.ErrBudget) {
		state.Degraded = briefing.BudgetSpent
	}
	return wording.StateNotes(state)
}

// StyleSheet implements briefing.Stylist.
func (s *Stylist) StyleSheet(
	ctx context.Context, username string, custom []string,
) (briefing.StyleSheet, error) {
	st := s.styleOf(custom)
	if s.cfg.Chain == nil {
		return s.shown(ctx, username, custom, nil, nil)
	}
	s.mu.Lock()
	e := s.entry(st)
	q := e.search
	if !e.wasRead && q == nil {
		q = &search{user: username}
		s.start(e, q)
	}
	read, closed := e.wasRead, s.closed
	s.mu.Unlock()
	if !read && !closed && q != nil && q.done != nil {
		select {
		case <-e.read:
		case <-ctx.Done():
			return briefing.StyleSheet{}, ctx.Err()
		case <-s.done:
		}
	}
	return s.shown(ctx, username, custom, e, nil)
}

// Rewrite implements briefing.Stylist. A question that is asked already serves it too.
func (s *Stylist) Rewrite(
	ctx context.Context, username string, custom []string,
) (briefing.StyleSheet, error) {
	if s.cfg.Chain == nil {
		return s.shown(ctx, username, custom, nil, nil)
	}
	timer := time.NewTimer(rewriteWait)
	defer timer.Stop()
	st := s.styleOf(custom)
	for {
		e, q := s.startRewrite(username, st)
		if q == nil {
			return s.shown(ctx, username, custom, e, briefing.ErrUnavailable)
		}
		select {
		case <-q.done:
			if q.asked || q.rewrite {
				return s.shown(ctx, username, custom, e, q.err)
			} // it has only read the store
		case <-timer.C:
			shown, err := s.shown(ctx, username, custom, e, nil)
			if shown.MadeAt.IsZero() {
				return shown, err // its notes say that the sheet is pending
			}
			pending := st.builtIn(briefing.VerdictPending)
			shown.Notes = append(shown.Notes, wording.StateNotes(pending)...)
			return shown, err
		case <-ctx.Done():
			return briefing.StyleSheet{}, ctx.Err()
		}
	}
}

// startRewrite starts a question for a style, or joins the search that runs. The search is nil if
// none can start.
func (s *Stylist) startRewrite(username string, st style) (*entry, *search) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(st)
	if e.search == nil {
		s.start(e, &search{user: username, asks: true, rewrite: true})
	}
	return e, e.search
}

// shown returns a sheet for people. e is nil without a model. last is the error of a question that
// the caller has waited for.
func (s *Stylist) shown(
	ctx context.Context, username string, custom []string, e *entry, last error,
) (briefing.StyleSheet, error) {
	st := s.styleOf(custom)
	styled := st.builtIn(briefing.VerdictBuiltIn)
	shown := briefing.StyleSheet{
		Language: st.language, BuiltIn: st.base, Notes: wording.Notes(custom, e != nil),
	}
	ref := ""
	if e != nil {
		s.mu.Lock()
		styled = s.stateOf(e, username)
		ref = e.refused
		if usage := e.usage; usage != (briefing.Usage{}) {
			shown.Usage = &usage
		}
		if m := e.made; m != nil {
			usage := m.stored.Usage
			shown.Provider, shown.Model = m.stored.Key.Provider, m.stored.Key.Model
			shown.MadeAt, shown.Usage, ref = m.stored.MadeAt, &usage, m.stored.Refused
		}
		s.mu.Unlock()
		shown.Notes = append(shown.Notes, s.notes(e, last)...)
	}
	shown.Verdict, shown.Keys = styled.Verdict, wording.Lines(wording.Follow(styled.Sheet, custom))
	if ref == "" || s.cfg.Store == nil {
		return shown, nil
	}
	all, err := s.cfg.Store.Refused(ctx, []string{ref})
	shown.Refused = all[ref]
	return shown, err
}
