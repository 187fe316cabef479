package wording_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
)

// inZones returns the input of a run that counted in two zones.
func inZones(first, second []briefing.ObjectCount) pipeline.CaptionInput {
	in := people(0)
	in.Facts.Counts = nil
	for zone, list := range [][]briefing.ObjectCount{first, second} {
		for _, c := range list {
			c.Zone = []string{"a", "b"}[zone]
			in.Facts.Counts = append(in.Facts.Counts, c)
		}
	}
	return in
}

// A caption states the sums over the zones, as the caption of the same picture without zones.
func TestTemplate_sums_over_zones(t *testing.T) {
	t.Parallel()
	person := func(n int) briefing.ObjectCount { return thing(briefing.Person, n) }
	for _, style := range styles() {
		for _, c := range []struct{ zoned, plain pipeline.CaptionInput }{
			{inZones([]briefing.ObjectCount{person(2)}, []briefing.ObjectCount{person(3)}), people(5)},
			{inZones([]briefing.ObjectCount{person(0)}, []briefing.ObjectCount{person(0)}), people(0)},
			{
				inZones([]briefing.ObjectCount{person(1), thing("bottle", 2)}, []briefing.ObjectCount{person(0), thing("bottle", 3), thing("chair", 1)}),
				people(1, thing("bottle", 5), thing("chair", 1)),
			},
		} {
			got, want := wording.Template(c.zoned, style), wording.Template(c.plain, style)
			if got != want {
				t.Errorf("%+v: %q, want %q", c.zoned.Facts.Counts, got, want)
			}
		}
	}
}

// A model may state the sum and no count of one zone.
func TestCaption_of_a_model_states_the_sum_of_zones(t *testing.T) {
	t.Parallel()
	in := inZones([]briefing.ObjectCount{thing(briefing.Person, 2)}, []briefing.ObjectCount{thing(briefing.Person, 3)})
	right, wrong := `{"caption":"매장에 손님 5명이 있습니다."}`, `{"caption":"매장에 손님 2명이 있습니다."}`
	if got := caption(t, newWording(t, says(right), nil), in); got.Source != "fake-1" {
		t.Errorf("the sum is refused: %+v", got)
	}
	got := caption(t, newWording(t, says(wrong), nil), in)
	if got.Source != wording.SourceTemplate || !strings.Contains(got.Text, "5") {
		t.Errorf("the count of a zone is accepted: %+v", got)
	}
}

// People who walk from one zone to another are a change, although their sum stays.
func TestTemplate_a_move_between_zones_is_a_change(t *testing.T) {
	t.Parallel()
	in := func(a, b int) pipeline.CaptionInput {
		return inZones([]briefing.ObjectCount{thing(briefing.Person, a)}, []briefing.ObjectCount{thing(briefing.Person, b)})
	}
	style := wording.DefaultStyle()
	moved, stayed := wording.Template(after(in(2, 1), in(1, 2)), style), wording.Template(after(in(1, 2), in(1, 2)), style)
	reordered := in(1, 2)
	slices.Reverse(reordered.Facts.Counts)
	if moved == stayed || wording.Template(after(reordered, in(1, 2)), style) != stayed {
		t.Errorf("moved %q, stayed %q", moved, stayed)
	}
}

// An unchanged run calls no model, whatever it counted, and nothing is degraded. Its words are those
// of the template for a steady picture, even if the run that it repeats saw movement.
func TestCaption_of_an_unchanged_run_calls_no_model(t *testing.T) {
	t.Parallel()
	for _, in := range []pipeline.CaptionInput{people(2), people(0), people(3, thing("bottle", 1)), estimated(people(1)), scene(briefing.SceneSteady)} {
		for _, c := range []*chat{says(`{"caption":"x"}`), {err: errors.New("status 503")}} {
			in = after(in, in)
			in.Unchanged = true
			want := pipeline.Caption{Text: wording.Template(in, wording.DefaultStyle()), Source: wording.SourceTemplate}
			if got := caption(t, newWording(t, c, nil), in); got != want || len(c.calls()) != 0 {
				t.Errorf("Caption = %+v after %d calls, want %+v and none", got, len(c.calls()), want)
			}
		}
	}
	steady := after(people(2), people(2))
	moving := steady
	moving.Facts.Scene, moving.Unchanged = briefing.SceneMoving, true
	for _, style := range styles() {
		m, s := wording.Template(moving, style), wording.Template(steady, style)
		if strings.Contains(m, "움직") || len(m) == 0 || len(s) == 0 {
			t.Errorf("%q, and of a steady picture %q", m, s)
		}
	}
}

// A report that states people over time says once that its figures are those of samples.
func TestReport_names_its_base_once(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]briefing.SummaryInput{
		"nobody came": shopDay(false, 0, 0), "a busy day": busyDay(), "one hour": shopDay(true, 2),
	} {
		for lang, base := range map[wording.Language]string{wording.Korean: "표본 기준", wording.English: "of the samples"} {
			if text := wording.Report(in, lang, seoul); strings.Count(text, base) != 1 {
				t.Errorf("%s: %q is not once in\n%s", name, base, text)
			}
		}
	}
}

// Detectors and callers choose the names of classes. A caption has no name that is a word for people,
// or that has a number in it.
func TestTemplate_names_no_class_that_speaks_of_people(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"손님 9명", "사람", "customer", "People", "3 men", "bottle2", "두 손님", "a.b", "병(9)"} {
		for _, style := range styles() {
			if got := wording.Template(people(1, thing(name, 1)), style); strings.Contains(got, name) || strings.Contains(got, "그 밖에") || strings.Contains(got, "Also") {
				t.Errorf("%q: %q", name, got)
			}
			in := people(0, thing(name, 2))
			in.Facts.Counts = in.Facts.Counts[1:]
			if got := wording.Template(in, style); strings.ContainsAny(got, "0123456789") || strings.Contains(got, "찾는 물건이") || strings.Contains(got, "None of") {
				t.Errorf("%q alone: %q", name, got)
			}
		}
	}
}
