package summary_test

import (
	"testing"

	"bis/internal/briefing"
)

// A briefing of several zones is one sample with the sum of their people. It is unchanged if each
// zone is, in any order.
func TestFigures_over_zones(t *testing.T) {
	t.Parallel()
	zones := func(counts ...briefing.ObjectCount) []briefing.ObjectCount {
		for i := range counts {
			counts[i].Name = briefing.Person
		}
		return counts
	}
	list := samples(0, 0, 0, 0, 0)
	for i, counts := range [][]briefing.ObjectCount{
		zones(briefing.ObjectCount{Zone: "a", Count: 1}, briefing.ObjectCount{Zone: "b", Count: 2}),
		zones(briefing.ObjectCount{Zone: "b", Count: 2}, briefing.ObjectCount{Zone: "a", Count: 1}), // unchanged
		zones(briefing.ObjectCount{Zone: "a", Count: 2}, briefing.ObjectCount{Zone: "b", Count: 1}),
		zones(briefing.ObjectCount{Zone: "a", Count: 0}, briefing.ObjectCount{Zone: "b", Count: 0}),
		zones(briefing.ObjectCount{Zone: "a", Count: 4}, briefing.ObjectCount{Zone: "b", Count: 0}),
	} {
		list[i].Facts.Counts = counts
	}
	f := figures(briefing.Request{Interval: 60}, list)
	if f.Counted != 5 || f.Occupied != 4 || f.Unchanged != 1 || f.Peak != 4 || !f.PeakAt.Equal(at(4)) || f.Mean() != 2.6 || f.Empty.Samples != 1 {
		t.Errorf("figures %+v, mean %v", f, f.Mean())
	}
}
