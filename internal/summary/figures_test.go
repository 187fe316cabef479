package summary_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/summary"
)

var seoul = time.FixedZone("KST", 9*3600)

// shopStart is when the samples of these tests begin: 14:00 in Seoul.
var shopStart = time.Date(2026, 2, 3, 14, 0, 0, 0, seoul).UTC()

// The special values of sample's n.
const (
	offline = -1 - iota
	unreadable
	dark
	changed
	outside // a note without facts
	refused
	stale
	frozen
	covered
)

// sample returns the briefing of a minute after shopStart, with n people or a special value of n.
func sample(minute, n int) briefing.Briefing {
	b := briefing.Briefing{
		Tick: int64(minute), At: shopStart.Add(time.Duration(minute) * time.Minute), Source: "template",
		Caption: fmt.Sprint("people ", n),
	}
	b.Text = briefing.Text(b.At, seoul, b.Caption)
	switch n {
	case offline:
		b.Degraded, b.Facts.Scene = briefing.CameraOffline, briefing.SceneNone
	case unreadable:
		b.Degraded, b.Facts.Scene = briefing.CameraUnreadable, briefing.SceneNone
	case refused:
		b.Degraded, b.Facts.Scene = briefing.CameraRefusing, briefing.SceneNone
	case stale:
		b.Degraded, b.Facts.Scene = briefing.CameraTooOld, briefing.SceneNone
	case frozen:
		b.Degraded, b.Facts.Scene = briefing.CameraStuck, briefing.SceneSteady
	case covered: // whatever the measures say of the scene
		b.Degraded, b.Facts.Health = briefing.CameraBlocked, &briefing.CameraHealth{State: briefing.CameraCovered}
	case dark:
		b.Facts.Scene = briefing.SceneDark
	case changed:
		b.Facts.Scene = briefing.SceneChanged
	case outside:
		b.Tick, b.Source = 0, "outside"
	default:
		b.Facts = briefing.Facts{Counted: true, Scene: briefing.SceneSteady,
			Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: n}}}
	}
	return b
}

// samples returns one sample per minute.
func samples(people ...int) []briefing.Briefing {
	list := make([]briefing.Briefing, len(people))
	for i, n := range people {
		list[i] = sample(i, n)
	}
	return list
}

func at(minute int) time.Time { return shopStart.Add(time.Duration(minute) * time.Minute) }

func span(from, to, n int) briefing.Span {
	return briefing.Span{From: at(from), To: at(to), Samples: n}
}

func TestTally_Figures(t *testing.T) {
	t.Parallel()
	req := briefing.Request{Interval: 60, Ticks: briefing.TickCounts{Done: 5, Missed: 1}}
	tests := map[string]struct {
		list []briefing.Briefing
		want briefing.Figures
	}{
		"nothing": {nil, briefing.Figures{}},
		"people_come_and_go": {samples(0, 0, 2, 2, 3, 0), briefing.Figures{
			Samples: 6, Counted: 6, Occupied: 3, Unchanged: 2, First: at(0), Last: at(5),
			Peak: 3, PeakAt: at(4), Hours: []briefing.Hour{{Hour: 14, Samples: 6, People: 7, Peak: 3}}, Empty: span(0, 1, 2),
		}},
		"camera_goes_twice": {samples(1, offline, unreadable, 1, offline, dark), briefing.Figures{
			Samples: 6, Counted: 2, Occupied: 2, Down: 3, Dark: 1, Spells: 2, First: at(0), Last: at(5),
			Peak: 1, PeakAt: at(0), Hours: []briefing.Hour{{Hour: 14, Samples: 2, People: 2, Peak: 1}}, DownSpan: span(1, 2, 2),
		}},
		"refused_and_stale_are_no_picture": {samples(1, refused, stale, 1), briefing.Figures{
			Samples: 4, Counted: 2, Occupied: 2, Down: 2, Spells: 1, First: at(0), Last: at(3),
			Peak: 1, PeakAt: at(0), Hours: []briefing.Hour{{Hour: 14, Samples: 2, People: 2, Peak: 1}}, DownSpan: span(1, 2, 2),
		}},
		"a_blind_camera_shows_no_empty_shop": {samples(0, frozen, covered, 0), briefing.Figures{
			Samples: 4, Counted: 2, Blind: 2, First: at(0), Last: at(3), PeakAt: at(0),
			Hours: []briefing.Hour{{Hour: 14, Samples: 2}}, Empty: span(0, 0, 1),
		}},
		"an_unseen_moment_ends_an_empty_stretch": {samples(0, 0, changed, 0, 0, 0), briefing.Figures{
			Samples: 6, Counted: 5, Unchanged: 3, First: at(0), Last: at(5), PeakAt: at(0),
			Hours: []briefing.Hour{{Hour: 14, Samples: 5}}, Empty: span(3, 5, 3),
		}},
		"a_hole_ends_an_empty_stretch": {[]briefing.Briefing{sample(0, 0), sample(2, 0), sample(30, 0)}, briefing.Figures{
			Samples: 3, Counted: 3, Unchanged: 2, First: at(0), Last: at(30), PeakAt: at(0),
			Hours: []briefing.Hour{{Hour: 14, Samples: 3}}, Empty: span(0, 2, 2),
		}},
		"a_note_from_outside_ends_nothing": {samples(0, outside, 0), briefing.Figures{
			Samples: 3, Counted: 2, Unchanged: 1, Notes: 1, First: at(0), Last: at(2), PeakAt: at(0),
			Hours: []briefing.Hour{{Hour: 14, Samples: 2}}, Empty: span(0, 2, 2),
		}},
		"hours_are_the_owners": {[]briefing.Briefing{sample(0, 1), sample(59, 2), sample(60, 4), sample(24*60, 3)}, briefing.Figures{
			Samples: 4, Counted: 4, Occupied: 4, First: at(0), Last: at(24 * 60), Peak: 4, PeakAt: at(60),
			Hours: []briefing.Hour{{Hour: 14, Samples: 3, People: 6, Peak: 3}, {Hour: 15, Samples: 1, People: 4, Peak: 4}},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.Ticks = req.Ticks
			if diff := cmp.Diff(tt.want, figures(req, tt.list)); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFigures_keep_estimates_and_models_in_mind(t *testing.T) {
	t.Parallel()
	list := samples(1, 1)
	list[1].Facts.Estimate = true
	list[1].Degraded = briefing.ModelUnavailable
	f := figures(briefing.Request{Interval: 60}, list)
	if !f.Estimate || f.ModelAway != 1 || f.Down != 0 {
		t.Errorf("figures = %+v, want an estimate and one sample without the model", f)
	}
}

func TestFigures_shares(t *testing.T) {
	t.Parallel()
	f := figures(briefing.Request{Interval: 60}, samples(0, 1, 1, 4))
	if f.OccupiedShare() != 0.75 || f.UnchangedShare() != 0.25 || f.Mean() != 1.5 || f.Hours[0].Mean() != 1.5 {
		t.Errorf("shares of %+v", f)
	}
	var none briefing.Figures
	if none.OccupiedShare() != 0 || none.UnchangedShare() != 0 || none.Mean() != 0 || !none.Eventless() {
		t.Error("no samples: the shares must be 0, and there was no event")
	}
}

func TestFigures_Eventless(t *testing.T) {
	t.Parallel()
	for want, lists := range map[bool][][]briefing.Briefing{
		true:  {samples(), samples(0, 0), samples(changed)},
		false: {samples(0, 1), samples(offline), samples(0, dark), samples(0, outside)},
	} {
		for _, list := range lists {
			f := figures(briefing.Request{}, list)
			if f.Eventless() != want {
				t.Errorf("Eventless of %d samples (%s …) = %v", len(list), textOf(list), !want)
			}
		}
	}
}

func textOf(list []briefing.Briefing) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].Caption
}

func TestTally_Captions(t *testing.T) {
	t.Parallel()
	texts := func(list []briefing.Briefing, at ...int) []string {
		out := []string{}
		for _, i := range at {
			out = append(out, list[i].Text)
		}
		return out
	}
	tests := map[string]struct {
		people []int
		want   []int // positions
	}{
		"nothing":                       {nil, nil},
		"one":                           {[]int{0}, []int{0}},
		"sameness_is_left_out":          {[]int{0, 0, 0, 2, 2, 2, 2}, []int{0, 3, 6}},
		"the_camera_goes_and_comes":     {[]int{0, offline, offline, 0, 0}, []int{0, 1, 3, 4}},
		"scenes":                        {[]int{0, dark, dark, changed, 0}, []int{0, 1, 3, 4}},
		"words_from_outside_are_news":   {[]int{0, outside, 0, 0}, []int{0, 1, 2, 3}},
		"outside_words_said_only_once":  {[]int{0, outside, outside, outside, 0}, []int{0, 1, 4}},
		"coming_and_going_of_one_guest": {[]int{1, 0, 1, 1, 0}, []int{0, 1, 2, 4}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := samples(tt.people...)
			if diff := cmp.Diff(texts(list, tt.want...), captions(list)); diff != "" {
				t.Errorf("captions(%v) (-want +got):\n%s", tt.people, diff)
			}
		})
	}
}

func TestTally_Captions_keeps_thirty_and_the_strongest(t *testing.T) {
	t.Parallel()
	var people []int
	for range 200 {
		people = append(people, 0, 1)
	}
	people[211] = 9
	list := samples(people...)
	got := captions(list)
	if len(got) != briefing.MaxCaptions {
		t.Fatalf("%d captions, want %d", len(got), briefing.MaxCaptions)
	}
	has := map[string]bool{}
	for i, text := range got {
		has[text] = true
		if i > 0 && text <= got[i-1] {
			t.Errorf("%q after %q: not oldest first", text, got[i-1])
		}
	}
	for _, i := range []int{0, 211, 212, len(list) - 1} {
		if !has[list[i].Text] {
			t.Errorf("%q is not among those with the most news", list[i].Text)
		}
	}
}

func TestTally_goes_on_after_an_answer(t *testing.T) {
	t.Parallel()
	list := samples(0, 0, 0, 3)
	tally := summary.NewTally(briefing.Request{Interval: 60}, seoul)
	for _, b := range list[:2] {
		tally.Add(b)
	}
	if got := len(tally.Captions()); got != 2 {
		t.Errorf("%d captions of two samples", got)
	}
	for _, b := range list[2:] {
		tally.Add(b)
	}
	if diff := cmp.Diff(captions(list), tally.Captions()); diff != "" {
		t.Errorf("captions (-at once +in two steps):\n%s", diff)
	}
	if f := tally.Figures(); f.Samples != 4 || f.Occupied != 1 {
		t.Errorf("figures = %+v", f)
	}
}

func BenchmarkTally(b *testing.B) {
	list := samples(0, 0, 1, 2, 2, 0, offline, 0)
	tally := summary.NewTally(briefing.Request{Interval: 60}, seoul)
	for i := 0; b.Loop(); i++ {
		tally.Add(list[i%len(list)])
	}
}

// tallied gives a list to a tally as the service does.
func tallied(req briefing.Request, list []briefing.Briefing) *summary.Tally {
	t := summary.NewTally(req, seoul)
	for _, b := range list {
		t.Add(b)
	}
	return t
}

func figures(req briefing.Request, list []briefing.Briefing) briefing.Figures {
	return tallied(req, list).Figures()
}

func captions(list []briefing.Briefing) []string { return tallied(briefing.Request{}, list).Captions() }
