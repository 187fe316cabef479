package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bis/internal/briefing"
)

// deletions are the promises of DeleteUser.
var deletions = []promise{
	// DeleteUser deletes the briefings, the requests and the user, whatever the spelling of their
	// names, and nothing of other users. A repeated call finds nothing.
	{"DeleteUser/deletes_everything_of_the_user_in_every_spelling", func(h *fixture) {
		h.known(minsu.mixed)
		h.known("lee")
		other := h.start("lee")
		stays := h.append(other, 1)
		var reqs []briefing.Request
		var ids []briefing.BriefingID
		for i, name := range []string{minsu.composed, minsu.decomposed, minsu.mixed} {
			req := h.start(name) // ends the one before
			for tick := range i * 2 {
				ids = append(ids, h.append(req, int64(tick+1)).ID)
			}
			reqs = append(reqs, req)
		}
		b, err := h.AddBriefing(h.Context(), fromOutside(reqs[2], "x"))
		h.ok(err)
		ids = append(ids, b.ID)
		got, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: minsu.decomposed, At: noon.Add(time.Minute)})
		h.ok(err)
		slices.Sort(got.Requests)
		h.same("deleted", got, briefing.Deleted{
			Requests: []briefing.RequestID{reqs[0].ID, reqs[1].ID, reqs[2].ID}, Briefings: len(ids),
		})
		h.isGone(minsu.mixed, reqs, ids)
		h.same("another user's request", h.request(other.ID), before(other, stays))
		h.same("another user's briefings", h.all(other.ID), []briefing.Briefing{stays})
		again, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: minsu.mixed, At: noon})
		h.ok(err)
		h.same("again", again, briefing.Deleted{})
		// The name may be used again, by a new user without a past.
		u, made, err := h.EnsureUser(h.Context(), minsu.composed, []string{"new"})
		h.ok(err)
		h.same("a new user", []any{u.Custom, u.SeenAt == nil, made}, []any{[]string{"new"}, true, true})
		next := h.start(minsu.composed)
		h.append(next, 1)
		list, _, err := h.Requests(h.Context(), minsu.composed, "", 10)
		h.ok(err)
		h.same("requests of the new user", list, []briefing.Request{h.request(next.ID)})
	}},
	// A name without a user and without requests is no error. Requests without a user are deleted,
	// and UserDeleted ends the feed of their deletion. A repeated deletion is in the feed, too.
	{"DeleteUser/of_nobody_is_no_error", func(h *fixture) {
		for _, name := range []string{"nobody", "", "\xff"} {
			got, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: name, At: noon})
			h.ok(err)
			h.same(name, got, briefing.Deleted{})
		}
		req := h.start("nobody")
		b := h.append(req, 1)
		f := h.feed()
		got, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "nobody", At: noon})
		h.ok(err)
		h.same("without a user", got, briefing.Deleted{Requests: []briefing.RequestID{req.ID}, Briefings: 1})
		h.isGone("nobody", []briefing.Request{req}, []briefing.BriefingID{b.ID})
		c := h.nextChanges(f, 1)[0]
		if c.Kind == briefing.RequestEnded { // a feed may leave out the end of a deleted request
			c = h.nextChanges(f, 1)[0]
		}
		h.same("the request", c, briefing.Change{Kind: briefing.RequestDeleted, Request: briefing.Request{ID: req.ID}})
		gone := briefing.Change{Kind: briefing.UserDeleted, Username: "nobody"}
		h.same("the user", h.nextChanges(f, 1), []briefing.Change{gone})
		_, err = h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "nobody", At: noon})
		h.ok(err)
		h.same("a repeated deletion", h.nextChanges(f, 1), []briefing.Change{gone})
		nothingMore(h, f)
	}},
	// In the feed the deletion of a request comes after all its other changes, and the deletion of
	// the user comes last.
	{"DeleteUser/is_in_the_feed", func(h *fixture) {
		h.known("kim")
		old := h.start("kim")
		f := h.feed()
		req := h.start("kim")
		h.append(req, 1)
		_, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "kim", At: noon.Add(time.Minute)})
		h.ok(err)
		var deleted []briefing.RequestID
		for {
			c := h.nextChanges(f, 1)[0]
			if c.Kind == briefing.UserDeleted {
				h.same("name", briefing.NameKey(c.Username), "kim")
				break
			}
			id := c.Request.ID
			if c.Kind == briefing.BriefingStored {
				id = c.Briefing.RequestID
			}
			if slices.Contains(deleted, id) {
				h.Errorf("change %v of request %s after its deletion", c.Kind, id)
			}
			if c.Kind == briefing.RequestDeleted {
				h.same("only the id", c.Request, briefing.Request{ID: id})
				deleted = append(deleted, id)
			}
		}
		slices.Sort(deleted)
		h.same("deleted", deleted, []briefing.RequestID{old.ID, req.ID})
		nothingMore(h, f)
	}},
	// A request whose end was moved is deleted like any other, whether the new end is ahead or has
	// passed. Its moves precede its deletion in the feed.
	{"DeleteUser/deletes_a_request_whose_end_was_moved", func(h *fixture) {
		f := h.feed()
		for _, to := range []time.Duration{26 * time.Hour, -time.Minute} {
			h.known("kim")
			req := h.start("kim")
			end := h.Now().Add(to).UTC().Truncate(time.Millisecond)
			h.same("start", h.nextChanges(f, 1), []briefing.Change{{Kind: briefing.RequestStarted, Request: req}})
			h.expectMove(f, h.move(req.ID, end, "23:00"))
			b := h.append(req, 1)
			got, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "kim", At: noon.Add(time.Minute)})
			h.ok(err)
			h.same("deleted", got, briefing.Deleted{Requests: []briefing.RequestID{req.ID}, Briefings: 1})
			h.isGone("kim", []briefing.Request{req}, []briefing.BriefingID{b.ID})
			for c := (briefing.Change{}); c.Kind != briefing.UserDeleted; {
				if c = h.nextChanges(f, 1)[0]; c.Kind == briefing.RequestMoved {
					h.Errorf("a second move: %+v", c.Request)
				}
			}
		}
		nothingMore(h, f)
	}},
	// Writers that race with a deletion are refused, and leave nothing behind.
	{"DeleteUser/leaves_nothing_behind_whatever_races", func(h *fixture) {
		for range 3 {
			h.known("kim")
			req := h.start("kim")
			f := h.feed()
			var writing sync.WaitGroup
			for range 4 {
				writing.Go(func() { addUntilGone(h, req) })
			}
			writing.Go(func() { appendUntilGone(h, req) })
			writing.Go(func() { moveUntilGone(h, req) })
			h.nextChanges(f, 10) // by then all writers have started
			_, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "kim", At: noon.Add(time.Minute)})
			h.ok(err)
			writing.Wait()
			h.isGone("kim", []briefing.Request{req}, nil)
			h.ok(f.Close())
		}
	}},
	// A start that asks for its user comes before a deletion at the same time, or after it: no
	// request is left without its user, also if another process starts it.
	{"DeleteUser/leaves_no_request_without_its_user", func(h *fixture) {
		stores := []briefing.Store{h.Store}
		if h.harness.Beside != nil {
			stores = append(stores, h.harness.Beside(h.T, h.Store, otherInstance))
		}
		for _, kind := range []briefing.StartUser{briefing.EnsuredUser, briefing.KnownUser} {
			for range 3 {
				h.known("kim")
				var starting sync.WaitGroup
				begun := make(chan struct{}, 5*len(stores))
				for _, st := range stores {
					starting.Go(func() { h.startOften(st, kind, begun) })
				}
				<-begun
				_, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "kim", At: noon.Add(time.Minute)})
				h.ok(err)
				starting.Wait()
				_, none := h.User(h.Context(), "kim")
				if req, err := h.LatestRequest(h.Context(), "kim"); err == nil && none != nil {
					h.Errorf("request %s is left, active %v, without its user: %v", req.ID, req.Active, none)
				}
			}
		}
	}},
}

// startOften starts five requests of kim, which may fail only for want of that user.
func (h *fixture) startOften(st briefing.Store, user briefing.StartUser, begun chan<- struct{}) {
	for range 5 {
		s := order("kim")
		s.User = user
		_, err := st.StartRequest(h.Context(), s)
		if err != nil && !(user == briefing.KnownUser && errors.Is(err, briefing.ErrNotFound)) {
			h.Errorf("StartRequest: %v", err)
		}
		begun <- struct{}{}
	}
}

// before returns a request as it was after its only briefing, of its first tick.
func before(req briefing.Request, b briefing.Briefing) briefing.Request {
	req.LastTick, req.LastID, req.Ticks.Done = b.Tick, b.ID, 1
	return req
}

// isGone checks that nothing is left of a user.
func (h *fixture) isGone(username string, reqs []briefing.Request, ids []briefing.BriefingID) {
	h.Helper()
	_, err := h.User(h.Context(), username)
	h.isKind("User", err, briefing.ErrNotFound)
	_, err = h.ActiveRequest(h.Context(), username)
	h.isKind("ActiveRequest", err, briefing.ErrNotFound)
	_, err = h.LatestRequest(h.Context(), username)
	h.isKind("LatestRequest", err, briefing.ErrNotFound)
	for _, req := range reqs {
		_, err = h.Request(h.Context(), req.ID)
		h.isKind("Request", err, briefing.ErrNotFound)
		h.same("briefings", len(h.all(req.ID)), 0)
		_, err = h.Append(h.Context(), runOf(req, 300))
		h.isKind("Append", err, briefing.ErrNotFound)
		_, err = h.AddBriefing(h.Context(), fromOutside(req, "x"))
		h.isKind("AddBriefing", err, briefing.ErrNotFound)
		_, err = h.MoveEnd(h.Context(), briefing.Move{ID: req.ID, EndsAt: noon.Add(9 * time.Hour), EndTime: "06:00"})
		h.isKind("MoveEnd", err, briefing.ErrNotFound)
		h.same("briefings afterwards", len(h.all(req.ID)), 0)
	}
	for _, id := range ids {
		_, _, err = h.Briefing(h.Context(), id)
		h.isKind(fmt.Sprintf("Briefing(%s)", id), err, briefing.ErrNotFound)
		_, _, err = h.ReportBriefing(h.Context(), id, briefing.Mark{Wrong: true})
		h.isKind(fmt.Sprintf("ReportBriefing(%s)", id), err, briefing.ErrNotFound)
	}
}

// addUntilGone adds briefings until the request is deleted.
func addUntilGone(h *fixture, req briefing.Request) {
	for {
		_, err := h.AddBriefing(h.Context(), fromOutside(req, "x"))
		if errors.Is(err, briefing.ErrNotFound) {
			return
		}
		if err != nil && !errors.Is(err, briefing.ErrConflict) {
			h.Errorf("AddBriefing: %v", err)
			return
		}
	}
}

// appendUntilGone appends tick after tick until the request is deleted.
func appendUntilGone(h *fixture, req briefing.Request) {
	for tick := int64(1); ; tick++ {
		_, err := h.Append(h.Context(), runOf(req, tick))
		if errors.Is(err, briefing.ErrNotFound) {
			return
		}
		if err != nil && !errors.Is(err, briefing.ErrConflict) {
			h.Errorf("Append: %v", err)
			return
		}
	}
}

// moveUntilGone moves the end of a request, later each time, until the request is deleted.
func moveUntilGone(h *fixture, req briefing.Request) {
	for n := 1; ; n++ {
		_, err := h.MoveEnd(h.Context(), briefing.Move{
			ID: req.ID, EndsAt: noon.Add(time.Duration(n) * time.Minute), EndTime: "23:00",
		})
		if errors.Is(err, briefing.ErrNotFound) {
			return
		}
		if err != nil && !errors.Is(err, briefing.ErrConflict) {
			h.Errorf("MoveEnd: %v", err)
			return
		}
	}
}
