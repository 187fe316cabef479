package storetest

import (
	"fmt"
	"time"

	"bis/internal/briefing"
)

// repeats are the promises of briefings that repeat an earlier run, and of counts by zones.
var repeats = []promise{
	// Unchanged is stored, and every read and the feed return it.
	{"Append/stores_unchanged_and_every_read_returns_it", func(h *fixture) {
		h.known("kim")
		req := h.start("kim")
		f := h.feed()
		first := h.append(req, 1)
		second := h.appendUnchanged(req, 2)
		outside := fromOutside(req, "x")
		outside.Unchanged = true
		beside, err := h.AddBriefing(h.Context(), outside)
		h.ok(err)
		want := []briefing.Briefing{first, second, beside}
		h.same("answers", []bool{first.Unchanged, second.Unchanged, beside.Unchanged}, []bool{false, true, true})
		h.same("Briefings", h.all(req.ID), want)
		var told []briefing.Briefing
		for _, c := range h.nextChanges(f, len(want)) {
			told = append(told, c.Briefing)
		}
		h.same("feed", told, want)
		later, err := h.CatchUp(h.Context(), []briefing.Position{{RequestID: req.ID}}, 9)
		h.ok(err)
		h.same("CatchUp", later[req.ID], want)
		inOrder(want)
		q := briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)}
		h.same("DayBriefings", h.day(q, briefing.DayFilter{}, 2, 3), want)
		read, _, err := h.Briefing(h.Context(), second.ID)
		h.ok(err)
		h.same("Briefing", read, second)
		marked, _, err := h.ReportBriefing(h.Context(), second.ID, briefing.Mark{Wrong: true})
		h.ok(err)
		h.same("ReportBriefing", marked.Unchanged, true)
	}},
	// Unchanged of the counts is the number of done ticks whose briefing is unchanged. A briefing
	// of no tick is none of them, a refused one adds nothing, and a gap is not part of it.
	{"Append/counts_unchanged_ticks", func(h *fixture) {
		req := h.start("kim")
		h.appendUnchanged(req, 1)
		h.same("the first", h.request(req.ID).Ticks, briefing.TickCounts{Done: 1, Unchanged: 1})
		h.append(req, 2)
		h.same("a changed one", h.request(req.ID).Ticks, briefing.TickCounts{Done: 2, Unchanged: 1})
		outside := fromOutside(req, "x")
		outside.Unchanged = true
		_, err := h.AddBriefing(h.Context(), outside)
		h.ok(err)
		h.same("one from outside", h.request(req.ID).Ticks, briefing.TickCounts{Done: 2, Unchanged: 1})
		h.appendUnchanged(req, 5)
		want := briefing.TickCounts{Done: 3, Missed: 2, Unchanged: 2}
		h.same("one after a gap", h.request(req.ID).Ticks, want)
		again := runOf(req, 5)
		again.Briefing.Unchanged = true
		_, err = h.Append(h.Context(), again)
		h.isKind("the same tick", err, briefing.ErrConflict)
		h.same("the same tick", h.request(req.ID).Ticks, want)
	}},
	// Of simultaneous appends of an unchanged tick one is counted.
	{"Append/counts_an_unchanged_tick_once_whatever_races", func(h *fixture) {
		req := h.start("kim")
		for tick := int64(1); tick <= 5; tick++ {
			concurrently(h, 4, func(int) (error, error) {
				a := runOf(req, tick)
				a.Briefing.Unchanged = true
				_, err := h.Append(h.Context(), a)
				return err, nil
			})
		}
		h.same("counts", h.request(req.ID).Ticks, briefing.TickCounts{Done: 5, Unchanged: 5})
	}},
	// Every read of a request, its moves and its end return the count and leave it as it is.
	{"EndRequest/leaves_the_unchanged_ticks", func(h *fixture) {
		h.known("kim")
		req := h.start("kim")
		h.appendUnchanged(req, 1)
		h.append(req, 2)
		h.appendUnchanged(req, 3)
		want := briefing.TickCounts{Done: 3, Unchanged: 2}
		h.same("MoveEnd", h.move(req.ID, noon.Add(time.Hour), "13:00").Ticks, want)
		active, err := h.ActiveRequest(h.Context(), "kim")
		h.ok(err)
		list, _, err := h.Requests(h.Context(), "kim", "", 1)
		h.ok(err)
		states, err := h.RequestStates(h.Context(), []briefing.RequestID{req.ID})
		h.ok(err)
		state, err := h.SummaryState(h.Context(), req.ID)
		h.ok(err)
		h.same("reads", []any{active.Ticks, list[0].Ticks, states[req.ID].Ticks, state.Request.Ticks},
			[]any{want, want, want, want})
		f := h.feed()
		ended := h.end(req, req.TickAt(5))
		want.Missed = 2
		h.same("EndRequest", ended.Ticks, want)
		h.same("Request", h.request(req.ID).Ticks, want)
		h.same("feed", h.nextChanges(f, 1)[0].Request.Ticks, want)
	}},
	// A start replaces a request and leaves its count, and the new request begins with none.
	{"StartRequest/begins_without_unchanged_ticks", func(h *fixture) {
		req := h.start("kim")
		h.appendUnchanged(req, 1)
		next := h.startAs(order("kim"))
		h.same("the new one", next.Request.Ticks, briefing.TickCounts{})
		h.same("the replaced one", next.Replaced.Ticks.Unchanged, 1)
	}},
	// A briefing changes if the counts of a class in a zone do, whatever their order.
	{"DayBriefings/filters_changes_by_zone", func(h *fixture) {
		h.known("kim")
		req := h.start("kim")
		var list []briefing.Briefing
		for i, f := range []briefing.Facts{inZones(1, 2), inZones(1, 2), inZones(2, 1), inZones(2, 1), inZones(3)} {
			a := runOf(req, int64(i+1))
			a.Briefing.Facts = f
			b, err := h.Append(h.Context(), a)
			h.ok(err)
			list = append(list, b)
		}
		yes, no := true, false
		q := briefing.DayQuery{Username: "kim", From: noon, To: noon.Add(time.Hour)}
		h.same("changed", h.day(q, briefing.DayFilter{Changed: &yes}, 9, 10), []briefing.Briefing{list[0], list[2], list[4]})
		h.same("the others", h.day(q, briefing.DayFilter{Changed: &no}, 9, 10), []briefing.Briefing{list[1], list[3]})
	}},
}

// appendUnchanged stores the unchanged result of a tick, which must succeed.
func (h *fixture) appendUnchanged(req briefing.Request, tick int64) briefing.Briefing {
	h.Helper()
	a := runOf(req, tick)
	a.Briefing.Unchanged = true
	b, err := h.Append(h.Context(), a)
	h.ok(err)
	return b
}

// inZones returns facts with these numbers of people in zones, and a cat in each.
func inZones(people ...int) briefing.Facts {
	f := briefing.Facts{Counted: true}
	for i, n := range people {
		zone := fmt.Sprintf("zone %d", i)
		f.Counts = append(f.Counts, briefing.ObjectCount{Name: briefing.Person, Count: n, Zone: zone},
			briefing.ObjectCount{Name: "cat", Count: 1, Zone: zone})
	}
	return f
}
