package stylist

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// Times of the store.
const (
	storeTime = 5 * time.Second        // for a call
	closeTime = 500 * time.Millisecond // for a write that runs during Close
)

// body is a sheet in a store. It has the form of a model's answer, so that it is read, and its
// lines are checked, in the same way.
type body struct {
	Sheet       map[sheet.Key][]string `json:"sheet"`
	Counter     string                 `json:"counter,omitempty"`
	Numbers     string                 `json:"numbers,omitempty"`
	RefusedKeys []sheet.Key            `json:"refusedKeys,omitempty"` // without a good line
	Picked      bool                   `json:"picked,omitempty"`      // the owner named no model
}

// draft is a sheet that was just written.
type draft struct {
	style  style
	user   string
	answer provider.Answer // the first one
	got    reading
	usage  briefing.Usage
	ref    string // of the refused lines; empty: none
}

// keyOf returns the key of a style's sheet.
func keyOf(st style, provider, model string) briefing.SheetKey {
	return briefing.SheetKey{
		Style: st.hash, Provider: provider, Model: model, PromptVersion: sheet.PromptVersion,
	}
}

// finish stores a draft and makes it the sheet of its style. It speaks even if it cannot be stored.
func (s *Stylist) finish(ctx context.Context, e *entry, d draft) {
	var refused []sheet.Key
	for _, one := range d.got.empty() {
		if !slices.Contains(refused, one.Key) {
			refused = append(refused, one.Key)
		}
	}
	data, _ := json.Marshal(body{ // strings can always be encoded
		d.got.sheet.Lines, d.got.sheet.Counter, d.got.sheet.Numbers, refused, d.answer.Picked,
	})
	stored := briefing.StoredSheet{
		Key:  keyOf(d.style, d.answer.Provider, d.answer.Model),
		Body: data, Usage: d.usage, Refused: d.ref,
		MadeAt: s.madeAt(e),
	}
	s.publish(e, madeOf(d.style, stored, d.got.sheet, refused))
	s.saveRefused(ctx, d)
	if s.cfg.Store == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := s.cfg.Store.SaveSheet(ctx, stored); err != nil {
		s.warn("style sheet not stored", err)
	}
}

// madeAt returns the time of a sheet that was just written. It is not before that of the present
// sheet, even if the clock was fast then, so that the new sheet speaks.
func (s *Stylist) madeAt(e *entry) time.Time {
	now := s.cfg.Clock().UTC().Truncate(time.Millisecond)
	if m := s.madeFor(e); m != nil && now.Before(m.stored.MadeAt) {
		return m.stored.MadeAt.Add(time.Millisecond)
	}
	return now
}

// madeOf returns a sheet as it speaks.
func madeOf(st style, stored briefing.StoredSheet, lines sheet.Sheet, refused []sheet.Key) *made {
	lines.Language, lines.Base = st.language, st.base
	m := &made{stored: stored, styled: wording.Styled{
		Sheet: lines, Verdict: briefing.VerdictStyleSheet,
		Provider: stored.Key.Provider, Model: stored.Key.Model, PromptVersion: stored.Key.PromptVersion,
		Refused: stored.Refused, RefusedKeys: map[string]bool{},
	}}
	for _, key := range refused {
		m.styled.RefusedKeys[string(key)] = true
	}
	return m
}

// fromStored returns a stored sheet, or nil if it has no good line. The lines are checked anew, for
// the grammar may have changed.
func fromStored(st style, stored briefing.StoredSheet) *made {
	var b body
	got, err := read(string(stored.Body), st.language)
	if err != nil || json.Unmarshal(stored.Body, &b) != nil {
		return nil
	}
	return madeOf(st, stored, got.sheet, b.RefusedKeys)
}

// saveRefused stores the refused lines of a draft for the owner. The store cuts them.
func (s *Stylist) saveRefused(ctx context.Context, d draft) {
	if s.cfg.Store == nil || d.ref == "" {
		return
	}
	r := briefing.Refused{
		Ref: d.ref, Username: d.user, At: s.cfg.Clock().UTC().Truncate(time.Millisecond),
	}
	for _, one := range d.got.rejected {
		r.Texts = append(r.Texts, briefing.RefusedText{Key: string(one.Key), Text: one.Line, Rule: one.Rule})
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := s.cfg.Store.SaveRefused(ctx, r); err != nil {
		s.warn("refused lines not stored", err)
	}
}

// book adds the cost of a question to what the user's questions cost today. It also does so during
// Close.
func (s *Stylist) book(ctx context.Context, username string, u briefing.Usage) {
	if s.cfg.Store == nil || username == "" || u == (briefing.Usage{}) {
		return
	}
	write, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(closeTime, cancel) })()
	if err := s.cfg.Store.AddUsage(write, username, s.today(), u); err != nil {
		s.warn("usage not stored", err)
	}
}
