package storetest

import (
	"errors"
	"time"

	"bis/internal/briefing"
)

// appends are the promises of Append, AddBriefing and the ids of briefings.
var appends = []promise{
	// Append stores a run's briefing under a new id, returns it as it is stored, and counts its
	// tick as done.
	{"Append/stores_the_briefing_and_settles_its_tick", func(h *fixture) {
		req := h.start("kim")
		a := runOf(req, 1)
		a.Briefing.Degraded = briefing.CameraOffline
		got, err := h.Append(h.Context(), a)
		h.ok(err)
		// The store adds the id, the request, the tick and the cursor, and changes nothing else.
		want := a.Briefing
		want.ID, want.RequestID, want.Tick = got.ID, req.ID, 1
		want.Cursor = briefing.MakeCursor(req.ID, got.ID)
		h.same("answer", got, want)
		h.same("read", h.all(req.ID), []briefing.Briefing{want})
		if !briefing.ValidID(string(got.ID)) {
			h.Errorf("the id %q is none", got.ID)
		}
		after := req
		after.LastTick, after.LastID, after.Ticks.Done = 1, got.ID, 1
		h.same("request", h.request(req.ID), after)
	}},
	// ID, RequestID, Cursor and Tick of the given briefing are ignored: the store sets them.
	{"Append/ignores_what_the_store_gives_itself", func(h *fixture) {
		req := h.start("kim")
		a := runOf(req, 3)
		a.Briefing.ID, a.Briefing.RequestID, a.Briefing.Cursor, a.Briefing.Tick = unknownID, unknownID, "x", 77
		got, err := h.Append(h.Context(), a)
		h.ok(err)
		h.same("read", h.all(req.ID), []briefing.Briefing{got})
		h.same("tick and request", []any{got.Tick, got.RequestID}, []any{int64(3), req.ID})
	}},
	// The ticks between the last stored one and the appended one count as skipped, as many as the
	// append says, and the rest as missed. A greater or negative number is clamped to the gap.
	{"Append/settles_the_gap_as_skipped_and_missed", func(h *fixture) {
		req := h.start("kim")
		for _, c := range []struct {
			tick    int64
			skipped int
			want    briefing.TickCounts
		}{
			{1, 0, briefing.TickCounts{Done: 1}},                         // no gap
			{5, 2, briefing.TickCounts{Done: 2, Skipped: 2, Missed: 1}},  // two of three
			{7, 9, briefing.TickCounts{Done: 3, Skipped: 3, Missed: 1}},  // 9 is clamped to 1
			{9, -4, briefing.TickCounts{Done: 4, Skipped: 3, Missed: 2}}, // -4 is clamped to 0
		} {
			a := runOf(req, c.tick)
			a.Skipped = c.skipped
			_, err := h.Append(h.Context(), a)
			h.ok(err)
			now := h.request(req.ID)
			h.same("counts", now.Ticks, c.want)
			h.same("last tick", now.LastTick, c.tick)
		}
	}},
	// A tick is stored at most once: of simultaneous appends one succeeds and the others get
	// ErrConflict.
	{"Append/stores_a_tick_once_whatever_races", func(h *fixture) {
		req := h.start("kim")
		stored := 0
		for tick := int64(1); tick <= 10; tick++ {
			got := concurrently(h, 6, func(int) (error, error) {
				_, err := h.Append(h.Context(), runOf(req, tick))
				return err, nil
			})
			for _, err := range got {
				if err == nil {
					stored++
				} else {
					h.isKind("the others", err, briefing.ErrConflict)
				}
			}
		}
		h.same("stored", stored, 10)
		h.same("in the store", len(h.all(req.ID)), 10)
		h.same("done", h.request(req.ID).Ticks, briefing.TickCounts{Done: 10})
	}},
	// A refused append changes neither the request nor its briefings and appears in no feed.
	// Append returns ErrNotOwner for another owner or term, ErrConflict for an ended request and
	// for an earlier tick, and ErrNotFound for an unknown request.
	{"Append/refusals_store_nothing_and_tell_nothing", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 4)
		f := h.feed()
		before := h.request(req.ID)
		for name, c := range map[string]struct {
			change func(*briefing.Append)
			want   error
		}{
			"an older term":    {func(a *briefing.Append) { a.Owner.Term-- }, briefing.ErrNotOwner},
			"a later term":     {func(a *briefing.Append) { a.Owner.Term++ }, briefing.ErrNotOwner},
			"another instance": {func(a *briefing.Append) { a.Owner.Instance = otherInstance }, briefing.ErrNotOwner},
			"nobody":           {func(a *briefing.Append) { a.Owner = briefing.Owner{} }, briefing.ErrNotOwner},
			"the last tick":    {func(a *briefing.Append) { a.Tick = 4 }, briefing.ErrConflict},
			"a tick before it": {func(a *briefing.Append) { a.Tick = 2 }, briefing.ErrConflict},
			"no request":       {func(a *briefing.Append) { a.RequestID = unknownID }, briefing.ErrNotFound},
			"no id":            {func(a *briefing.Append) { a.RequestID = "x" }, briefing.ErrNotFound},
		} {
			a := runOf(req, 5)
			c.change(&a)
			_, err := h.Append(h.Context(), a)
			h.isKind(name, err, c.want)
		}
		h.same("request", h.request(req.ID), before)
		h.same("briefings", len(h.all(req.ID)), 1)
		// Had a refused append published anything, it would come before this one.
		next := h.append(req, 5)
		h.same("the first change", h.nextChanges(f, 1)[0].Briefing, next)
		h.end(req, noon.Add(time.Minute))
		_, err := h.Append(h.Context(), runOf(req, 6))
		h.isKind("an ended request", err, briefing.ErrConflict)
		h.same("briefings", len(h.all(req.ID)), 2)
	}},
	// After a takeover the term is higher, so the earlier owner is refused and the new one may
	// append.
	{"Append/an_earlier_owner_is_refused_after_a_takeover", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 1)
		next := &fixture{T: h.T, Store: h.harness.Takeover(h.T, h.Store, otherInstance), harness: h.harness}
		claimed := claimAll(next)
		// req still has the owner and the term from before the takeover.
		_, err := next.Append(h.Context(), runOf(req, 2))
		h.isKind("the earlier owner", err, briefing.ErrNotOwner)
		next.append(claimed[req.ID], 2)
		h.same("briefings", len(next.all(req.ID)), 2)
	}},
	// A briefing from outside is stored with a new id and changes neither counts nor the last tick.
	{"AddBriefing/stores_and_changes_no_tick", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 2)
		b := fromOutside(req, "택배가 왔어요.")
		b.Tick, b.ID, b.Degraded = 9, unknownID, briefing.CameraUnreadable
		got, err := h.AddBriefing(h.Context(), b)
		h.ok(err)
		want := b
		want.ID, want.Tick, want.Cursor = got.ID, 0, briefing.MakeCursor(req.ID, got.ID)
		h.same("answer", got, want)
		h.same("read", h.all(req.ID)[1], want)
		now := h.request(req.ID)
		h.same("request", []any{now.LastTick, now.Ticks, now.LastID}, []any{int64(2), briefing.TickCounts{Done: 1, Missed: 1}, got.ID})
		h.append(req, 3) // the next tick is still free
	}},
	// AddBriefing returns ErrConflict for an ended request and ErrNotFound for an unknown one.
	// Nothing is stored.
	{"AddBriefing/refusals", func(h *fixture) {
		req := h.start("kim")
		h.end(req, noon.Add(time.Second))
		_, err := h.AddBriefing(h.Context(), fromOutside(req, "x"))
		h.isKind("an ended request", err, briefing.ErrConflict)
		req.ID = unknownID
		_, err = h.AddBriefing(h.Context(), fromOutside(req, "x"))
		h.isKind("an unknown request", err, briefing.ErrNotFound)
		h.same("stored", len(h.all(unknownID)), 0)
	}},
	// Every text is stored byte for byte: separators, Unicode, line breaks, zero bytes, no text.
	{"AddBriefing/keeps_any_text", func(h *fixture) {
		req := h.start("kim")
		for _, text := range []string{"_", "a_b", "한국어 👋🏽", "line\nbreak", `{"x":"y"}`, "nul\x00byte", ""} {
			b := fromOutside(req, text)
			got, err := h.AddBriefing(h.Context(), b)
			h.ok(err)
			h.same("caption and text", []any{got.Caption, got.Text}, []any{b.Caption, b.Text})
		}
		for i, b := range h.all(req.ID) {
			h.same("read", b.Text, "2026-03-01 12:01_"+[]string{"_", "a_b", "한국어 👋🏽", "line\nbreak", `{"x":"y"}`, "nul\x00byte", ""}[i])
		}
	}},
	// Ids grow in the order of the commits, even if appends race, and the feed has the same order.
	// No commit is lost from the counts.
	{"Ids/follow_the_commit_whatever_races", func(h *fixture) {
		req := h.start("kim")
		f := h.feed()
		const each = 20
		concurrently(h, 4, func(i int) (int, error) {
			for n := range int64(each) {
				var err error
				if i == 0 { // one goroutine runs the ticks, the others write from outside
					_, err = h.Append(h.Context(), runOf(req, n+1))
				} else {
					_, err = h.AddBriefing(h.Context(), fromOutside(req, "x"))
				}
				if err != nil {
					return 0, err
				}
			}
			return 0, nil
		})
		stored := h.all(req.ID)
		h.same("stored", len(stored), 4*each)
		for i, c := range h.nextChanges(f, 4*each) {
			if i > 0 && stored[i].ID <= stored[i-1].ID {
				h.Errorf("id %s after %s", stored[i].ID, stored[i-1].ID)
			}
			h.same("the order in the feed is the order of ids", c.Briefing, stored[i])
		}
		now := h.request(req.ID)
		h.same("request", []any{now.LastID, now.Ticks}, []any{stored[len(stored)-1].ID, briefing.TickCounts{Done: each}})
	}},
	// A reader that continues after the last id it has read misses no briefing: none is committed
	// later with a lower id.
	{"Ids/a_reader_never_meets_one_out_of_turn", func(h *fixture) {
		req := h.start("kim")
		writing := make(chan error, 1)
		go func() {
			_, err := h.EndRequest(h.Context(), briefing.End{ID: h.addConcurrently(req).ID, Reason: briefing.EndedByUser, At: noon})
			writing <- err
		}()
		var seen []briefing.BriefingID
		// The request is read before its briefings: after its end was seen, one more page has the
		// rest.
		for ended := false; !ended; {
			ended = !h.request(req.ID).Active
			var after briefing.BriefingID
			if len(seen) > 0 {
				after = seen[len(seen)-1]
			}
			list, _, err := h.Briefings(h.Context(), req.ID, briefing.Slice{After: after, Limit: 1000})
			h.ok(err)
			for _, b := range list {
				seen = append(seen, b.ID)
			}
		}
		h.ok(<-writing)
		h.same("what the reader met", len(seen), len(h.all(req.ID)))
	}},
}

// addConcurrently stores thirty briefings from each of three goroutines, and returns the request as
// given. The checks thus get ids that were assigned under contention.
func (h *fixture) addConcurrently(req briefing.Request) briefing.Request {
	concurrently(h, 3, func(int) (int, error) {
		var failed error
		for range 30 {
			_, err := h.AddBriefing(h.Context(), fromOutside(req, "x"))
			failed = errors.Join(failed, err)
		}
		return 0, failed
	})
	return req
}
