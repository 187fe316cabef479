package storetest

import (
	"sync"
	"sync/atomic"

	"bis/internal/briefing"
)

var users = []promise{
	{"EnsureUser/makes_a_user_once", func(h *house) {
		u, made, err := h.EnsureUser(h.Context(), "kim", []string{"a", "b"})
		h.ok(err)
		h.same("first call", []any{u.Username, u.Custom, made}, []any{"kim", []string{"a", "b"}, true})
		if !briefing.ValidID(string(u.ID)) {
			h.Errorf("the id %q is none", u.ID)
		}
		again, made, err := h.EnsureUser(h.Context(), "kim", []string{"c"})
		h.ok(err)
		h.same("second call", []any{again, made}, []any{u, false})
		read, err := h.User(h.Context(), "kim")
		h.ok(err)
		h.same("read", read, u)
	}},
	{"EnsureUser/of_simultaneous_calls_exactly_one_makes_the_user", func(h *house) {
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
	{"User/an_unknown_one_is_ErrNotFound", func(h *house) {
		_, err := h.User(h.Context(), "nobody")
		h.is("User", err, briefing.ErrNotFound)
	}},
	{"User/other_names_are_told_apart", func(h *house) {
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
	{"SetCustom/replaces_the_lines", func(h *house) {
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
	{"SetCustom/of_an_unknown_user_is_ErrNotFound", func(h *house) {
		_, err := h.SetCustom(h.Context(), "nobody", []string{"a"})
		h.is("SetCustom", err, briefing.ErrNotFound)
		_, err = h.User(h.Context(), "nobody")
		h.is("User afterwards", err, briefing.ErrNotFound)
	}},
}
