package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/service"
)

// stylist records its calls. Its sheet has the style in its notes.
type stylist struct {
	mu        sync.Mutex // guards calls
	calls     []string
	providers []briefing.Provider
	err       error
}

func (s *stylist) record(what, username string, custom []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what+" "+username+": "+strings.Join(custom, "|"))
}

func (s *stylist) Prepare(username string, custom []string) { s.record("prepare", username, custom) }

func (s *stylist) Notes(custom []string) []briefing.StyleNote {
	return []briefing.StyleNote{{Code: briefing.NoteNotMeasured, Text: strings.Join(custom, "|"), Line: len(custom)}}
}

func (s *stylist) StyleSheet(_ context.Context, username string, custom []string) (briefing.StyleSheet, error) {
	s.record("sheet", username, custom)
	return briefing.StyleSheet{Verdict: briefing.VerdictPending, Language: "en", Notes: s.Notes(custom)}, s.err
}

func (s *stylist) Rewrite(_ context.Context, username string, custom []string) (briefing.StyleSheet, error) {
	s.record("rewrite", username, custom)
	return briefing.StyleSheet{Verdict: briefing.VerdictStyleSheet, Language: "en", Notes: s.Notes(custom)}, s.err
}

func (s *stylist) Providers() []briefing.Provider { return s.providers }

// asked fails unless the stylist got these calls since the last time.
func (h *house) asked(s *stylist, want ...string) {
	h.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.calls, want) {
		h.t.Errorf("the stylist got %q, want %q", s.calls, want)
	}
	s.calls = nil
}

// withStylist gives the house a service with a stylist that has a provider.
func (h *house) withStylist(limiter service.Limiter, policy briefing.Policy) *stylist {
	h.t.Helper()
	s := &stylist{providers: []briefing.Provider{{ID: "a.example", Model: "m"}}}
	var err error
	h.Service, err = service.New(service.Config{
		Store: h.unreachable, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul,
		Limiter: limiter, Policy: policy, Stylist: s,
	})
	h.ok(err)
	return s
}

var defaultLines = strings.Join(briefing.DefaultCustom(), "|")

// The sheet of a style is asked for when a style is saved, and at a start.
func TestStyle_is_prepared(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	s := h.withStylist(nil, nil)
	ctx := t.Context()
	_, _, err := h.Login(ctx, nobody, "kim")
	h.ok(err)
	h.asked(s, "prepare kim: "+defaultLines)
	_, _, err = h.Login(ctx, nobody, "kim")
	h.ok(err)
	h.asked(s)
	_, err = h.UpdateCustom(ctx, nobody, " kim", []string{"a", "b"})
	h.ok(err)
	h.asked(s, "prepare kim: a|b")
	_, err = h.UpdateOldCustom(ctx, nobody, "kim", []string{"c\u2028d"})
	h.ok(err)
	h.asked(s, "prepare kim: c\u2028d")
	_, err = h.UpdateCustom(ctx, nobody, "nobody", []string{"a"})
	h.is("an unknown user", err, briefing.ErrNotFound)
	_, err = h.UpdateCustom(ctx, nobody, "kim", []string{"a\nb"})
	h.is("a wrong line", err, briefing.ErrInvalid)
	h.asked(s)
	in := input("kim")
	in.Key = "k"
	h.start(in)
	h.asked(s, "prepare kim: c\u2028d")
	h.start(in) // continues
	h.asked(s)
	h.start(input("lee")) // a new user
	h.asked(s, "prepare lee: "+defaultLines)
	start := input("park")
	h.watch(service.WatchQuery{Start: &start})
	h.asked(s, "prepare park: "+defaultLines)
	s.providers = nil
	h.start(input("choi"))
	h.asked(s) // nobody writes a sheet
}

func TestSaveStyle(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	s := h.withStylist(nil, nil)
	h.start(input("kim"))
	h.asked(s, "prepare kim: "+defaultLines)
	u, notes, err := h.SaveStyle(t.Context(), nobody, "kim", []string{"공손하게", "성별도"})
	h.ok(err)
	h.asked(s, "prepare kim: 공손하게|성별도")
	want := []briefing.StyleNote{{Code: briefing.NoteNotMeasured, Text: "공손하게|성별도", Line: 2}}
	if diff := cmp.Diff(want, notes); diff != "" || !slices.Equal(u.Custom, []string{"공손하게", "성별도"}) {
		t.Errorf("%q (-want +got):\n%s", u.Custom, diff)
	}
	stored, err := h.User(t.Context(), nobody, "kim")
	h.ok(err)
	if !slices.Equal(stored.Custom, u.Custom) {
		t.Errorf("stored %q, want %q", stored.Custom, u.Custom)
	}
	u, _, err = h.SaveStyle(t.Context(), nobody, "kim", nil)
	h.ok(err)
	if u.Custom == nil || len(u.Custom) > 0 {
		t.Errorf("no lines are stored as %#v, want an empty list", u.Custom)
	}
	s.calls = nil
	_, _, err = h.SaveStyle(t.Context(), nobody, "nobody", nil)
	h.is("an unknown user", err, briefing.ErrNotFound)
	_, _, err = h.SaveStyle(t.Context(), nobody, "kim", []string{"a\u2028b"})
	if invalid, ok := errors.AsType[*briefing.InvalidError](err); !ok || invalid.Field != "lines" {
		t.Errorf("a wrong line: %v, want a refusal of the lines", err)
	}
	h.asked(s)
}

func TestStyleSheet_and_RewriteStyle(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	limiter := &strict{}
	s := h.withStylist(limiter, nil)
	ctx := t.Context()
	h.start(input("kim"))
	s.calls, limiter.asked = nil, nil
	sheet, err := h.StyleSheet(ctx, nobody, " kim ")
	h.ok(err)
	h.asked(s, "sheet kim: "+defaultLines)
	if sheet.Verdict != briefing.VerdictPending || len(sheet.Notes) != 1 {
		t.Errorf("%+v", sheet)
	}
	if len(limiter.asked) > 0 {
		t.Errorf("reading a sheet counts as %q", limiter.asked)
	}
	sheet, err = h.RewriteStyle(ctx, nobody, "kim")
	h.ok(err)
	h.asked(s, "rewrite kim: "+defaultLines)
	if sheet.Verdict != briefing.VerdictStyleSheet || !slices.Equal(limiter.asked, []string{"preview kim"}) {
		t.Errorf("%+v, counted as %q", sheet, limiter.asked)
	}
	_, err = h.StyleSheet(ctx, nobody, "nobody")
	h.is("the sheet of an unknown user", err, briefing.ErrNotFound)
	_, err = h.RewriteStyle(ctx, nobody, "nobody")
	h.is("an unknown user", err, briefing.ErrNotFound)
	if len(limiter.asked) != 1 {
		t.Errorf("an unknown user counts: %q", limiter.asked)
	}
	limiter.full = true
	_, err = h.RewriteStyle(ctx, nobody, "kim")
	h.is("too often", err, briefing.ErrRateLimited)
	h.asked(s)
	limiter.full, s.err = false, context.Canceled
	_, err = h.RewriteStyle(ctx, nobody, "kim")
	h.is("a caller that has left", err, context.Canceled)
}

// Without a stylist built-in lines speak, and nothing fails.
func TestStyle_without_a_stylist(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ctx := t.Context()
	h.start(input("kim"))
	_, notes, err := h.SaveStyle(ctx, nobody, "kim", []string{"a"})
	h.ok(err)
	want := briefing.StyleSheet{Verdict: briefing.VerdictBuiltIn, Language: "ko", BuiltIn: "polite"}
	sheet, err := h.StyleSheet(ctx, nobody, "kim")
	h.ok(err)
	again, err := h.RewriteStyle(ctx, nobody, "kim")
	h.ok(err)
	if diff := cmp.Diff([]briefing.StyleSheet{want, want}, []briefing.StyleSheet{sheet, again}); diff != "" || len(notes) > 0 {
		t.Errorf("notes %v, (-want +got):\n%s", notes, diff)
	}
	if list := h.Providers(ctx, nobody); len(list) > 0 {
		t.Errorf("providers %+v", list)
	}
}

// No use case of styles answers for another user.
func TestStyle_of_another_user(t *testing.T) {
	t.Parallel()
	h := open(t, forbid{})
	s := h.withStylist(&strict{full: true}, forbid{})
	ctx := t.Context()
	_, _, err := h.SaveStyle(ctx, nobody, "kim", []string{"a\nb"})
	h.is("SaveStyle", err, briefing.ErrForbidden)
	_, err = h.StyleSheet(ctx, nobody, "kim")
	h.is("StyleSheet", err, briefing.ErrForbidden)
	_, err = h.RewriteStyle(ctx, nobody, "kim")
	h.is("RewriteStyle", err, briefing.ErrForbidden)
	day := briefing.Date{Year: 2026, Month: 11, Day: 26}
	_, err = h.Usage(ctx, nobody, "kim", day, day)
	h.is("Usage", err, briefing.ErrForbidden)
	h.asked(s)
	if list := h.Providers(ctx, nobody); len(list) != 1 { // everybody may know them
		t.Errorf("providers %+v", list)
	}
}
