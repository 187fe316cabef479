package wording_test

import (
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
