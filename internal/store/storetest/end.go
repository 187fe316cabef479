package storetest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"bis/internal/briefing"
)

// ends are the promises of EndRequest.
var ends = []promise{
	// An end settles every tick of the grid up to its time: as skipped those that the schedule
	// names, and the rest as missed. It is stored with its reason and time, and the request is
	// active no more.
	{"EndRequest/settles_every_tick_of_the_grid", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 2)
		at := noon.Add(75 * time.Second)
		ended, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: at, Skipped: skips(req, 2, 4, 8)})
		h.ok(err)
		want, why := req, briefing.EndedByUser
		want.Active, want.EndedAt, want.EndReason = false, &at, &why
		want.LastTick, want.Ticks = 7, briefing.TickCounts{Done: 1, Skipped: 1, Missed: 5}
		want.LastID = h.all(req.ID)[0].ID
		h.same("answer", ended, want)
		h.same("read", h.request(req.ID), want)
		_, err = h.ActiveRequest(h.Context(), "kim")
		h.isKind("ActiveRequest", err, briefing.ErrNotFound)
		latest, err := h.LatestRequest(h.Context(), "kim")
		h.ok(err)
		h.same("LatestRequest", latest, want)
	}},
	// The unsettled ticks that the schedule names for this request count as skipped. Ticks outside
	// the gap and ticks of another request do not count.
	{"EndRequest/counts_the_skipped_ticks_of_that_request_in_the_gap", func(h *fixture) {
		other := h.start("other")
		for _, c := range []struct {
			name    string
			skipped func(briefing.Request) briefing.Skips
			want    briefing.TickCounts
		}{
			{"none", func(briefing.Request) briefing.Skips { return briefing.Skips{} }, briefing.TickCounts{Missed: 3}},
			{"all", func(r briefing.Request) briefing.Skips { return skips(r, 1, 2, 3) }, briefing.TickCounts{Skipped: 3}},
			{"later ones", func(r briefing.Request) briefing.Skips { return skips(r, 3, 4, 5) }, briefing.TickCounts{Skipped: 1, Missed: 2}},
			{"another's", func(briefing.Request) briefing.Skips { return skips(other, 1, 2) }, briefing.TickCounts{Missed: 3}},
		} {
			req := h.start("kim")
			ended, err := h.EndRequest(h.Context(), briefing.End{
				ID: req.ID, Reason: briefing.EndedByUser, At: noon.Add(35 * time.Second), Skipped: c.skipped(req),
			})
			h.ok(err)
			h.same(c.name, ended.Ticks, c.want)
		}
	}},
	// An end by a user's name, in any spelling, ends the user's active request and no other.
	{"EndRequest/of_a_user_ends_the_active_request", func(h *fixture) {
		for _, name := range []string{minsu.composed, "lee"} {
			h.known(name)
		}
		other, old := h.start("lee"), h.end(h.start(minsu.composed), noon)
		req := h.start(minsu.composed)
		h.append(req, 2)
		at := noon.Add(45 * time.Second)
		ended, err := h.EndRequest(h.Context(), briefing.End{
			Username: minsu.decomposed, Reason: briefing.EndedByUser, At: at, Skipped: skips(req, 1, 2, 4),
		})
		h.ok(err)
		want, why := req, briefing.EndedByUser
		want.Active, want.EndedAt, want.EndReason = false, &at, &why
		want.LastTick, want.Ticks = 4, briefing.TickCounts{Done: 1, Skipped: 1, Missed: 2}
		want.LastID = h.all(req.ID)[0].ID
		h.same("answer", ended, want)
		h.same("read", h.request(req.ID), want)
		h.same("others", []briefing.Request{h.request(other.ID), h.request(old.ID)}, []briefing.Request{other, old})
	}},
	// By a user's name, EndRequest returns ErrNotFound for an unknown user, even if requests have
	// that name, and ErrConflict for a user without an active request.
	{"EndRequest/of_a_user_without_an_active_request_is_ErrConflict_of_nobody_ErrNotFound", func(h *fixture) {
		end := briefing.End{Username: "kim", Reason: briefing.EndedByUser, At: noon}
		_, err := h.EndRequest(h.Context(), end)
		h.isKind("an unknown user", err, briefing.ErrNotFound)
		h.known("kim")
		_, err = h.EndRequest(h.Context(), end)
		h.isKind("a user without a request", err, briefing.ErrConflict)
		h.end(h.start("kim"), noon)
		_, err = h.EndRequest(h.Context(), end)
		h.isKind("a user whose request has ended", err, briefing.ErrConflict)
		nobody := h.start("nobody") // old servers start requests for names without a user
		end.Username = "nobody"
		_, err = h.EndRequest(h.Context(), end)
		h.isKind("a request without its user", err, briefing.ErrNotFound)
		h.same("it goes on", h.request(nobody.ID), nobody)
	}},
	// Each end by a user's name ends one request, once, even if many starts and ends race.
	{"EndRequest/of_a_user_ends_one_request_whatever_races", func(h *fixture) {
		h.known("kim")
		h.start("kim")
		ended := concurrently(h, 8, func(i int) (briefing.RequestID, error) {
			if i%2 == 0 {
				_, err := h.StartRequest(h.Context(), order("kim"))
				return "", err
			}
			r, err := h.EndRequest(h.Context(), briefing.End{Username: "kim", Reason: briefing.EndedByUser, At: noon})
			return r.ID, ignore(err, briefing.ErrConflict)
		})
		for i, id := range ended {
			if id == "" {
				continue
			}
			h.same("why it ended", *h.request(id).EndReason, briefing.EndedByUser)
			h.same("ended once", slices.Contains(ended[i+1:], id), false)
		}
	}},
	// No tick after the end time is settled, and an end before the last tick leaves all settled
	// ticks settled.
	{"EndRequest/takes_no_tick_after_the_end_time_nor_back", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 360) // the last tick of the hour
		ended := h.end(req, noon.Add(2*time.Hour))
		h.same("after the end time", []any{ended.LastTick, ended.Ticks}, []any{int64(360), briefing.TickCounts{Done: 1, Missed: 359}})
		req = h.start("kim")
		h.append(req, 5)
		ended = h.end(req, noon.Add(time.Second))
		h.same("before the last tick", []any{ended.LastTick, ended.Ticks}, []any{int64(5), briefing.TickCounts{Done: 1, Missed: 4}})
	}},
	// EndRequest returns ErrNotOwner for another owner, ErrConflict for an ended request, and
	// ErrNotFound for an unknown one. A refused end changes nothing, so the first end's reason
	// stays.
	{"EndRequest/refusals", func(h *fixture) {
		req := h.start("kim")
		wrong := briefing.Owner{Instance: req.Owner.Instance, Term: req.Owner.Term + 1}
		_, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByTime, At: noon, Owner: wrong})
		h.isKind("another owner", err, briefing.ErrNotOwner)
		h.same("still as it was", h.request(req.ID), req)
		h.end(req, noon.Add(time.Second))
		_, err = h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.Replaced, At: noon.Add(time.Hour)})
		h.isKind("ended before", err, briefing.ErrConflict)
		h.same("the first end stays", *h.request(req.ID).EndReason, briefing.EndedByUser)
		_, err = h.EndRequest(h.Context(), briefing.End{ID: unknownID, Reason: briefing.EndedByUser, At: noon})
		h.isKind("unknown", err, briefing.ErrNotFound)
	}},
	// One of several simultaneous ends succeeds and is in the feed once. The others get
	// ErrConflict.
	{"EndRequest/of_simultaneous_ends_one_counts", func(h *fixture) {
		req := h.start("kim")
		f := h.feed()
		got := concurrently(h, 8, func(int) (error, error) {
			_, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: noon})
			return err, nil
		})
		done := 0
		for _, err := range got {
			if err == nil {
				done++
			} else {
				h.isKind("the others", err, briefing.ErrConflict)
			}
		}
		h.same("how many ended it", done, 1)
		// The feed has one end; the next change is the start that follows.
		h.start("kim")
		h.same("ends in the feed", []briefing.ChangeKind{h.nextChanges(f, 1)[0].Kind, h.nextChanges(f, 1)[0].Kind},
			[]briefing.ChangeKind{briefing.RequestEnded, briefing.RequestStarted})
	}},
	// In the feed the end of a request comes after all its briefings, even if appends race with it.
	// Its LastID is the newest briefing.
	{"EndRequest/comes_after_all_briefings_in_the_feed", func(h *fixture) {
		// The race has no fixed outcome, so it is run several times.
		for range 5 {
			req := h.start("kim")
			f := h.feed()
			var writing sync.WaitGroup
			for range 4 {
				writing.Go(func() { addUntilEnded(h, req) })
			}
			writing.Go(func() { appendUntilEnded(h, req) })
			changes := h.nextChanges(f, 10) // by then all writers have started
			ended := h.end(req, noon.Add(time.Minute))
			writing.Wait()
			inFeed := 0
			for _, c := range append(changes, h.changesToEnd(f, req.ID)...) {
				if c.Kind == briefing.BriefingStored && c.Briefing.RequestID == req.ID {
					inFeed++
				}
			}
			list := h.all(req.ID)
			h.same("briefings in the feed before the end", inFeed, len(list))
			h.same("newest", ended.LastID, list[len(list)-1].ID)
		}
	}},
}

// skips are ticks of a request that its schedule has skipped.
func skips(req briefing.Request, ticks ...int64) briefing.Skips {
	return briefing.Skips{req.ID: ticks}
}

// addUntilEnded adds briefings from outside until the request has ended.
func addUntilEnded(h *fixture, req briefing.Request) {
	for {
		if _, err := h.AddBriefing(h.Context(), fromOutside(req, "손님이 왔어요.")); err != nil {
			if !errors.Is(err, briefing.ErrConflict) {
				h.Errorf("AddBriefing: %v", err)
			}
			return
		}
	}
}

// appendUntilEnded appends tick after tick until the request has ended.
func appendUntilEnded(h *fixture, req briefing.Request) {
	for tick := int64(1); ; tick++ {
		if _, err := h.Append(h.Context(), runOf(req, tick)); err != nil {
			if !errors.Is(err, briefing.ErrConflict) {
				h.Errorf("Append: %v", err)
			}
			return
		}
	}
}
