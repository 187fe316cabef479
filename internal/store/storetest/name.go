package storetest

import (
	"strings"
	"time"

	"bis/internal/briefing"
)

// minsu is one name in four spellings: composed, decomposed, half of each, and with spaces around
// it.
var minsu = struct{ composed, decomposed, mixed, spaced string }{
	"김민수", "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e", "김\u1106\u1175\u11ab수", " 김민수\u3000",
}

// longName is an old name that is too long to have spellings. It is decomposed, so its composed
// form is a different name.
var longName = strings.Repeat("e\u0301", briefing.MaxNameBytes)

// spellings returns the four spellings of minsu.
func spellings() []string {
	return []string{minsu.composed, minsu.decomposed, minsu.mixed, minsu.spaced}
}

// names are the promises about spellings: a name identifies its user in every spelling with the
// same briefing.NameKey. The checks that begin with Old run on data of an earlier version, which
// stored names as they were typed and let one user appear as two.
var names = []promise{
	// EnsureUser, User and SetCustom find a user by every spelling. The stored name is the spelling
	// of the first call.
	{"User/every_spelling_of_a_name_is_one_user", func(h *fixture) {
		// Each spelling in turn is the first one, on a store of its own.
		for _, first := range spellings() {
			h := &fixture{T: h.T, Store: h.harness.Open(h.T, instance), harness: h.harness}
			u, made, err := h.EnsureUser(h.Context(), first, []string{"a"})
			h.ok(err)
			h.same("stored as given", []any{u.Username, made}, []any{first, true})
			for _, name := range spellings() {
				again, made, err := h.EnsureUser(h.Context(), name, []string{"b"})
				h.ok(err)
				h.same("EnsureUser "+name, []any{again, made}, []any{u, false})
				u.Custom = []string{name}
				set, err := h.SetCustom(h.Context(), name, u.Custom)
				h.ok(err)
				h.same("SetCustom "+name, set, u)
				read, err := h.User(h.Context(), first)
				h.ok(err)
				h.same("User", read, u)
			}
		}
	}},
	// One of several simultaneous calls under different spellings creates the user, and all return
	// it.
	{"EnsureUser/of_simultaneous_spellings_one_makes_the_user", func(h *fixture) {
		got := concurrently(h, 12, func(i int) (briefing.User, error) {
			u, _, err := h.EnsureUser(h.Context(), spellings()[i%len(spellings())], nil)
			return u, err
		})
		for _, u := range got {
			h.same("user", u, got[0])
		}
	}},
	// Every look-up of requests finds those of all spellings. A start under one spelling replaces
	// the active request of another, and ids grow across spellings. Stored names do not change.
	{"Request/look_ups_match_every_spelling", func(h *fixture) {
		h.known(minsu.mixed)
		first := h.start(minsu.decomposed)
		second := h.start(minsu.composed)
		third := h.start(minsu.spaced)
		if first.ID >= second.ID || second.ID >= third.ID {
			h.Errorf("ids %s, %s, %s do not grow", first.ID, second.ID, third.ID)
		}
		for _, name := range spellings() {
			active, err := h.ActiveRequest(h.Context(), name)
			h.ok(err)
			h.same("ActiveRequest", active, third)
			latest, err := h.LatestRequest(h.Context(), name)
			h.ok(err)
			h.same("LatestRequest", latest, third)
			list, more, err := h.Requests(h.Context(), name, "", 2)
			h.ok(err)
			h.same("Requests", []any{list, more}, []any{[]briefing.Request{third, h.request(second.ID)}, true})
			list, _, err = h.Requests(h.Context(), name, second.ID, 9)
			h.ok(err)
			h.same("its second page", list, []briefing.Request{h.request(first.ID)})
		}
		for _, old := range []briefing.Request{first, second} {
			h.same("why it ended", *h.request(old.ID).EndReason, briefing.Replaced)
			h.same("its name", h.request(old.ID).Username, old.Username)
		}
	}},
	// A key, or the same order with ContinueSame, continues the request under every spelling.
	{"StartRequest/a_key_and_the_same_order_continue_in_every_spelling", func(h *fixture) {
		s := order(minsu.decomposed)
		s.Request.Key = "k"
		first := h.startAs(s).Request
		for _, name := range spellings() {
			s.Request.Username = name
			h.same("by its key", h.startAs(s), briefing.Started{Request: first, Continued: true})
			same := order(name)
			same.ContinueSame = true
			h.same("the same", h.startAs(same), briefing.Started{Request: first, Continued: true})
		}
	}},
	// After simultaneous starts under several spellings one request is active.
	{"StartRequest/never_two_active_in_several_spellings", func(h *fixture) {
		h.known(minsu.mixed)
		concurrently(h, 12, func(i int) (briefing.Started, error) {
			return h.StartRequest(h.Context(), order(spellings()[i%len(spellings())]))
		})
		list, _, err := h.Requests(h.Context(), minsu.composed, "", 100)
		h.ok(err)
		// Twelve starts made twelve requests, in any order of the spellings.
		active := 0
		for _, r := range list {
			if r.Active {
				active++
			}
		}
		h.same("requests, active ones", []int{len(list), active}, []int{12, 1})
	}},
	// RunState finds the user's custom lines under any spelling of the request's name.
	{"RunState/reads_the_style_of_the_user_in_another_spelling", func(h *fixture) {
		for _, name := range spellings() {
			_, _, err := h.EnsureUser(h.Context(), minsu.mixed, nil)
			h.ok(err)
			_, err = h.SetCustom(h.Context(), name, []string{name})
			h.ok(err)
			state, err := h.RunState(h.Context(), h.start(name).ID)
			h.ok(err)
			h.same("custom", state.Custom, []string{name})
		}
	}},
	// If old data has a user twice, in two spellings, the first by id is the user in every
	// spelling.
	{"Old/the_first_user_by_id_is_the_user_in_every_spelling", func(h *fixture) {
		o := oldNames()
		h = h.openOld(o)
		for _, name := range spellings() {
			u, made, err := h.EnsureUser(h.Context(), name, nil)
			h.ok(err)
			h.same("EnsureUser "+name, []any{u, made}, []any{o.Users[0], false})
			set, err := h.SetCustom(h.Context(), name, []string{name})
			h.ok(err)
			o.Users[0].Custom = []string{name}
			h.same("SetCustom "+name, set, o.Users[0])
			read, err := h.User(h.Context(), name)
			h.ok(err)
			h.same("User "+name, read, o.Users[0])
		}
	}},
	// Names that are refused for new users still work for the users that have them.
	{"Old/names_that_would_be_refused_now_go_on_working", func(h *fixture) {
		h = h.openOld(oldNames())
		for _, name := range []string{"kim\u200b", "\u202elee", "\u3164", "line\nbreak", longName} {
			u, err := h.User(h.Context(), name)
			h.ok(err)
			h.same("User", u.Username, name)
			latest, err := h.LatestRequest(h.Context(), name)
			h.ok(err)
			h.same("LatestRequest", latest.Username, name)
		}
		// The name with the hidden character is a different name than kim, not a spelling of it.
		_, err := h.User(h.Context(), "kim")
		h.isKind("the name without what cannot be seen", err, briefing.ErrNotFound)
	}},
	// Requests of both spellings are listed as one user's. If two are active, the next Claim ends
	// the older as replaced and claims the newer.
	{"Old/requests_of_all_spellings_are_listed_and_of_two_active_ones_the_older_ends", func(h *fixture) {
		o := oldNames()
		h = h.openOld(o)
		claimed := claimAll(h) // the claim ends all but the newest old request of a user
		older, newer := o.Requests[0], o.Requests[1]
		for _, name := range spellings() {
			list, _, err := h.Requests(h.Context(), name, "", 9)
			h.ok(err)
			var got []string
			for _, r := range list {
				got = append(got, string(r.ID)+" "+r.Username)
			}
			h.same("Requests", got, []string{string(newer.ID) + " " + newer.Username, string(older.ID) + " " + older.Username})
			active, err := h.ActiveRequest(h.Context(), name)
			h.ok(err)
			h.same("ActiveRequest", active.ID, newer.ID)
		}
		ended := h.request(older.ID)
		if ended.Active || ended.EndReason == nil || *ended.EndReason != briefing.Replaced || ended.EndedAt == nil {
			h.Errorf("the older one is %+v, want it replaced", ended)
		}
		if _, ok := claimed[newer.ID]; !ok {
			h.Errorf("the newer one was not claimed")
		}
		state, err := h.RunState(h.Context(), newer.ID)
		h.ok(err)
		h.same("the style of its runs", state.Custom, o.Users[0].Custom)
	}},
	// A start ends the active requests of all spellings as replaced, and reports the newest of
	// them.
	{"Old/a_start_replaces_the_active_ones_of_all_spellings", func(h *fixture) {
		o := oldNames()
		h = h.openOld(o)
		s := order(minsu.mixed)
		s.Request.StartedAt = time.Now().UTC().Truncate(time.Millisecond)
		got := h.startAs(s)
		if got.Replaced == nil || got.Replaced.ID != o.Requests[1].ID {
			h.Fatalf("replaced %+v, want %s", got.Replaced, o.Requests[1].ID)
		}
		if got.Request.ID <= o.Requests[1].ID {
			h.Errorf("id %s after %s", got.Request.ID, o.Requests[1].ID)
		}
		for _, r := range o.Requests[:2] {
			old := h.request(r.ID)
			if old.Active || *old.EndReason != briefing.Replaced || old.Username != r.Username {
				h.Errorf("after the start %+v, want it replaced", old)
			}
		}
	}},
}

// Old is data of an earlier version, with names as they were typed.
type Old struct {
	Users    []briefing.User
	Requests []briefing.Request // active, without an owner
}

// openOld opens another store, on data of an earlier version.
func (h *fixture) openOld(o Old) *fixture {
	h.Helper()
	if h.harness.Old == nil {
		h.Fatalf("the harness opens no old data")
	}
	return &fixture{T: h.T, Store: h.harness.Old(h.T, instance, o), harness: h.harness}
}

// oldNames returns data in which one user is stored twice, in two spellings, each with an active
// request. It also has users whose names would be refused today.
func oldNames() Old {
	ends := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	var o Old
	for i, name := range []string{minsu.decomposed, minsu.composed, "kim\u200b", "\u202elee", "\u3164", "line\nbreak", longName} {
		at := ends.Add(-2*time.Hour + time.Duration(i)*time.Minute)
		o.Users = append(o.Users, briefing.User{ID: briefing.UserID(briefing.NewID(at)), Username: name, Custom: []string{"old", name}})
		o.Requests = append(o.Requests, briefing.Request{
			ID: briefing.RequestID(briefing.NewID(at)), Username: name, Name: at.Format(briefing.NameLayout), Interval: 60, EndTime: ends.Format(briefing.ClockLayout),
			EndText: "10:00 PM", CameraID: briefing.DefaultCamera, StartedAt: at, EndsAt: &ends, Active: true, Owner: briefing.Owner{Term: 1},
		})
	}
	return o
}
