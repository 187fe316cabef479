package storetest

import (
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// users are the promises of UserStore.
var users = []promise{
	// The first call for a name creates the user with the custom lines. A second call changes
	// nothing and returns the same user.
	{"EnsureUser/makes_a_user_once", func(h *fixture) {
		u, made, err := h.EnsureUser(h.Context(), "kim", []string{"a", "b"})
		h.ok(err)
		h.same("first call", []any{u.Username, u.Custom, made}, []any{"kim", []string{"a", "b"}, true})
		if !briefing.ValidID(string(u.ID)) {
			h.Errorf("the id %q is none", u.ID)
		}
		// Other custom lines do not replace those of an existing user.
		again, made, err := h.EnsureUser(h.Context(), "kim", []string{"c"})
		h.ok(err)
		h.same("second call", []any{again, made}, []any{u, false})
		read, err := h.User(h.Context(), "kim")
		h.ok(err)
		h.same("read", read, u)
	}},
	// Exactly one of several simultaneous calls for a new name creates the user, and all return it.
	{"EnsureUser/of_simultaneous_calls_exactly_one_makes_the_user", func(h *fixture) {
		var made atomic.Int64
		ids := make([]briefing.UserID, 16)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				u, first, err := h.EnsureUser(h.Context(), "lee", nil)
				if err != nil {
					h.Errorf("EnsureUser: %v", err)
				}
				if first {
					made.Add(1)
				}
				ids[i] = u.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			h.same("id", id, ids[0])
		}
		h.same("how many made it", made.Load(), int64(1))
	}},
	// User returns ErrNotFound for an unknown name.
	{"User/an_unknown_one_is_ErrNotFound", func(h *fixture) {
		_, err := h.User(h.Context(), "nobody")
		h.isKind("User", err, briefing.ErrNotFound)
	}},
	// A name that is not valid UTF-8 belongs to no user.
	{"User/a_name_that_is_not_UTF_8_is_unknown", func(h *fixture) {
		for _, name := range []string{"\xff", "kim\xff", " \xc3\x28 ", "\xed\xa0\x80"} {
			_, err := h.User(h.Context(), name)
			h.isKind("User", err, briefing.ErrNotFound)
			_, err = h.SetCustom(h.Context(), name, nil)
			h.isKind("SetCustom", err, briefing.ErrNotFound)
			_, err = h.ActiveRequest(h.Context(), name)
			h.isKind("ActiveRequest", err, briefing.ErrNotFound)
			_, err = h.LatestRequest(h.Context(), name)
			h.isKind("LatestRequest", err, briefing.ErrNotFound)
			_, _, err = h.Requests(h.Context(), name, "", 10)
			h.isKind("Requests", err, briefing.ErrNotFound)
		}
	}},
	// Names with different keys are different users, even if they look alike: case, inner spaces,
	// full-width letters, ligatures, accents and hidden characters count.
	{"User/other_names_are_told_apart", func(h *fixture) {
		names := []string{"Kim", "kim", "k im", "k  im", "kim\u200b", "ｋｉｍ", "$kim.x", "kim\\", "김", "é", "e", "ﬁ", "fi"}
		for _, name := range names {
			u, made, err := h.EnsureUser(h.Context(), name, []string{name})
			h.ok(err)
			h.same(name, []any{u.Username, made}, []any{name, true})
		}
		for _, name := range names {
			u, err := h.User(h.Context(), name)
			h.ok(err)
			h.same(name, u.Custom, []string{name})
		}
	}},
	// SetCustom replaces the lines and nothing else. An empty list and nil are both read back as an
	// empty list.
	{"SetCustom/replaces_the_lines", func(h *fixture) {
		u, _, err := h.EnsureUser(h.Context(), "kim", []string{"a"})
		h.ok(err)
		for _, lines := range [][]string{{"한국어로", "짧게"}, {}, {`"`, "\\"}} {
			got, err := h.SetCustom(h.Context(), "kim", lines)
			h.ok(err)
			want := u
			want.Custom = lines
			h.same("answer", got, want)
			read, err := h.User(h.Context(), "kim")
			h.ok(err)
			h.same("read", read, want)
		}
		got, err := h.SetCustom(h.Context(), "kim", nil)
		h.ok(err)
		h.same("no list is an empty one", got.Custom, []string{})
	}},
	// SetCustom returns ErrNotFound for an unknown user and creates no user.
	{"SetCustom/of_an_unknown_user_is_ErrNotFound", func(h *fixture) {
		_, err := h.SetCustom(h.Context(), "nobody", []string{"a"})
		h.isKind("SetCustom", err, briefing.ErrNotFound)
		_, err = h.User(h.Context(), "nobody")
		h.isKind("User afterwards", err, briefing.ErrNotFound)
	}},
	// MarkSeen moves SeenAt forward and never back. Every spelling of the name is that user, and
	// the style lines stay.
	{"MarkSeen/moves_forward_only", func(h *fixture) {
		u, _, err := h.EnsureUser(h.Context(), minsu.composed, []string{"a"})
		h.ok(err)
		h.same("at first", u.SeenAt, (*time.Time)(nil))
		kst := time.FixedZone("KST", 9*60*60)
		for _, c := range []struct{ at, want time.Time }{
			{noon, noon},
			{noon.Add(-time.Hour), noon},
			{noon, noon},
			{noon.Add(time.Millisecond), noon.Add(time.Millisecond)},
			{noon.Add(time.Hour + 999*time.Microsecond).In(kst), noon.Add(time.Hour)},
			{time.Unix(0, 0), noon.Add(time.Hour)},
		} {
			want := u
			want.SeenAt = &c.want
			got, err := h.MarkSeen(h.Context(), minsu.decomposed, c.at)
			h.ok(err)
			h.same("answer", got, want)
			read, err := h.User(h.Context(), minsu.composed)
			h.ok(err)
			h.same("read", read, want)
		}
		got, err := h.SetCustom(h.Context(), minsu.composed, []string{"b"})
		h.ok(err)
		h.same("after SetCustom", *got.SeenAt, noon.Add(time.Hour))
	}},
	// The latest of simultaneous times wins.
	{"MarkSeen/of_simultaneous_times_the_latest_stays", func(h *fixture) {
		h.known("kim")
		concurrently(h, 8, func(i int) (briefing.User, error) {
			return h.MarkSeen(h.Context(), "kim", noon.Add(time.Duration(i)*time.Second))
		})
		u, err := h.User(h.Context(), "kim")
		h.ok(err)
		h.same("seen", *u.SeenAt, noon.Add(7*time.Second))
	}},
	// MarkSeen of an unknown user is ErrNotFound and creates no user.
	{"MarkSeen/of_an_unknown_user_is_ErrNotFound", func(h *fixture) {
		for _, name := range []string{"nobody", "\xff"} {
			_, err := h.MarkSeen(h.Context(), name, noon)
			h.isKind("MarkSeen", err, briefing.ErrNotFound)
		}
		_, err := h.User(h.Context(), "nobody")
		h.isKind("User afterwards", err, briefing.ErrNotFound)
	}},
}
