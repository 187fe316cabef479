package storetest

import (
	"errors"
	"sync"
	"time"

	"bis/internal/briefing"
)

var ends = []promise{
	{"EndRequest/settles_every_tick_of_the_grid", func(h *house) {
		req := h.start("kim")
		h.append(req, 2)
		at := noon.Add(75 * time.Second)
		ended, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByTime, At: at, Skipped: 1, Owner: req.Owner})
		h.ok(err)
		want, why := req, briefing.EndedByTime
		want.Active, want.EndedAt, want.EndReason = false, &at, &why
		want.LastTick, want.Ticks = 7, briefing.TickCounts{Done: 1, Skipped: 1, Missed: 5}
		want.LastID = h.all(req.ID)[0].ID
		h.same("answer", ended, want)
		h.same("read", h.request(req.ID), want)
		_, err = h.ActiveRequest(h.Context(), "kim")
		h.is("ActiveRequest", err, briefing.ErrNotFound)
		latest, err := h.LatestRequest(h.Context(), "kim")
		h.ok(err)
		h.same("LatestRequest", latest, want)
	}},
	{"EndRequest/skipped_is_clamped_to_the_gap", func(h *house) {
		for i, c := range []struct {
			skipped int
			want    briefing.TickCounts
		}{{99, briefing.TickCounts{Skipped: 3}}, {-1, briefing.TickCounts{Missed: 3}}} {
			req := h.start([]string{"kim", "lee"}[i])
			ended, err := h.EndRequest(h.Context(), briefing.End{
				ID: req.ID, Reason: briefing.EndedByUser, At: noon.Add(35 * time.Second), Skipped: c.skipped,
			})
			h.ok(err)
			h.same("counts", ended.Ticks, c.want)
		}
	}},
	{"EndRequest/takes_no_tick_after_the_end_time_nor_back", func(h *house) {
		req := h.start("kim")
		h.append(req, 360) // the last of the hour
		ended := h.end(req, noon.Add(2*time.Hour))
		h.same("after the end time", []any{ended.LastTick, ended.Ticks}, []any{int64(360), briefing.TickCounts{Done: 1, Missed: 359}})
		req = h.start("kim")
		h.append(req, 5)
		ended = h.end(req, noon.Add(time.Second))
		h.same("before the last tick", []any{ended.LastTick, ended.Ticks}, []any{int64(5), briefing.TickCounts{Done: 1, Missed: 4}})
	}},
	{"EndRequest/refusals", func(h *house) {
		req := h.start("kim")
		wrong := briefing.Owner{Instance: req.Owner.Instance, Term: req.Owner.Term + 1}
		_, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByTime, At: noon, Owner: wrong})
		h.is("another owner", err, briefing.ErrNotOwner)
		h.same("still as it was", h.request(req.ID), req)
		h.end(req, noon.Add(time.Second))
		_, err = h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.Replaced, At: noon.Add(time.Hour)})
		h.is("ended before", err, briefing.ErrConflict)
		h.same("the first end stays", *h.request(req.ID).EndReason, briefing.EndedByUser)
		_, err = h.EndRequest(h.Context(), briefing.End{ID: unknown, Reason: briefing.EndedByUser, At: noon})
		h.is("unknown", err, briefing.ErrNotFound)
	}},
	{"EndRequest/of_simultaneous_ends_one_counts", func(h *house) {
		req := h.start("kim")
		f := h.feed()
		got := many(h, 8, func(int) (error, error) {
			_, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: noon})
			return err, nil
		})
		done := 0
		for _, err := range got {
			if err == nil {
				done++
			} else {
				h.is("the others", err, briefing.ErrConflict)
			}
		}
		h.same("how many ended it", done, 1)
		h.start("kim")
		h.same("ends in the feed", []briefing.ChangeKind{h.take(f, 1)[0].Kind, h.take(f, 1)[0].Kind},
			[]briefing.ChangeKind{briefing.RequestEnded, briefing.RequestStarted})
	}},
	{"EndRequest/comes_after_all_briefings_in_the_feed", func(h *house) {
		for range 5 {
			req := h.start("kim")
			f := h.feed()
			var writing sync.WaitGroup
			for range 4 {
				writing.Go(func() { addUntilEnded(h, req) })
			}
			writing.Go(func() { appendUntilEnded(h, req) })
			changes := h.take(f, 10)
			ended := h.end(req, noon.Add(time.Minute))
			writing.Wait()
			told := 0
			for _, c := range append(changes, h.until(f, req.ID)...) {
				if c.Kind == briefing.BriefingStored && c.Briefing.RequestID == req.ID {
					told++
				}
			}
			list := h.all(req.ID)
			h.same("briefings told before the end", told, len(list))
			h.same("newest", ended.LastID, list[len(list)-1].ID)
		}
	}},
}

// addUntilEnded writes from outside until the request has ended.
func addUntilEnded(h *house, req briefing.Request) {
	for {
		if _, err := h.AddBriefing(h.Context(), outside(req, "손님이 왔어요.")); err != nil {
			if !errors.Is(err, briefing.ErrConflict) {
				h.Errorf("AddBriefing: %v", err)
			}
			return
		}
	}
}

// appendUntilEnded stores tick after tick until the request has ended.
func appendUntilEnded(h *house, req briefing.Request) {
	for tick := int64(1); ; tick++ {
		if _, err := h.Append(h.Context(), run(req, tick)); err != nil {
			if !errors.Is(err, briefing.ErrConflict) {
				h.Errorf("Append: %v", err)
			}
			return
		}
	}
}
