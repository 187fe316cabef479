package summary_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/summary"
)

// Each rule of advice applies from its threshold on and not below.
func TestAdvise_from_a_threshold_on(t *testing.T) {
	t.Parallel()
	many := func(n int, people ...int) (list []int) {
		for range n {
			list = append(list, people...)
		}
		return list
	}
	join := func(lists ...[]int) (all []int) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	quiet := many(60, 1) // the first hour, one person in each sample
	for _, c := range []struct {
		name   string
		people []int // a sample per minute from 14:00 in Seoul
		ticks  briefing.TickCounts
		want   briefing.Advice
	}{
		{"no samples", nil, briefing.TickCounts{}, briefing.Advice{}},
		{"one hour alone is no rush", quiet, briefing.TickCounts{},
			briefing.Advice{Busiest: briefing.Hour{Hour: 14, Samples: 60, People: 60, Peak: 1}}},
		{"a full moment is no rush", join(quiet, many(2, 9)), briefing.TickCounts{},
			briefing.Advice{Busiest: briefing.Hour{Hour: 15, Samples: 2, People: 18, Peak: 9}}},
		{"three full moments are", join(quiet, many(3, 9)), briefing.TickCounts{},
			briefing.Advice{Rush: true, Busiest: briefing.Hour{Hour: 15, Samples: 3, People: 27, Peak: 9}}},
		{"59 minutes without people", many(60, 0), briefing.TickCounts{}, briefing.Advice{}},
		{"an hour without people", many(61, 0), briefing.TickCounts{}, briefing.Advice{LongEmpty: true}},
		{"one of eleven is dark", join(many(10, offline), many(1, dark)), briefing.TickCounts{}, briefing.Advice{}},
		{"one of ten is dark", join(many(9, offline), many(1, dark)), briefing.TickCounts{}, briefing.Advice{OftenDark: true}},
		{"one of 21 ticks is lost", nil, briefing.TickCounts{Done: 20, Missed: 1}, briefing.Advice{}},
		{"one of 20 ticks is lost", nil, briefing.TickCounts{Done: 19, Skipped: 1}, briefing.Advice{OftenMissed: true}},
	} {
		tally := summary.NewTally(briefing.Request{Interval: 60, Ticks: c.ticks}, seoul)
		for _, b := range samples(c.people...) {
			tally.Add(b)
		}
		if diff := cmp.Diff(c.want, summary.Advise(tally.Figures())); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
	if got := summary.Advise(briefing.Figures{}); got != (briefing.Advice{}) {
		t.Errorf("without samples: %+v", got)
	}
}
