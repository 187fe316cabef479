package service_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/service"
)

// previewer answers with the style lines, and records its inputs.
type previewer struct {
	mu  sync.Mutex // guards got
	got []briefing.PreviewInput
	err error
}

func (p *previewer) Preview(_ context.Context, in briefing.PreviewInput) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, in)
	return strings.Join(in.Custom, "|"), p.err
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
	preview := func(what string, want briefing.PreviewInput) {
		t.Helper()
		p.got = nil
		got, err := h.PreviewStyle(t.Context(), nobody, "kim", lines)
		h.ok(err)
		if want := (briefing.StylePreview{Before: strings.Join(stored, "|"), After: "영어로|짧게"}); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
		before, after := want, want
		before.Custom, after.Custom = stored, lines
		for _, in := range []*briefing.PreviewInput{&before, &after} {
			in.Username = "kim"
		}
		if want.At.IsZero() && len(p.got) == 2 { // a sample is of now
			if time.Since(p.got[0].At) > time.Minute {
				t.Errorf("%s: the sample is of %v", what, p.got[0].At)
			}
			before.At, after.At = p.got[0].At, p.got[1].At
		}
		if diff := cmp.Diff([]briefing.PreviewInput{before, after}, p.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	sample := briefing.PreviewInput{Facts: briefing.Facts{
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}, Counted: true, Estimate: true, Scene: briefing.SceneSteady, Detector: "motion",
	}}
	preview("without a briefing", sample)
	h.add(req, "a note without facts")
	preview("with a note", sample)
	b := h.ran(req, 1, report.Facts, "")
	preview("with a briefing", briefing.PreviewInput{At: b.At, Facts: b.Facts})
	b = h.ran(req, 2, briefing.Facts{Scene: briefing.SceneNone}, briefing.CameraOffline)
	h.add(req, "another note")
	preview("with a camera that is away", briefing.PreviewInput{At: b.At, Facts: b.Facts, Degraded: briefing.CameraOffline})
	h.start(input("kim"))
	preview("of the request before", briefing.PreviewInput{At: b.At, Facts: b.Facts, Degraded: briefing.CameraOffline})
	u, err := h.User(t.Context(), nobody, "kim")
	h.ok(err)
	if cmp.Diff(stored, u.Custom) != "" {
		t.Errorf("a preview has stored the lines %q", u.Custom)
	}
	p.got = nil
	got, err := h.PreviewStyle(t.Context(), nobody, "kim", stored)
	h.ok(err)
	if got.Before != got.After || len(p.got) != 1 {
		t.Errorf("equal styles: %+v by %d sentences", got, len(p.got))
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
	if len(limiter.asked) != 0 || len(p.got) != 0 {
		t.Errorf("refused calls are counted: %q, %d sentences", limiter.asked, len(p.got))
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
