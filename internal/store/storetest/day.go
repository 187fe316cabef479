package storetest

import (
	"fmt"
	"slices"
	"time"

	"bis/internal/briefing"
)

// days are the promises of DayBriefings and DayOccupancy.
var days = []promise{
	// The list has the briefings of all requests of the user whose time lies in the span, by time
	// and then by id. From is included, and To is not. Pages continue without gap or repetition.
	{"DayBriefings/pages_through_all_requests_of_the_user", func(h *fixture) {
		h.known(minsu.mixed)
		var want []briefing.Briefing
		for i, name := range []string{minsu.composed, minsu.decomposed, minsu.composed} {
			req := h.start(name) // ends the one before
			// Several requests have the same times, and later ids have earlier times.
			for _, minute := range []int{0, 3, 3, 1, 59, 60, -1, i} {
				b := fromOutside(req, fmt.Sprintf("%d 손님", minute))
				b.At = noon.Add(time.Duration(minute) * time.Minute)
				stored, err := h.AddBriefing(h.Context(), b)
				h.ok(err)
				if minute >= 0 && minute < 60 {
					want = append(want, stored)
				}
			}
		}
		h.append(h.start("lee"), 1) // another user's
		inOrder(want)
		q := briefing.DayQuery{Username: minsu.decomposed, From: noon, To: noon.Add(time.Hour)}
		for _, limit := range []int{1, 2, 7, len(want) - 1, len(want), 100} {
			got := h.day(q, briefing.DayFilter{}, limit, 1000)
			h.same(fmt.Sprintf("in pages of %d", limit), got, want)
		}
		q.CameraID = briefing.DefaultCamera
		h.same("of the camera", h.day(q, briefing.DayFilter{}, 5, 6), want)
		q.CameraID = "other"
		h.same("of another camera", len(h.day(q, briefing.DayFilter{}, 5, 6)), 0)
	}},
	// A briefing may have any time, whenever its request ran, and whatever became of its end.
	{"DayBriefings/of_any_time", func(h *fixture) {
		h.known("kim")
		years := func(n int) time.Time { return noon.AddDate(n, 0, 0) }
		add := func(req briefing.Request, at time.Time) briefing.Briefing {
			h.Helper()
			b := fromOutside(req, "x")
			b.At = at
			stored, err := h.AddBriefing(h.Context(), b)
			h.ok(err)
			return stored
		}
		want := map[int][]briefing.Briefing{}
		for i := range 3 {
			req := h.start("kim") // ends the one before
			want[0] = append(want[0], h.append(req, 1))
			for _, n := range []int{-9, 9, i} {
				want[n] = append(want[n], add(req, years(n)))
			}
			if i == 1 { // an end in the far future that is moved back
				h.move(req.ID, years(20), "12:00")
				want[19] = append(want[19], add(req, years(19)))
				h.move(req.ID, noon.Add(time.Hour), "13:00")
			}
		}
		for n, list := range want {
			inOrder(list)
			q := briefing.DayQuery{Username: "kim", From: years(n), To: years(n).Add(time.Hour)}
			h.same(fmt.Sprintf("after %d years", n), h.day(q, briefing.DayFilter{}, 2, 3), list)
			q.From, q.To = q.To, q.To.Add(time.Hour)
			h.same("an hour later", len(h.day(q, briefing.DayFilter{}, 2, 3)), 0)
		}
	}},
	// An unknown user is ErrNotFound, even if requests have that name.
	{"DayBriefings/of_an_unknown_user_are_ErrNotFound", func(h *fixture) {
		h.append(h.start("nobody"), 1)
		for _, name := range []string{"nobody", "\xff"} {
			q := briefing.DayQuery{Username: name, From: noon, To: noon.Add(time.Hour)}
			_, err := h.DayBriefings(h.Context(), q, briefing.DayPage{Limit: 5, Examine: 6})
			h.isKind("DayBriefings", err, briefing.ErrNotFound)
			_, err = h.DayOccupancy(h.Context(), q)
			h.isKind("DayOccupancy", err, briefing.ErrNotFound)
		}
		h.known("kim")
		q := briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)}
		h.same("of a user without briefings", len(h.day(q, briefing.DayFilter{}, 5, 6)), 0)
	}},
	// A filter selects by text, by what degraded the briefing, and by the counts before. The
	// briefing before may be of an earlier page, or from before the span.
	{"DayBriefings/filters", func(h *fixture) {
		h.known("kim")
		list := h.countsOf(h.start("kim"), 3, 3, -1, -1, 0, 2, 2)
		list = append(list, h.countsOf(h.start("kim"), 2, 2)...)
		inOrder(list)
		yes, no := true, false
		// The span begins at the second briefing of each request.
		q := briefing.DayQuery{Username: "kim", From: list[0].At.Add(time.Millisecond), To: noon.Add(time.Hour)}
		inSpan := slices.DeleteFunc(slices.Clone(list), func(b briefing.Briefing) bool { return b.At.Before(q.From) })
		for _, c := range []struct {
			name   string
			filter briefing.DayFilter
			want   func(b briefing.Briefing) bool
		}{
			{"text", briefing.DayFilter{Text: "CAFÉ 2"}, func(b briefing.Briefing) bool { return b.Caption == "Cafe\u0301 2" }},
			{"no such text", briefing.DayFilter{Text: "x%_"}, func(briefing.Briefing) bool { return false }},
			{"degraded", briefing.DayFilter{Degraded: &yes}, func(b briefing.Briefing) bool { return b.Degraded != "" }},
			{"not degraded", briefing.DayFilter{Degraded: &no}, func(b briefing.Briefing) bool { return b.Degraded == "" }},
			{"changed", briefing.DayFilter{Changed: &yes}, func(b briefing.Briefing) bool { return b.Tick == 3 || b.Tick == 5 || b.Tick == 6 }},
			{"unchanged", briefing.DayFilter{Changed: &no}, func(b briefing.Briefing) bool { return b.Tick != 3 && b.Tick != 5 && b.Tick != 6 }},
			{"both", briefing.DayFilter{Changed: &yes, Degraded: &yes}, func(b briefing.Briefing) bool { return b.Tick == 3 }},
		} {
			want := slices.DeleteFunc(slices.Clone(inSpan), func(b briefing.Briefing) bool { return !c.want(b) })
			for _, limit := range []int{1, 3, 50} {
				h.same(c.name, append([]briefing.Briefing{}, h.day(q, c.filter, limit, limit+1)...), append([]briefing.Briefing{}, want...))
			}
		}
		q.From = noon
		first := h.day(q, briefing.DayFilter{Changed: &yes}, 1, 2)[0]
		h.same("the first of a request is compared with no counts", first, list[0])
	}},
	// A page examines no more briefings than it may, and the next page continues there.
	{"DayBriefings/examines_no_more_than_it_may", func(h *fixture) {
		h.known("kim")
		list := h.countsOf(h.start("kim"), 1, 1, 1, 1, 1, 1, 1)
		q := briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)}
		page := briefing.DayPage{Limit: 2, Examine: 3, Filter: briefing.DayFilter{Text: "no such text"}}
		for _, c := range []struct {
			last int
			more bool
		}{{2, true}, {5, true}, {6, false}, {6, false}} {
			got, err := h.DayBriefings(h.Context(), q, page)
			h.ok(err)
			want := briefing.DayListing{Last: briefing.PositionOf(&list[c.last]), More: c.more}
			h.same("page", got, want)
			page.After = got.Last
		}
	}},
	// DayOccupancy counts the briefings in which people were counted, by quarters from the
	// beginning of the span. A briefing with several zones is one sample with their sum.
	{"DayOccupancy/counts_people_by_quarters", func(h *fixture) {
		h.known("kim")
		req := h.start("kim")
		add := func(at time.Time, f briefing.Facts) {
			h.Helper()
			b := fromOutside(req, "x")
			b.At, b.Facts = at, f
			_, err := h.AddBriefing(h.Context(), b)
			h.ok(err)
		}
		people := func(n int) briefing.Facts {
			return briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{{Name: "cat", Count: 9}, {Name: briefing.Person, Count: n}}}
		}
		q := briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)}
		add(noon.Add(-time.Millisecond), people(8))
		add(noon, people(1))
		add(noon.Add(15*time.Minute-time.Millisecond), people(4))
		add(noon.Add(time.Minute), briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{{Name: "cat", Count: 3}}})
		add(noon.Add(time.Minute), briefing.Facts{Scene: briefing.SceneDark})
		add(noon.Add(time.Minute), briefing.Facts{})
		add(noon.Add(15*time.Minute), people(0))
		add(noon.Add(30*time.Minute), inZones(2, 3))
		add(noon.Add(31*time.Minute), inZones(0, 0, 1))
		req = h.start("kim")
		add(noon.Add(time.Hour-time.Millisecond), people(2))
		add(noon.Add(time.Hour), people(8))
		want := []briefing.Occupancy{{Samples: 2, People: 5}, {Samples: 1}, {Samples: 2, People: 6}, {Samples: 1, People: 2}}
		got, err := h.DayOccupancy(h.Context(), q)
		h.ok(err)
		h.same("occupancy", got, want)
		q.CameraID = "other"
		got, err = h.DayOccupancy(h.Context(), q)
		h.ok(err)
		h.same("of another camera", got, make([]briefing.Occupancy, 4))
		q.CameraID, q.To = briefing.DefaultCamera, noon.Add(16*time.Minute)
		got, err = h.DayOccupancy(h.Context(), q)
		h.ok(err)
		h.same("of a span that ends in a quarter", got, want[:2])
	}},
}

// day reads all pages of a query.
func (h *fixture) day(
	q briefing.DayQuery, f briefing.DayFilter, limit, examine int,
) (all []briefing.Briefing) {
	h.Helper()
	page := briefing.DayPage{Filter: f, Limit: limit, Examine: examine}
	for more := true; more; {
		got, err := h.DayBriefings(h.Context(), q, page)
		h.ok(err)
		if got.More && got.Last.Compare(page.After) <= 0 || len(got.Briefings) > limit {
			h.Fatalf("a page of %d after %v: %+v", limit, page.After, got)
		}
		all, page.After, more = append(all, got.Briefings...), got.Last, got.More
	}
	return all
}

// countsOf appends ticks with these numbers of people; below 0 nothing is counted, and the briefing
// is degraded.
func (h *fixture) countsOf(req briefing.Request, people ...int) (list []briefing.Briefing) {
	h.Helper()
	for i, n := range people {
		a := runOf(req, int64(i+1))
		a.Briefing.Caption = fmt.Sprintf("Cafe\u0301 %d", n)
		a.Briefing.Text = briefing.Text(a.Briefing.At, time.UTC, a.Briefing.Caption)
		a.Briefing.Facts.Counts[0].Count = n
		if n < 0 {
			a.Briefing.Facts, a.Briefing.Degraded = briefing.Facts{Scene: briefing.SceneNone}, briefing.CameraOffline
		}
		b, err := h.Append(h.Context(), a)
		h.ok(err)
		list = append(list, b)
	}
	return list
}

// inOrder sorts briefings as a day lists them.
func inOrder(list []briefing.Briefing) {
	slices.SortFunc(list, func(a, b briefing.Briefing) int {
		return briefing.PositionOf(&a).Compare(briefing.PositionOf(&b))
	})
}
