package storetest

import (
	"context"
	"fmt"
	"time"

	"bis/internal/briefing"
)

// feeds are the promises of OpenFeed and Feed.
var feeds = []promise{
	// A feed has every change that is committed after its opening: briefings, starts and ends, as
	// they are stored and in the order of the commits.
	{"Feed/tells_what_is_committed_after_it_was_opened", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 1) // before the opening, so it is not among the wanted changes
		f := h.feed()
		want := []briefing.Change{{Kind: briefing.BriefingStored, Briefing: h.append(req, 2)}}
		b, err := h.AddBriefing(h.Context(), fromOutside(req, "x"))
		h.ok(err)
		want = append(want, briefing.Change{Kind: briefing.BriefingStored, Briefing: b})
		next := h.start("kim") // replaces req, so the feed has an end and a start
		want = append(want, briefing.Change{Kind: briefing.RequestEnded, Request: h.request(req.ID)},
			briefing.Change{Kind: briefing.RequestStarted, Request: next},
			briefing.Change{Kind: briefing.RequestEnded, Request: h.end(next, noon.Add(time.Minute))})
		h.same("changes", h.nextChanges(f, len(want)), want)
		nothingMore(h, f)
	}},
	// Users, reads, claims and pings appear in no feed.
	{"Feed/tells_nothing_of_users_reads_and_owners", func(h *fixture) {
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
	// Every reader gets every change once. For each request the order is start, ticks, end, even if
	// other requests change at the same time.
	{"Feed/tells_every_reader_everything_in_order", func(h *fixture) {
		const requests, each = 5, 20
		feeds := h.feeds(3)
		concurrently(h, requests, func(i int) (int, error) {
			started, err := h.StartRequest(h.Context(), order(fmt.Sprintf("user%d", i)))
			if err != nil {
				return 0, err
			}
			for tick := int64(1); tick <= each; tick++ {
				if _, err := h.Append(h.Context(), runOf(started.Request, tick)); err != nil {
					return 0, err
				}
			}
			_, err = h.EndRequest(h.Context(), briefing.End{ID: started.Request.ID, Reason: briefing.EndedByUser, At: noon})
			return 0, err
		})
		// Requests may be interleaved in any way, but each has its own order. All readers share the
		// same rule and need not agree on the interleaving.
		for _, f := range feeds {
			next := map[briefing.RequestID]int64{} // 0: not started; n: tick n is next
			for _, c := range h.nextChanges(f, requests*(each+2)) {
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
	// Next returns when its context ends, and the feed continues without a loss.
	{"Feed/Next_ends_with_its_context_and_goes_on", func(h *fixture) {
		req := h.start("kim")
		f := h.feed()
		ctx, cancel := context.WithCancel(h.Context())
		cancel() // the feed has no change, so Next can only return the error of its context
		_, err := f.Next(ctx)
		h.isKind("Next", err, context.Canceled)
		b := h.append(req, 1)
		h.same("the next one", h.nextChanges(f, 1)[0].Briefing, b)
	}},
	// After Close a waiting Next and every later Next return an error. Close may be called twice.
	{"Feed/Close_ends_a_Next_that_waits", func(h *fixture) {
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
				h.Errorf("a closed feed has a change")
			}
		case <-time.After(10 * time.Second):
			h.Fatalf("Next waits on a closed feed")
		}
		_, err := f.Next(h.Context())
		if err == nil {
			h.Errorf("Next after Close has a change")
		}
	}},
}

// nothingMore reports changes that a feed still has. It starts a request as a mark, and the start
// must be the next change of each feed.
func nothingMore(h *fixture, feeds ...briefing.Feed) {
	h.Helper()
	mark := h.start("mark")
	for _, f := range feeds {
		h.same("changes", h.nextChanges(f, 1), []briefing.Change{{Kind: briefing.RequestStarted, Request: mark}})
	}
}
