package service_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/service"
)

// previewer answers with the style lines and the number of people, and records its calls.
type previewer struct {
	mu    sync.Mutex // guards calls
	calls [][]briefing.PreviewInput
	err   error
}

func (p *previewer) Preview(_ context.Context, in []briefing.PreviewInput) ([]string, []briefing.StyleNote, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, in)
	captions := make([]string, len(in))
	for i := range in {
		n, _ := in[i].Facts.People()
		captions[i] = fmt.Sprintf("%s %d", strings.Join(in[i].Custom, "|"), n)
	}
	return captions, []briefing.StyleNote{{Code: briefing.NoteSheetPending, Text: strings.Join(in[0].Custom, "|")}}, p.err
}

// taken returns the calls since the last one, that of the style first.
func (p *previewer) taken(style []string) [][]briefing.PreviewInput {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := p.calls
	p.calls = nil
	if len(calls) == 2 && !slices.Equal(calls[0][0].Custom, style) {
		slices.Reverse(calls) // both styles are asked at once
	}
	return calls
}

// withPreviewer gives the house a service with that previewer.
func (h *house) withPreviewer(limiter service.Limiter) *previewer {
	h.t.Helper()
	p := &previewer{}
	var err error
	h.Service, err = service.New(service.Config{
		Store: h.unreachable, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul,
		Limiter: limiter, Previewer: p,
	})
	h.ok(err)
	return p
}

// ran stores the report of a tick with these facts.
func (h *house) ran(req briefing.Request, tick int64, f briefing.Facts, degraded briefing.Degraded) briefing.Briefing {
	h.t.Helper()
	stored, err := h.store.Request(h.t.Context(), req.ID)
	h.ok(err)
	b, err := h.store.Append(h.t.Context(), briefing.Append{RequestID: req.ID, Owner: stored.Owner, Tick: tick, Briefing: briefing.Briefing{
		At: req.TickAt(tick), Caption: "x", Text: "x", Facts: f, Degraded: degraded, Source: "template",
	}})
	h.ok(err)
	return b
}

func TestPreviewStyle_writes_the_last_briefing_in_both_styles(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	p := h.withPreviewer(nil)
	stored := briefing.DefaultCustom()
	lines := []string{"영어로", "짧게"}
	req := h.start(input("kim"))
	preview := func(what string, want briefing.PreviewInput, samples ...briefing.Briefing) {
		t.Helper()
		got, err := h.PreviewStyle(t.Context(), nobody, "kim", lines)
		h.ok(err)
		n, _ := want.Facts.People()
		expected := briefing.StylePreview{
			Before: fmt.Sprintf("%s %d", strings.Join(stored, "|"), n), After: fmt.Sprintf("영어로|짧게 %d", n),
			Samples: []briefing.StyleSample{}, Notes: []briefing.StyleNote{{Code: briefing.NoteSheetPending, Text: "영어로|짧게"}},
		}
		for _, b := range samples {
			n, _ := b.Facts.People()
			expected.Samples = append(expected.Samples, briefing.StyleSample{Briefing: b, After: fmt.Sprintf("영어로|짧게 %d", n)})
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		calls := p.taken(stored)
		if want.At.IsZero() { // sample facts are of now
			if want.At = calls[0][0].At; time.Since(want.At) > time.Minute {
				t.Errorf("%s: the sample facts are of %v", what, want.At)
			}
		}
		inputs := [][]briefing.PreviewInput{{want}, {want}}
		for _, b := range samples {
			inputs[1] = append(inputs[1], briefing.PreviewInput{At: b.At, Facts: b.Facts, Degraded: b.Degraded})
		}
		for i, custom := range [][]string{stored, lines} {
			for k := range inputs[i] {
				inputs[i][k].Username, inputs[i][k].Custom = "kim", custom
			}
		}
		if diff := cmp.Diff(inputs, calls); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	sample := briefing.PreviewInput{Facts: briefing.Facts{
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}, Counted: true, Estimate: true, Scene: briefing.SceneSteady, Detector: "motion",
	}}
	preview("without a briefing", sample)
	h.add(req, "a note without facts")
	preview("with a note", sample)
	two := h.ran(req, 1, report.Facts, "")
	preview("with a briefing", briefing.PreviewInput{At: two.At, Facts: two.Facts}, two)
	away := h.ran(req, 2, briefing.Facts{Scene: briefing.SceneNone}, briefing.CameraOffline)
	h.add(req, "another note")
	last := briefing.PreviewInput{At: away.At, Facts: away.Facts, Degraded: briefing.CameraOffline}
	preview("with a camera that is away", last, away, two)
	h.start(input("kim"))
	preview("of the request before", last, away, two)
	u, err := h.User(t.Context(), nobody, "kim")
	h.ok(err)
	if cmp.Diff(stored, u.Custom) != "" {
		t.Errorf("a preview has stored the lines %q", u.Custom)
	}
	got, err := h.PreviewStyle(t.Context(), nobody, "kim", stored)
	h.ok(err)
	if calls := p.taken(stored); got.Before != got.After || len(calls) != 1 {
		t.Errorf("equal styles: %+v by %d calls", got, len(calls))
	}
	_, err = h.PreviewStyle(t.Context(), nobody, "kim", nil)
	h.ok(err)
}

func TestPreviewStyle_refusals(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	limiter := &strict{}
	p := h.withPreviewer(limiter)
	_, err := h.PreviewStyle(t.Context(), nobody, "nobody", []string{"a"})
	h.is("an unknown user", err, briefing.ErrNotFound)
	h.start(input("kim"))
	limiter.asked = nil
	for _, lines := range [][]string{
		make([]string, 11), {strings.Repeat("가", 201)}, {"a\nb"}, {"\u202e"}, {"a\u2028b"}, {"\xff"},
	} {
		_, err := h.PreviewStyle(t.Context(), nobody, "kim", lines)
		invalid, ok := errors.AsType[*briefing.InvalidError](err)
		if !ok || invalid.Field != "lines" {
			t.Errorf("%q: %v, want a refusal of the lines", lines, err)
		}
	}
	if len(limiter.asked) != 0 || len(p.calls) != 0 {
		t.Errorf("refused calls are counted: %q, %d calls", limiter.asked, len(p.calls))
	}
	limiter.full = true
	_, err = h.PreviewStyle(t.Context(), nobody, "kim", []string{"a"})
	h.is("a preview too often", err, briefing.ErrRateLimited)
	if len(limiter.asked) != 1 || limiter.asked[0] != "preview kim" {
		t.Errorf("asked %q", limiter.asked)
	}
	limiter.full = false
	p.err = context.Canceled
	_, err = h.PreviewStyle(t.Context(), nobody, "kim", []string{"a"})
	h.is("a caller that has left", err, context.Canceled)
}
