package storetest

import (
	"context"
	"fmt"
	"time"

	"bis/internal/briefing"
)

var feeds = []promise{
	{"Feed/tells_what_is_committed_after_it_was_opened", func(h *house) {
		req := h.start("kim")
		h.append(req, 1)
		f := h.feed()
		want := []briefing.Change{{Kind: briefing.BriefingStored, Briefing: h.append(req, 2)}}
		b, err := h.AddBriefing(h.Context(), outside(req, "x"))
		h.ok(err)
		want = append(want, briefing.Change{Kind: briefing.BriefingStored, Briefing: b})
		next := h.start("kim")
		want = append(want, briefing.Change{Kind: briefing.RequestEnded, Request: h.request(req.ID)},
			briefing.Change{Kind: briefing.RequestStarted, Request: next},
			briefing.Change{Kind: briefing.RequestEnded, Request: h.end(next, noon.Add(time.Minute))})
		h.same("told", h.take(f, len(want)), want)
		nothingMore(h, f)
	}},
	{"Feed/tells_nothing_of_users_reads_and_owners", func(h *house) {
		req := h.start("kim")
		f := h.feed()
		_, _, err := h.EnsureUser(h.Context(), "kim", nil)
		h.ok(err)
		_, err = h.SetCustom(h.Context(), "kim", []string{"a"})
		h.ok(err)
		claimAll(h)
		h.ok(h.Ping(h.Context()))
		h.all(req.ID)
		nothingMore(h, f)
	}},
	{"Feed/tells_every_reader_everything_in_order", func(h *house) {
		const requests, each = 5, 20
		feeds := h.feeds(3)
		many(h, requests, func(i int) (int, error) {
			started, err := h.StartRequest(h.Context(), order(fmt.Sprintf("user%d", i)))
			if err != nil {
				return 0, err
			}
			for tick := int64(1); tick <= each; tick++ {
				if _, err := h.Append(h.Context(), run(started.Request, tick)); err != nil {
					return 0, err
				}
			}
			_, err = h.EndRequest(h.Context(), briefing.End{ID: started.Request.ID, Reason: briefing.EndedByUser, At: noon})
			return 0, err
		})
		for _, f := range feeds {
			next := map[briefing.RequestID]int64{} // 0: not started; n: tick n is next
			for _, c := range h.take(f, requests*(each+2)) {
				id, ok := c.Request.ID, false
				switch c.Kind {
				case briefing.RequestStarted:
					ok = next[id] == 0
				case briefing.BriefingStored:
					id = c.Briefing.RequestID
					ok = c.Briefing.Tick == next[id]
				case briefing.RequestEnded:
					ok = next[id] == each+1
				}
				if !ok {
					h.Fatalf("request %s: change %v (tick %d) when %d was next", id, c.Kind, c.Briefing.Tick, next[id])
				}
				next[id]++
			}
		}
		nothingMore(h, feeds...)
	}},
	{"Feed/Next_ends_with_its_context_and_goes_on", func(h *house) {
		req := h.start("kim")
		f := h.feed()
		ctx, cancel := context.WithCancel(h.Context())
		cancel()
		_, err := f.Next(ctx)
		h.is("Next", err, context.Canceled)
		b := h.append(req, 1)
		h.same("the next one", h.take(f, 1)[0].Briefing, b)
	}},
	{"Feed/Close_ends_a_Next_that_waits", func(h *house) {
		f := h.feed()
		ended := make(chan error, 1)
		go func() {
			_, err := f.Next(h.Context())
			ended <- err
		}()
		h.ok(f.Close())
		h.ok(f.Close())
		select {
		case err := <-ended:
			if err == nil {
				h.Errorf("a closed feed told something")
			}
		case <-time.After(10 * time.Second):
			h.Fatalf("Next waits on a closed feed")
		}
		_, err := f.Next(h.Context())
		if err == nil {
			h.Errorf("Next after Close told something")
		}
	}},
}

// nothingMore reports what feeds tell although nothing more happened: a mark is written, and must come next.
func nothingMore(h *house, feeds ...briefing.Feed) {
	h.Helper()
	mark := h.start("mark")
	for _, f := range feeds {
		h.same("told", h.take(f, 1), []briefing.Change{{Kind: briefing.RequestStarted, Request: mark}})
	}
}
