package storetest

import (
	"fmt"
	"time"

	"bis/internal/briefing"
)

// owners are the promises of Claim, Release and RunState.
var owners = []promise{
	// A request that this process has started is not claimed again, so its term stays.
	{"Claim/leaves_ones_own_alone", func(h *fixture) {
		req := h.start("kim")
		h.same("claimed", len(claimAll(h)), 0)
		h.same("owner", h.request(req.ID).Owner, req.Owner)
		h.append(req, 1)
	}},
	// After a takeover Claim returns every active request once, at most limit per call, in a later
	// term and otherwise unchanged. New requests belong to the new process at once.
	{"Claim/after_a_takeover_takes_every_active_request_in_a_later_term", func(h *fixture) {
		old := map[briefing.RequestID]briefing.Request{}
		for i := range 7 {
			req := h.start(fmt.Sprintf("user%d", i))
			h.append(req, 1)
			old[req.ID] = h.request(req.ID)
		}
		ended := h.start("lee")
		h.end(ended, noon.Add(time.Second))
		next := &fixture{T: h.T, Store: h.harness.Takeover(h.T, h.Store, otherInstance), harness: h.harness}
		// A limit below the number of requests: Claim must be called again for the rest.
		first, err := next.Claim(h.Context(), 3)
		h.ok(err)
		if len(first) == 0 || len(first) > 3 {
			h.Errorf("claimed %d with a limit of 3", len(first))
		}
		claimed := claimAll(next)
		for _, r := range first {
			claimed[r.ID] = r
		}
		h.same("how many", len(claimed), len(old))
		for id, was := range old {
			now, ok := claimed[id]
			if !ok || now.Owner.Instance != otherInstance || now.Owner.Term <= was.Owner.Term {
				h.Errorf("request %s: owner %+v after %+v", id, now.Owner, was.Owner)
			}
			was.Owner = now.Owner // no other field may differ
			h.same("claimed", now, was)
			h.same("read", next.request(id), was)
		}
		h.same("an ended one", next.request(ended.ID).Active, false)
		fresh := next.start("park")
		h.same("a new one's owner", fresh.Owner.Instance, otherInstance)
		h.same("nothing is left", len(claimAll(next)), 0)
	}},
	// A request that is not due, has ended, or belongs to another process is not due here.
	{"Due/has_only_due_active_requests_of_this_process", func(h *fixture) {
		due := h.start("kim")
		h.move(due.ID, h.Now().Add(-time.Second), "11:00")
		later := h.start("lee")
		h.move(later.ID, h.Now().Add(time.Hour), "13:00")
		h.end(h.start("park"), noon.Add(time.Second))
		got, err := h.Due(h.Context())
		h.ok(err)
		if len(got) > 1 || len(got) == 1 && got[0] != due.ID {
			h.Errorf("due are %v, want at most %v", got, due.ID)
		}
		next := &fixture{T: h.T, Store: h.harness.Takeover(h.T, h.Store, otherInstance), harness: h.harness}
		got, err = next.Due(h.Context())
		h.ok(err)
		h.same("before a claim", len(got), 0)
	}},
	// Release may be called twice, and active requests stay active.
	{"Release/may_be_called_twice_and_takes_nothing_from_anyone_here", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 1)
		h.ok(h.Release(h.Context()))
		h.ok(h.Release(h.Context()))
		h.same("the request goes on", h.request(req.ID).Active, true)
	}},
	// RunState returns owner, activity, the present end and custom lines, even after the end.
	{"RunState/reads_owner_activity_end_and_style", func(h *fixture) {
		_, _, err := h.EnsureUser(h.Context(), "kim", []string{"짧게"})
		h.ok(err)
		req := h.start("kim")
		state, err := h.RunState(h.Context(), req.ID)
		h.ok(err)
		h.same("active", state, briefing.RunState{
			Active: true, Owner: req.Owner, EndsAt: req.EndsAt, Custom: []string{"짧게"},
		})
		h.append(req, 1)
		h.move(req.ID, noon.Add(2*time.Hour), "23:00")
		state, err = h.RunState(h.Context(), req.ID)
		h.ok(err)
		h.same("moved", *state.EndsAt, noon.Add(2*time.Hour))
		_, err = h.SetCustom(h.Context(), "kim", []string{"길게", "영어로"})
		h.ok(err)
		h.end(req, noon.Add(time.Second))
		state, err = h.RunState(h.Context(), req.ID)
		h.ok(err)
		h.same("ended", []any{state.Active, *state.EndsAt, state.Custom},
			[]any{false, noon.Add(2 * time.Hour), []string{"길게", "영어로"}})
	}},
	// A request whose user was never stored has no custom lines.
	{"RunState/of_a_user_that_is_gone_has_no_style", func(h *fixture) {
		req := h.start("never signed in")
		state, err := h.RunState(h.Context(), req.ID)
		h.ok(err)
		h.same("style", len(state.Custom), 0)
	}},
}

// claimAll claims three requests at a time until nothing is left, and fails the check if one is
// returned twice.
func claimAll(h *fixture) map[briefing.RequestID]briefing.Request {
	h.Helper()
	all := map[briefing.RequestID]briefing.Request{}
	for {
		list, err := h.Claim(h.Context(), 3)
		h.ok(err)
		if len(list) == 0 {
			return all
		}
		for _, r := range list {
			if _, again := all[r.ID]; again {
				h.Fatalf("request %s was claimed twice", r.ID)
			}
			all[r.ID] = r
		}
	}
}
