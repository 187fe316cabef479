package storetest

import (
	"sync"
	"time"

	"bis/internal/briefing"
)

// starts are the promises of StartRequest.
var starts = []promise{
	// A start stores an active request as ordered, with a new id and this process as the owner in
	// term 1.
	{"StartRequest/stores_an_active_request", func(h *fixture) {
		s := order("kim")
		s.Request.Key = "phone-1"
		got := h.startAs(s)
		want := s.Request
		want.ID, want.Active, want.Owner = got.Request.ID, true, got.Request.Owner
		h.same("answer", got, briefing.Started{Request: want})
		if !briefing.ValidID(string(want.ID)) || want.Owner.Instance != instance {
			h.Errorf("the id is %q, the owner %+v", want.ID, want.Owner)
		}
		h.same("Request", h.request(want.ID), want)
		active, err := h.ActiveRequest(h.Context(), "kim")
		h.ok(err)
		h.same("ActiveRequest", active, want)
		latest, err := h.LatestRequest(h.Context(), "kim")
		h.ok(err)
		h.same("LatestRequest", latest, want)
	}},
	// Times are cut to milliseconds and returned in UTC.
	{"StartRequest/keeps_milliseconds_and_answers_in_UTC", func(h *fixture) {
		s := order("kim")
		// 123 µs beyond noon's milliseconds, in another zone.
		s.Request.StartedAt = noon.Add(123_456).In(time.FixedZone("KST", 9*3600))
		req := h.startAs(s).Request
		h.same("answer", req.StartedAt.String(), noon.String())
		h.same("read", h.request(req.ID), req)
	}},
	// A request without an end time is read back without one.
	{"StartRequest/reads_no_end_time_back_as_none", func(h *fixture) {
		s := order("kim")
		s.Request.EndsAt = nil
		h.same("EndsAt", h.request(h.startAs(s).Request.ID).EndsAt, (*time.Time)(nil))
	}},
	// Each new request of a user has a greater id than all earlier ones.
	{"StartRequest/gives_ids_that_grow", func(h *fixture) {
		var last briefing.RequestID
		for range 20 {
			req := h.start("kim")
			if req.ID <= last {
				h.Fatalf("id %s after %s", req.ID, last)
			}
			last = req.ID
		}
	}},
	// A start ends the user's active request as replaced at the new one's StartedAt, and settles
	// its ticks. Those that the schedule names count as skipped.
	{"StartRequest/ends_the_active_one_as_replaced", func(h *fixture) {
		old := h.start("kim")
		h.append(old, 2)
		s := order("kim")
		s.Request.StartedAt = noon.Add(65 * time.Second)
		// Ticks 1 and 2 of these are settled already, and 7 is after the new start.
		s.Skipped = skips(old, 1, 2, 3, 5, 6, 7)
		got := h.startAs(s)
		want := old
		why := briefing.Replaced
		want.Active, want.EndReason, want.EndedAt, want.Ticks = false, &why, &got.Request.StartedAt, briefing.TickCounts{Done: 1, Skipped: 3, Missed: 2}
		want.LastTick, want.LastID = 6, h.all(old.ID)[0].ID
		h.same("the replaced one", got.Replaced, &want)
		h.same("as read", h.request(old.ID), want)
		active, err := h.ActiveRequest(h.Context(), "kim")
		h.ok(err)
		h.same("the active one", active.ID, got.Request.ID)
	}},
	// A start with EnsuredUser creates the user once, with the default custom lines, and stores the
	// user's own spelling of the name. The lines of an existing user stay. KnownUser finds the same
	// user.
	{"StartRequest/of_an_ensured_user_makes_that_user_once", func(h *fixture) {
		got := concurrently(h, 12, func(i int) (briefing.Started, error) {
			s := order(spellings()[i%len(spellings())])
			s.User = briefing.EnsuredUser
			return h.StartRequest(h.Context(), s)
		})
		u, err := h.User(h.Context(), minsu.composed)
		h.ok(err)
		h.same("its style", u.Custom, briefing.DefaultCustom())
		for _, g := range got {
			h.same("the name of the request", g.Request.Username, u.Username)
		}
		s := order(u.Username)
		s.User = briefing.KnownUser
		h.same("KnownUser", h.startAs(s).Request.Username, u.Username)
		set, err := h.SetCustom(h.Context(), u.Username, []string{"짧게"})
		h.ok(err)
		s.User = briefing.EnsuredUser
		h.startAs(s)
		again, err := h.User(h.Context(), u.Username)
		h.ok(err)
		h.same("its own style stays", again, set)
	}},
	// With KnownUser a start under an unknown name returns ErrNotFound, and OnlyContinue creates no
	// user. AnyUser starts under any name and creates no user either.
	{"StartRequest/of_a_known_user_who_is_not_there_stores_nothing", func(h *fixture) {
		s := order("kim")
		s.User = briefing.KnownUser
		_, err := h.StartRequest(h.Context(), s)
		h.isKind("KnownUser", err, briefing.ErrNotFound)
		s.User, s.OnlyContinue = briefing.EnsuredUser, true
		_, err = h.StartRequest(h.Context(), s)
		h.isKind("OnlyContinue", err, briefing.ErrNotFound)
		_, err = h.User(h.Context(), "kim")
		h.isKind("User", err, briefing.ErrNotFound)
		_, err = h.LatestRequest(h.Context(), "kim")
		h.isKind("LatestRequest", err, briefing.ErrNotFound)
		s = order("kim")
		h.startAs(s) // any name may start
		_, err = h.User(h.Context(), "kim")
		h.isKind("User after a start under any name", err, briefing.ErrNotFound)
	}},
	// A start changes no request of another user.
	{"StartRequest/leaves_other_users_alone", func(h *fixture) {
		other := h.start("lee")
		if got := h.startAs(order("kim")); got.Replaced != nil {
			h.Errorf("replaced %s", got.Replaced.ID)
		}
		h.same("the other's", h.request(other.ID), other)
	}},
	// A key that one of the user's requests has continues that request, active or ended, and
	// changes nothing.
	{"StartRequest/a_known_key_continues_that_request_and_changes_nothing", func(h *fixture) {
		s := order("kim")
		s.Request.Key = "k"
		first := h.startAs(s).Request
		h.same("active", h.startAs(s), briefing.Started{Request: first, Continued: true})
		// The key's request has ended and another one is active. The key continues the former.
		h.end(first, noon.Add(time.Minute))
		other := h.start("kim")
		ended := h.request(first.ID)
		h.same("ended", h.startAs(s), briefing.Started{Request: ended, Continued: true})
		h.same("the active one stays", h.request(other.ID).Active, true)
	}},
	// With OnlyContinue a known key continues its request, and any other start returns ErrNotFound.
	{"StartRequest/OnlyContinue_starts_nothing", func(h *fixture) {
		s := order("kim")
		s.Request.Key = "k"
		first := h.startAs(s).Request
		only := briefing.Start{Request: briefing.Request{Username: "kim", Key: "k"}, OnlyContinue: true}
		h.same("a known key", h.startAs(only), briefing.Started{Request: first, Continued: true})
		for _, key := range []string{"another", ""} {
			only.Request.Key = key
			_, err := h.StartRequest(h.Context(), only)
			h.isKind("the key "+key, err, briefing.ErrNotFound)
		}
		h.same("the active one stays", h.request(first.ID), first)
	}},
	// With OnlyContinue and ContinueSame the same order continues the active request, and another
	// order returns ErrNotFound.
	{"StartRequest/OnlyContinue_continues_the_same_when_asked_to", func(h *fixture) {
		first := h.start("kim")
		only := order("kim")
		only.OnlyContinue, only.ContinueSame = true, true
		h.same("the same", h.startAs(only), briefing.Started{Request: first, Continued: true})
		only.Request.Interval++
		_, err := h.StartRequest(h.Context(), only)
		h.isKind("another interval", err, briefing.ErrNotFound)
		h.same("the active one stays", h.request(first.ID), first)
	}},
	// Two users may use one key, and a start without a key continues none.
	{"StartRequest/a_key_is_its_users_own", func(h *fixture) {
		s := order("kim")
		s.Request.Key = "k"
		h.startAs(s)
		s.Request.Username = "lee"
		if got := h.startAs(s); got.Continued {
			h.Errorf("continued the request of %s", got.Request.Username)
		}
		none := order("kim")
		if got := h.startAs(none); got.Continued {
			h.Errorf("a start without a key continued %q", got.Request.Key)
		}
	}},
	// One of several simultaneous starts with one key starts a request, and the others continue it.
	{"StartRequest/of_simultaneous_calls_with_one_key_one_starts", func(h *fixture) {
		s := order("kim")
		s.Request.Key = "k"
		got := concurrently(h, 12, func(int) (briefing.Started, error) { return h.StartRequest(h.Context(), s) })
		fresh := 0
		for _, g := range got {
			h.same("request", g.Request.ID, got[0].Request.ID)
			if !g.Continued {
				fresh++
			}
		}
		h.same("how many started", fresh, 1)
	}},
	// With ContinueSame an active request with the same interval, end text and camera is continued.
	// Another order replaces it, and an ended request is not continued. On another camera it starts
	// anew and replaces nothing.
	{"StartRequest/ContinueSame_continues_only_the_same", func(h *fixture) {
		base := order("kim")
		base.ContinueSame = true
		first := h.startAs(base).Request
		h.same("the same", h.startAs(base), briefing.Started{Request: first, Continued: true})
		for name, change := range map[string]func(*briefing.Request){
			"another interval": func(r *briefing.Request) { r.Interval++ },
			"another end text": func(r *briefing.Request) { r.EndText = "22:00" },
		} {
			s := base
			change(&s.Request)
			if got := h.startAs(s); got.Continued || got.Replaced == nil {
				h.Errorf("%s was continued", name)
			}
			h.startAs(base) // for the next case, base is active again
		}
		h.known("kim")
		yard := base
		yard.Request.CameraID = h.save("kim", "yard").ID
		if got := h.startAs(yard); got.Continued || got.Replaced != nil {
			h.Errorf("another camera: continued %v, replaced %v", got.Continued, got.Replaced)
		}
		latest := h.startAs(base).Request
		h.end(latest, noon.Add(time.Second))
		if h.startAs(base).Continued {
			h.Errorf("an ended request was continued")
		}
	}},
	// A user never has two active requests: in the feed of simultaneous starts, each end precedes
	// the next start.
	{"StartRequest/never_two_active_whatever_races", func(h *fixture) {
		h.known("kim")
		f := h.feed()
		const callers, each = 8, 5
		concurrently(h, callers, func(int) (int, error) {
			for range each {
				if _, err := h.StartRequest(h.Context(), order("kim")); err != nil {
					return 0, err
				}
			}
			return 0, nil
		})
		// Each start but the first ends one request, so the feed alternates between start and end.
		active := briefing.RequestID("")
		for _, c := range h.nextChanges(f, 2*callers*each-1) {
			switch {
			case c.Kind == briefing.RequestStarted && active == "":
				active = c.Request.ID
			case c.Kind == briefing.RequestEnded && c.Request.ID == active:
				active = ""
			default:
				h.Fatalf("feed: %v of %s while %q is active", c.Kind, c.Request.ID, active)
			}
		}
		list, _, err := h.Requests(h.Context(), "kim", "", callers*each+1)
		h.ok(err)
		var still []briefing.RequestID
		for _, r := range list {
			if r.Active {
				still = append(still, r.ID)
			}
		}
		h.same("active ones", still, []briefing.RequestID{active})
		h.same("all", len(list), callers*each)
	}},
	// In the feed the end of the replaced request comes before the new start.
	{"StartRequest/in_the_feed_the_end_comes_before_the_start", func(h *fixture) {
		old := h.start("kim")
		f := h.feed()
		got := h.startAs(order("kim"))
		h.same("feed", h.nextChanges(f, 2), []briefing.Change{
			{Kind: briefing.RequestEnded, Request: h.request(old.ID)},
			{Kind: briefing.RequestStarted, Request: got.Request},
		})
	}},
}

// concurrently calls do from n goroutines at once and returns the results in the order of i. An
// error is reported.
func concurrently[V any](h *fixture, n int, do func(i int) (V, error)) []V {
	h.Helper()
	got := make([]V, n)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-begin // all calls start together
			v, err := do(i)
			if err != nil {
				h.Errorf("call %d: %v", i, err)
			}
			got[i] = v
		})
	}
	close(begin)
	all.Wait()
	return got
}
