package storetest

import (
	"fmt"
	"time"

	"bis/internal/briefing"
)

// reads are the promises of the reading methods.
var reads = []promise{
	// A page has the briefings between After and Before, both exclusive, oldest first: the first
	// Limit of them, or the last Limit if Backward. more reports whether the stretch has more than
	// the limit.
	{"Briefings/pages_both_ways", func(h *fixture) {
		req := h.start("kim")
		ids := make([]briefing.BriefingID, 7)
		for i := range ids {
			ids[i] = h.append(req, int64(i+1)).ID
		}
		noise := h.start("lee") // another user's briefings must not appear
		h.append(noise, 1)
		for _, c := range []struct {
			name string
			s    briefing.Slice
			from int // the wanted page is ids[from:to]
			to   int
			more bool
		}{
			{"all", briefing.Slice{Limit: 7}, 0, 7, false},
			{"the first", briefing.Slice{Limit: 3}, 0, 3, true},
			{"the next", briefing.Slice{After: ids[2], Limit: 3}, 3, 6, true},
			{"the rest", briefing.Slice{After: ids[5], Limit: 3}, 6, 7, false},
			{"after the newest", briefing.Slice{After: ids[6], Limit: 3}, 0, 0, false},
			{"before one", briefing.Slice{Before: ids[2], Limit: 5}, 0, 2, false},
			{"between two", briefing.Slice{After: ids[1], Before: ids[5], Limit: 2}, 2, 4, true},
			{"an empty stretch", briefing.Slice{After: ids[3], Before: ids[3], Limit: 2}, 0, 0, false},
			{"the last", briefing.Slice{Limit: 3, Backward: true}, 4, 7, true},
			{"the last before one", briefing.Slice{Before: ids[4], Limit: 3, Backward: true}, 1, 4, true},
			{"backward to the first", briefing.Slice{Before: ids[2], Limit: 3, Backward: true}, 0, 2, false},
			{"backward between two", briefing.Slice{After: ids[1], Before: ids[5], Limit: 2, Backward: true}, 3, 5, true},
			{"backward, exactly all", briefing.Slice{Limit: 7, Backward: true}, 0, 7, false},
		} {
			list, more, err := h.Briefings(h.Context(), req.ID, c.s)
			h.ok(err)
			got := []briefing.BriefingID{}
			for _, b := range list {
				got = append(got, b.ID)
			}
			h.same(c.name, got, append([]briefing.BriefingID{}, ids[c.from:c.to]...))
			h.same(c.name+": more", more, c.more)
		}
	}},
	// For an unknown or malformed request Briefings returns an empty list and no error.
	{"Briefings/of_an_unknown_request_are_none", func(h *fixture) {
		for _, id := range []briefing.RequestID{unknownID, "", "x", "ZZ"} {
			list, more, err := h.Briefings(h.Context(), id, briefing.Slice{Limit: 5})
			h.ok(err)
			h.same(string(id), []any{len(list), more}, []any{0, false})
		}
	}},
	// The reads return ErrNotFound for a malformed id, for an unknown id, and for a user without
	// requests.
	{"Requests/malformed_and_unknown_ids_are_ErrNotFound", func(h *fixture) {
		for _, id := range []briefing.RequestID{unknownID, "", "x", "0123456789ABCDEF0123456Z", "가나다"} {
			_, err := h.Request(h.Context(), id)
			h.isKind(fmt.Sprintf("Request(%q)", id), err, briefing.ErrNotFound)
			_, err = h.RunState(h.Context(), id)
			h.isKind(fmt.Sprintf("RunState(%q)", id), err, briefing.ErrNotFound)
		}
		_, err := h.ActiveRequest(h.Context(), "nobody")
		h.isKind("ActiveRequest", err, briefing.ErrNotFound)
		_, err = h.LatestRequest(h.Context(), "nobody")
		h.isKind("LatestRequest", err, briefing.ErrNotFound)
	}},
	// Requests returns a user's requests newest first, page by page, each once.
	{"Requests/pages_newest_first", func(h *fixture) {
		h.known("kim")
		var want []briefing.Request
		for range 5 {
			want = append([]briefing.Request{h.start("kim")}, want...)
		}
		for i := range want {
			want[i] = h.request(want[i].ID) // later starts have ended all but the newest
		}
		h.start("lee")
		// Five requests in pages of two: the last page is shorter.
		var got []briefing.Request
		for after, more := briefing.RequestID(""), true; more; {
			var page []briefing.Request
			var err error
			page, more, err = h.Requests(h.Context(), "kim", after, 2)
			h.ok(err)
			if len(page) == 0 || len(page) > 2 {
				h.Fatalf("a page of %d", len(page))
			}
			got = append(got, page...)
			after = page[len(page)-1].ID
		}
		h.same("all pages", got, want)
		list, more, err := h.Requests(h.Context(), "kim", "", 5)
		h.ok(err)
		h.same("exactly all", []any{len(list), more}, []any{5, false})
	}},
	// A user without requests has an empty list. For an unknown user the call returns ErrNotFound.
	{"Requests/of_a_user_without_any_are_none_of_an_unknown_user_ErrNotFound", func(h *fixture) {
		h.known("kim")
		list, more, err := h.Requests(h.Context(), "kim", "", 5)
		h.ok(err)
		h.same("of a user without any", []any{len(list), more}, []any{0, false})
		h.start("nobody") // old servers start requests for names without a user
		_, _, err = h.Requests(h.Context(), "nobody", "", 5)
		h.isKind("of an unknown user", err, briefing.ErrNotFound)
	}},
	// SummaryState returns the request, the user's custom lines and the newest briefing's id. A
	// request without a user has no lines. For an unknown request the call returns ErrNotFound.
	{"SummaryState/reads_request_style_and_newest_briefing", func(h *fixture) {
		h.known(minsu.mixed)
		_, err := h.SetCustom(h.Context(), minsu.mixed, []string{"짧게"})
		h.ok(err)
		req := h.start(minsu.composed)
		read := func() briefing.SummaryState {
			h.Helper()
			got, err := h.SummaryState(h.Context(), req.ID)
			h.ok(err)
			return got
		}
		h.same("without briefings", read(), briefing.SummaryState{Request: req, Custom: []string{"짧게"}})
		h.append(req, 1)
		newest := h.append(req, 2)
		h.same("with briefings", read(), briefing.SummaryState{Request: h.request(req.ID), Custom: []string{"짧게"}, Newest: newest.ID})
		h.end(req, noon.Add(time.Minute))
		h.same("ended", read(), briefing.SummaryState{Request: h.request(req.ID), Custom: []string{"짧게"}, Newest: newest.ID})
		nobody, err := h.SummaryState(h.Context(), h.start("nobody").ID)
		h.ok(err)
		h.same("style lines without a user", len(nobody.Custom), 0)
		for _, id := range []briefing.RequestID{unknownID, "x"} {
			_, err = h.SummaryState(h.Context(), id)
			h.isKind("of an unknown request", err, briefing.ErrNotFound)
		}
	}},
	// RequestStates returns the requests that exist, and leaves out unknown and malformed ids.
	{"RequestStates/returns_those_that_exist", func(h *fixture) {
		a, b := h.start("kim"), h.start("lee")
		got, err := h.RequestStates(h.Context(), []briefing.RequestID{a.ID, unknownID, b.ID, "x"})
		h.ok(err)
		h.same("states", got, map[briefing.RequestID]briefing.Request{a.ID: a, b.ID: b})
		got, err = h.RequestStates(h.Context(), nil)
		h.ok(err)
		h.same("of none", len(got), 0)
	}},
	// CatchUp reads for each position the briefings after it, at most limit of each request. A
	// request without any is absent.
	{"CatchUp/reads_many_requests_at_once", func(h *fixture) {
		var reqs []briefing.Request
		var stored [][]briefing.Briefing
		// The requests have 0, 2, 4 and 6 briefings.
		for i := range 4 {
			req := h.start(fmt.Sprintf("user%d", i))
			var list []briefing.Briefing
			for n := range int64(i * 2) {
				list = append(list, h.append(req, n+1))
			}
			reqs, stored = append(reqs, req), append(stored, list)
		}
		got, err := h.CatchUp(h.Context(), []briefing.Position{
			{RequestID: reqs[0].ID}, {RequestID: reqs[1].ID, After: stored[1][1].ID},
			{RequestID: reqs[2].ID, After: stored[2][0].ID}, {RequestID: reqs[3].ID}, {RequestID: unknownID},
		}, 4)
		h.ok(err)
		// The first request has no briefing, the second none after its position, the third three,
		// and the fourth more than the limit.
		h.same("found", got, map[briefing.RequestID][]briefing.Briefing{reqs[2].ID: stored[2][1:], reqs[3].ID: stored[3][:4]})
	}},
}
