package storetest

import (
	"time"

	"bis/internal/briefing"
)

// moves are the promises of MoveEnd, and of the end by time that follows.
var moves = []promise{
	// A move replaces EndsAt and EndTime and nothing else. The text of the start stays.
	{"MoveEnd/replaces_the_end_and_nothing_else", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 2)
		want := h.request(req.ID)
		for _, to := range []time.Time{noon.Add(3 * time.Hour), noon.Add(20 * time.Minute), noon.Add(48 * time.Hour)} {
			got := h.move(req.ID, to, "01:00")
			want.EndsAt, want.EndTime = &to, "01:00"
			h.same("answer", got, want)
			h.same("read", h.request(req.ID), want)
		}
		h.append(req, 3) // its owner goes on
		state, err := h.RunState(h.Context(), req.ID)
		h.ok(err)
		h.same("owner", []any{state.Active, state.Owner}, []any{true, req.Owner})
		active, err := h.ActiveRequest(h.Context(), "kim")
		h.ok(err)
		h.same("ActiveRequest", *active.EndsAt, noon.Add(48*time.Hour))
	}},
	// Anything finer than a millisecond is cut off.
	{"MoveEnd/stores_milliseconds", func(h *fixture) {
		req := h.start("kim")
		at := noon.Add(time.Hour + 999*time.Microsecond).In(time.FixedZone("KST", 9*3600))
		got := h.move(req.ID, at, "22:00")
		h.same("answer", *got.EndsAt, noon.Add(time.Hour))
		h.same("read", *h.request(req.ID).EndsAt, noon.Add(time.Hour))
	}},
	// An ended request is ErrConflict and an unknown one ErrNotFound. Nothing is changed.
	{"MoveEnd/refusals", func(h *fixture) {
		req := h.end(h.start("kim"), noon.Add(time.Minute))
		_, err := h.MoveEnd(h.Context(), briefing.Move{ID: req.ID, EndsAt: noon.Add(2 * time.Hour), EndTime: "23:00"})
		h.isKind("an ended request", err, briefing.ErrConflict)
		h.same("the ended request", h.request(req.ID), req)
		for _, id := range []briefing.RequestID{unknownID, "x", ""} {
			_, err = h.MoveEnd(h.Context(), briefing.Move{ID: id, EndsAt: noon, EndTime: "23:00"})
			h.isKind("an unknown request", err, briefing.ErrNotFound)
		}
	}},
	// A start by subscription continues a moved request by the end text of its start, and not by
	// its new end.
	{"MoveEnd/leaves_the_text_that_continues_the_request", func(h *fixture) {
		req := h.start("kim")
		h.move(req.ID, noon.Add(2*time.Hour), "23:00")
		s := order("kim")
		s.ContinueSame = true
		h.same("by the text of the start", h.startAs(s).Request.ID, req.ID)
		s.Request.EndText = "23:00"
		h.same("by the new end", h.startAs(s).Continued, false)
	}},
	// An owner's end by time before the stored end is ErrNotDue and changes nothing. Ends for other
	// reasons do not depend on the end time.
	{"EndRequest/by_time_before_the_end_is_ErrNotDue", func(h *fixture) {
		req := h.start("kim")
		ends := *req.EndsAt // in the past of the store's clock
		later := h.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
		h.move(req.ID, later, "23:00")
		want := h.request(req.ID)
		f := h.feed()
		for _, at := range []time.Time{ends, later, later.Add(time.Minute)} {
			_, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByTime, At: at, Owner: req.Owner})
			h.isKind("an end by time", err, briefing.ErrNotDue)
		}
		_, err := h.EndRequest(h.Context(), briefing.End{
			ID: req.ID, Reason: briefing.EndedByTime, At: ends, Owner: briefing.Owner{Instance: "x", Term: 9},
		})
		h.isKind("an end by another owner", err, briefing.ErrNotOwner)
		h.same("read", h.request(req.ID), want)
		nothingMore(h, f)
		h.move(req.ID, ends, "22:00")
		_, err = h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByTime, At: ends, Owner: req.Owner})
		h.ok(err)
		next := h.start("kim")
		h.move(next.ID, later, "23:00")
		h.end(next, noon.Add(time.Minute))
	}},
	// A tick after the stored end is ErrConflict and stores nothing, whatever the owner knows. One
	// at the end is stored. A later end makes room for more ticks.
	{"Append/a_tick_after_the_end_is_refused", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 1)
		h.move(req.ID, noon.Add(29*time.Second), "21:00")
		f := h.feed()
		before := h.request(req.ID)
		for _, tick := range []int64{3, 4, 1 << 20} {
			_, err := h.Append(h.Context(), runOf(req, tick))
			h.isKind("a tick after the end", err, briefing.ErrConflict)
		}
		h.same("request", h.request(req.ID), before)
		b := h.append(req, 2)
		h.same("the first change", h.nextChanges(f, 1), []briefing.Change{{Kind: briefing.BriefingStored, Briefing: b}})
		h.move(req.ID, noon.Add(30*time.Second), "21:00")
		h.append(req, 3)
		h.move(req.ID, noon.Add(time.Hour), "22:00")
		h.append(req, 360)
		_, err := h.Append(h.Context(), runOf(req, 361))
		h.isKind("a tick after the moved end", err, briefing.ErrConflict)
		h.same("briefings", len(h.all(req.ID)), 4)
	}},
	// The ticks of a moved request are those up to its new end.
	{"EndRequest/of_a_moved_request_settles_its_new_grid", func(h *fixture) {
		req := h.start("kim")
		h.move(req.ID, noon.Add(65*time.Second), "21:01")
		ended, err := h.EndRequest(h.Context(), briefing.End{
			ID: req.ID, Reason: briefing.EndedByTime, At: noon.Add(65 * time.Second), Owner: req.Owner,
		})
		h.ok(err)
		h.same("ticks", []any{ended.LastTick, ended.Ticks, *ended.EndedAt},
			[]any{int64(6), briefing.TickCounts{Missed: 6}, noon.Add(65 * time.Second)})
	}},
	// An owner may have read the end before it was moved a little later. Its end by time, after the
	// stored end, settles the ticks up to that and is at that.
	{"EndRequest/by_time_is_at_the_stored_end", func(h *fixture) {
		req := h.start("kim")
		read, stored := noon.Add(65*time.Second), noon.Add(85*time.Second)
		h.move(req.ID, stored, "21:01")
		ended, err := h.EndRequest(h.Context(), briefing.End{
			ID: req.ID, Reason: briefing.EndedByTime, At: read, Owner: req.Owner,
		})
		h.ok(err)
		h.same("ticks", []any{ended.LastTick, ended.Ticks, *ended.EndedAt},
			[]any{int64(8), briefing.TickCounts{Missed: 8}, stored})
		h.same("read", h.request(req.ID), ended)
	}},
	// The feed has each move once, before the end of the request. A move to the stored end is in no
	// feed.
	{"Feed/tells_moved_ends", func(h *fixture) {
		req := h.start("kim")
		f := h.feed()
		last := noon.Add(3 * time.Hour)
		h.expectMove(f, h.move(req.ID, noon.Add(2*time.Hour), "23:00"))
		h.expectMove(f, h.move(req.ID, last, "00:00"))
		h.move(req.ID, last, "00:00")
		b := h.append(req, 1)
		ended := h.end(req, noon.Add(time.Minute))
		h.same("changes", h.nextChanges(f, 2), []briefing.Change{
			{Kind: briefing.BriefingStored, Briefing: b}, {Kind: briefing.RequestEnded, Request: ended},
		})
		nothingMore(h, f)
	}},
	// Moves and appends race without a loss: every tick is stored, and the last move stays.
	{"MoveEnd/races_with_appends", func(h *fixture) {
		req := h.start("kim")
		const each = 20
		concurrently(h, 2, func(i int) (int, error) {
			for n := range int64(each) {
				var err error
				if i == 0 {
					_, err = h.Append(h.Context(), runOf(req, n+1))
				} else {
					_, err = h.MoveEnd(h.Context(), briefing.Move{
						ID: req.ID, EndsAt: noon.Add(time.Duration(n+2) * time.Hour), EndTime: "23:00",
					})
				}
				if err != nil {
					return 0, err
				}
			}
			return 0, nil
		})
		now := h.request(req.ID)
		h.same("request", []any{now.Ticks.Done, *now.EndsAt}, []any{each, noon.Add((each + 1) * time.Hour)})
	}},
}

// move moves the end of a request, which must succeed, and returns the request.
func (h *fixture) move(id briefing.RequestID, to time.Time, clock string) briefing.Request {
	h.Helper()
	r, err := h.MoveEnd(h.Context(), briefing.Move{ID: id, EndsAt: to, EndTime: clock})
	h.ok(err)
	return r
}

// expectMove reads the move of a request from a feed.
func (h *fixture) expectMove(f briefing.Feed, want briefing.Request) {
	h.Helper()
	h.same("change", h.nextChanges(f, 1), []briefing.Change{{Kind: briefing.RequestMoved, Request: want}})
}
