package briefing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
)

// in returns a count of people in a zone.
func in(zone string, n int) briefing.ObjectCount {
	return briefing.ObjectCount{Name: briefing.Person, Count: n, Zone: zone}
}

func TestRequest_Stored_counts_unchanged_among_done(t *testing.T) {
	t.Parallel()
	was := briefing.TickCounts{Done: 2, Skipped: 1, Missed: 1, Unchanged: 1}
	for name, tt := range map[string]struct {
		n         int64
		skipped   int
		unchanged bool
		want      briefing.TickCounts
	}{
		"changed":             {5, 0, false, briefing.TickCounts{Done: 3, Skipped: 1, Missed: 1, Unchanged: 1}},
		"unchanged":           {5, 0, true, briefing.TickCounts{Done: 3, Skipped: 1, Missed: 1, Unchanged: 2}},
		"unchanged_after_gap": {8, 1, true, briefing.TickCounts{Done: 3, Skipped: 2, Missed: 3, Unchanged: 2}},
		"the_last_tick":       {4, 0, true, was},
		"an_earlier_tick":     {1, 1, true, was},
	} {
		req := briefing.Request{LastTick: 4, Ticks: was}
		if got := req.Stored(tt.n, tt.skipped, tt.unchanged); got != tt.want {
			t.Errorf("%s: Stored(%d, %d, %v) = %+v, want %+v", name, tt.n, tt.skipped, tt.unchanged, got, tt.want)
		}
	}
	req := briefing.Request{LastTick: 4, Ticks: was}
	want := briefing.TickCounts{Done: 2, Skipped: 1, Missed: 4, Unchanged: 1}
	if got := req.Settle(7, 0, 0); got != want {
		t.Errorf("Settle = %+v, want %+v", got, want)
	}
}

func TestFacts_count_over_zones(t *testing.T) {
	t.Parallel()
	cat := briefing.ObjectCount{Name: "cat", Count: 4}
	f := briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{in("a", 2), cat, in("b", 0), in("c", 3), cat}}
	if n, ok := f.People(); n != 5 || !ok {
		t.Errorf("People = %d, %v; want 5", n, ok)
	}
	want := []briefing.ObjectCount{{Name: briefing.Person, Count: 5}, {Name: "cat", Count: 8}}
	if diff := cmp.Diff(want, f.ByClass()); diff != "" {
		t.Errorf("ByClass (-want +got):\n%s", diff)
	}
	if got := (briefing.Facts{}).ByClass(); got != nil {
		t.Errorf("ByClass without counts = %#v, want nil", got)
	}
}

func TestFacts_CountedBy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		facts briefing.Facts
		want  briefing.CountMethod
	}{
		{briefing.Facts{}, ""},
		{briefing.Facts{Detector: "yolo"}, ""},
		{briefing.Facts{Counted: true}, ""},
		{briefing.Facts{Counted: true, Detector: briefing.DetectorMotion}, briefing.MethodMotion},
		{briefing.Facts{Counted: true, Estimate: true, Detector: "x"}, briefing.MethodMotion},
		{briefing.Facts{Counted: true, Detector: "yolo"}, briefing.MethodModel},
		{briefing.Facts{Counted: true, Detector: "yolo", Method: briefing.MethodHTTP}, briefing.MethodHTTP},
	} {
		if got := c.facts.CountedBy(); got != c.want {
			t.Errorf("CountedBy(%+v) = %q, want %q", c.facts, got, c.want)
		}
	}
}

func TestFacts_Measured_of_each_field(t *testing.T) {
	t.Parallel()
	for _, f := range []briefing.Facts{
		{Method: briefing.MethodModel}, {Boxes: []briefing.Box{{Name: briefing.Person}}}, {FrameID: "f"},
	} {
		if !f.Measured() {
			t.Errorf("%+v is not measured", f)
		}
	}
	if (briefing.Facts{Boxes: []briefing.Box{}}).Measured() {
		t.Error("an empty list of boxes is measured")
	}
}

func TestFacts_Size_grows_with_boxes(t *testing.T) {
	t.Parallel()
	f := briefing.Facts{}
	if f.Size() != 0 {
		t.Errorf("Size of nothing = %d", f.Size())
	}
	f.Boxes = make([]briefing.Box, briefing.MaxBoxes)
	if n := f.Size(); n < 80*briefing.MaxBoxes {
		t.Errorf("Size of %d boxes = %d", briefing.MaxBoxes, n)
	}
}

// The filter "changed" compares the counts of each class and zone, in any order.
func TestDayScan_changed_compares_zones(t *testing.T) {
	t.Parallel()
	list := [][]briefing.ObjectCount{
		{in("a", 1), in("b", 2)}, // the first one
		{in("b", 2), in("a", 1)}, // another order
		{in("a", 2), in("b", 1)}, // one person has gone to the other zone
		{in("a", 2), in("b", 1)},
		{in("a", 3)},
		{in("", 3)},
	}
	yes := true
	scan := briefing.NewDayScan(briefing.DayPage{Filter: briefing.DayFilter{Changed: &yes}, Limit: 9, Examine: 10})
	for i, counts := range list {
		scan.Add(briefing.Briefing{Tick: int64(i), RequestID: "r", Facts: briefing.Facts{Counted: true, Counts: counts}})
	}
	var got []int64
	for _, b := range scan.Listing().Briefings {
		got = append(got, b.Tick)
	}
	if diff := cmp.Diff([]int64{0, 2, 4, 5}, got); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}
