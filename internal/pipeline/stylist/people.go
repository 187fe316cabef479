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
	st := styleOf(custom)
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
	spent := false
	for _, day := range e.spent {
		spent = spent || day == s.today()
	}
	var codes []string
	switch {
	case errors.Is(last, provider.ErrBudget), e.made == nil && spent:
		codes = append(codes, briefing.NoteBudgetSpent)
	case last != nil, e.made == nil && s.stateOf(e, "").Degraded != "":
		codes = append(codes, briefing.NoteModelUnavailable)
	case e.made == nil:
		codes = append(codes, briefing.NoteSheetPending)
	}
	if e.made == nil && e.refused != "" || e.made != nil && e.made.stored.Refused != "" {
		codes = append(codes, briefing.NoteLinesRefused)
	}
	var notes []briefing.StyleNote
	for _, code := range codes {
		notes = append(notes, note(code, e.style.language))
	}
	return notes
}

// sentences are the texts of the notes on a state, by code and language.
var sentences = map[string]map[string]string{
	briefing.NoteSheetPending: {
		"ko": "모델이 이 말투의 문장을 쓰고 있습니다. 그동안은 기본 문장으로 알려 드립니다.",
		"en": "A model is writing the lines of this style. Built-in lines speak meanwhile.",
	},
	briefing.NoteModelUnavailable: {
		"ko": "모델이 답하지 않아 기본 문장으로 알려 드립니다. 잠시 뒤 다시 물어봅니다.",
		"en": "No model answered, so built-in lines speak. It is asked again in a while.",
	},
	briefing.NoteBudgetSpent: {
		"ko": "오늘 모델에 물을 수 있는 횟수를 다 써서 내일까지 기본 문장으로 알려 드립니다.",
		"en": "The requests to models of today are spent, so built-in lines speak until tomorrow.",
	},
	briefing.NoteLinesRefused: {
		"ko": "모델이 쓴 문장 일부는 측정한 것보다 많은 것을 말할 수 있어 쓰지 않습니다.",
		"en": "Some lines of the model are not used, because they could say more than was measured.",
	},
}

// note returns the note of a code.
func note(code, language string) briefing.StyleNote {
	return briefing.StyleNote{Code: code, Text: sentences[code][language]}
}

// StyleSheet implements briefing.Stylist.
func (s *Stylist) StyleSheet(
	ctx context.Context, username string, custom []string,
) (briefing.StyleSheet, error) {
	st := styleOf(custom)
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
	st := styleOf(custom)
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
				return shown, err // it says so itself
			}
			shown.Notes = append(shown.Notes, note(briefing.NoteSheetPending, st.language))
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
	st := styleOf(custom)
	styled := st.builtIn(briefing.VerdictBuiltIn)
	shown := briefing.StyleSheet{
		Language: st.language, BuiltIn: st.base, Notes: wording.Notes(custom, e != nil),
	}
	ref := ""
	if e != nil {
		s.mu.Lock()
		styled = s.stateOf(e, username)
		ref = e.refused
		if m := e.made; m != nil {
			usage := m.stored.Usage
			shown.Provider, shown.Model = m.stored.Key.Provider, m.stored.Key.Model
			shown.MadeAt, shown.Usage, ref = m.stored.MadeAt, &usage, m.stored.Refused
		}
		s.mu.Unlock()
		shown.Notes = append(shown.Notes, s.notes(e, last)...)
	}
	shown.Verdict, shown.Keys = styled.Verdict, wording.Lines(styled.Sheet)
	if ref == "" || s.cfg.Store == nil {
		return shown, nil
	}
	var err error
	shown.Refused, err = s.cfg.Store.Refused(ctx, []string{ref})
	return shown, err
}
