package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bis/internal/briefing"
)

// refusedOf returns refused texts of kim.
func refusedOf(ref string, at time.Time, texts ...string) briefing.Refused {
	r := briefing.Refused{Ref: ref, Username: "kim", At: at}
	for i, text := range texts {
		r.Texts = append(r.Texts, briefing.RefusedText{Key: fmt.Sprintf("key %d", i), Text: text, Rule: "number"})
	}
	return r
}

// refusedTexts reads the texts of references, and returns them in the order of the references.
func (h *fixture) refusedTexts(refs ...string) []briefing.RefusedText {
	h.Helper()
	all, err := h.Refused(h.Context(), refs)
	h.ok(err)
	var list []briefing.RefusedText
	for _, ref := range refs {
		list = append(list, all[ref]...)
	}
	return list
}

// usage reads all usage days of a user.
func (h *fixture) usage(username string) []briefing.UsageDay {
	h.Helper()
	list, err := h.UsageDays(h.Context(), username, "1970-01-01", "9999-12-31")
	h.ok(err)
	return list
}

// refusals are the promises about refused texts.
var refusals = []promise{
	// Refused returns the texts by reference, whoever their users are. A reference without texts is
	// not in the map, and a repeated one is read once.
	{"Refused/returns_the_texts_by_reference", func(h *fixture) {
		a, b := refusedOf("a", h.Now(), "손님 셋입니다", "<&>"), refusedOf("b", h.Now(), "Two million")
		b.Username = "nobody"
		for _, r := range []briefing.Refused{a, b, refusedOf("none", h.Now())} {
			h.ok(h.SaveRefused(h.Context(), r))
		}
		h.same("texts", h.refusedTexts("b", "unknown", "\xff", "", "none", "a"), append(slices.Clone(b.Texts), a.Texts...))
		all, err := h.Refused(h.Context(), []string{"b", "unknown", "a", "\xff", "b", "none", ""})
		h.ok(err)
		h.same("by reference", all, map[string][]briefing.RefusedText{"a": a.Texts, "b": b.Texts})
		for _, none := range [][]string{nil, {}, {"unknown"}, {"\xff"}} {
			all, err = h.Refused(h.Context(), none)
			h.ok(err)
			h.same("no reference", len(all), 0)
		}
		h.same("unknown", len(h.refusedTexts("A")), 0)
	}},
	// A repeated Ref replaces the texts, their time and their user.
	{"SaveRefused/replaces_the_texts_of_a_reference", func(h *fixture) {
		old := refusedOf("a", h.Now().Add(-2*briefing.RefusedTime), "too old")
		next := refusedOf("a", h.Now(), "z")
		next.Username = "lee"
		for _, r := range []briefing.Refused{old, refusedOf("a", h.Now(), "x", "y"), old, next} {
			h.ok(h.SaveRefused(h.Context(), r))
			want := r.Texts
			if r.At.Equal(old.At) {
				want = nil
			}
			h.same("texts", h.refusedTexts("a"), want)
		}
		_, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: "kim", At: noon})
		h.ok(err)
		h.same("texts after the deletion of the first user", h.refusedTexts("a"), next.Texts)
	}},
	// Texts that are older than RefusedTime are not returned, whether or not others are saved.
	{"Refused/of_older_texts_are_none", func(h *fixture) {
		now := h.Now()
		for _, age := range []time.Duration{
			briefing.RefusedTime - time.Minute, briefing.RefusedTime + time.Second, 100 * briefing.RefusedTime,
		} {
			ref := age.String()
			h.ok(h.SaveRefused(h.Context(), refusedOf(ref, now.Add(-age), ref)))
		}
		var got []string
		for _, t := range h.refusedTexts("23h59m0s", "24h0m1s", "2400h0m0s") {
			got = append(got, t.Text)
		}
		h.same("texts", got, []string{"23h59m0s"})
	}},
	// Texts beyond MaxRefused and characters beyond MaxRefusedText are cut off. An empty reference
	// is invalid, and so are a reference and a user that are not UTF-8.
	{"SaveRefused/bounds_the_texts", func(h *fixture) {
		long := strings.Repeat("가", briefing.MaxRefusedText)
		r := refusedOf("a", h.Now(), slices.Repeat([]string{long + "x"}, briefing.MaxRefused+1)...)
		h.ok(h.SaveRefused(h.Context(), r))
		got := h.refusedTexts("a")
		h.same("texts", len(got), briefing.MaxRefused)
		want := r.Texts[briefing.MaxRefused-1]
		want.Text = long
		h.same("the last one", got[len(got)-1], want)
		for _, change := range []func(*briefing.Refused){
			func(r *briefing.Refused) { r.Ref = "" }, func(r *briefing.Refused) { r.Ref = "\xff" },
			func(r *briefing.Refused) { r.Username = "\xff" },
		} {
			bad := refusedOf("b", h.Now(), "x")
			change(&bad)
			h.isKind("SaveRefused", h.SaveRefused(h.Context(), bad), briefing.ErrInvalid)
		}
	}},
}

// usages are the promises about what questions to models cost.
var usages = []promise{
	// AddUsage adds to a user's day, in every spelling of the name. A sum is estimated if a part of
	// it is. A name without a user gets none.
	{"AddUsage/adds_to_the_day_of_a_user", func(h *fixture) {
		for i, name := range []string{minsu.composed, minsu.decomposed, minsu.mixed} {
			h.ok(h.AddUsage(h.Context(), name, "2026-03-01",
				briefing.Usage{Attempts: 1, InputTokens: 100, OutputTokens: 10, Estimated: i == 1}))
		}
		h.ok(h.AddUsage(h.Context(), "lee", "2026-03-01", briefing.Usage{Attempts: 7}))
		h.ok(h.AddUsage(h.Context(), minsu.mixed, "2026-03-02", briefing.Usage{OutputTokens: 5}))
		h.ok(h.AddUsage(h.Context(), minsu.mixed, "2026-03-03", briefing.Usage{}))
		want := []briefing.UsageDay{
			{Date: "2026-03-01", Usage: briefing.Usage{Attempts: 3, InputTokens: 300, OutputTokens: 30, Estimated: true}},
			{Date: "2026-03-02", Usage: briefing.Usage{OutputTokens: 5}},
		}
		for _, name := range []string{minsu.composed, minsu.decomposed, minsu.mixed} {
			h.same("usage", h.usage(name), want)
			_, err := h.User(h.Context(), name)
			h.isKind("User", err, briefing.ErrNotFound)
		}
		h.same("another user", h.usage("lee"), []briefing.UsageDay{{Date: "2026-03-01", Usage: briefing.Usage{Attempts: 7}}})
	}},
	// No part of simultaneous additions is lost.
	{"AddUsage/loses_nothing_whatever_races", func(h *fixture) {
		concurrently(h, 20, func(n int) (error, error) {
			return nil, h.AddUsage(h.Context(), "kim", "2026-03-01", briefing.Usage{Attempts: 1, InputTokens: n})
		})
		h.same("usage", h.usage("kim"), []briefing.UsageDay{
			{Date: "2026-03-01", Usage: briefing.Usage{Attempts: 20, InputTokens: 190}},
		})
	}},
	// A date that is none is invalid, and so is a name that is not UTF-8.
	{"AddUsage/refuses_what_cannot_be_stored", func(h *fixture) {
		for _, c := range [][2]string{
			{"kim", ""}, {"kim", "2026-3-1"}, {"kim", "2026-02-30"}, {"kim", "today"}, {"\xff", "2026-03-01"},
		} {
			err := h.AddUsage(h.Context(), c[0], c[1], briefing.Usage{Attempts: 1})
			h.isKind(fmt.Sprintf("AddUsage(%q)", c), err, briefing.ErrInvalid)
		}
		h.same("usage", len(h.usage("kim"))+len(h.usage("\xff")), 0)
	}},
	// UsageDays returns the days of a span, both ends included, oldest first. Days without a usage
	// are left out.
	{"UsageDays/are_those_of_the_span", func(h *fixture) {
		var all []briefing.UsageDay
		for _, date := range []string{"2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2027-01-01"} {
			all = append(all, briefing.UsageDay{Date: date, Usage: briefing.Usage{Attempts: len(all) + 1}})
		}
		for i := range all {
			d := all[(i*3)%len(all)]
			h.ok(h.AddUsage(h.Context(), "kim", d.Date, d.Usage))
		}
		for _, c := range []struct {
			from, to string
			want     []briefing.UsageDay
		}{
			{"2026-02-01", "2026-03-01", all[1:4]},
			{"2026-02-02", "2026-02-28", all[2:3]},
			{"2026-01-01", "2027-12-31", all},
			{"2026-02-28", "2026-02-28", all[2:3]},
		} {
			list, err := h.UsageDays(h.Context(), "kim", c.from, c.to)
			h.ok(err)
			h.same(c.from+" to "+c.to, list, c.want)
		}
		for _, c := range [][3]string{
			{"kim", "2026-03-01", "2026-02-01"}, {"kim", "2025-01-01", "2025-12-31"}, {"lee", "2026-01-01", "2027-01-01"},
		} {
			list, err := h.UsageDays(h.Context(), c[0], c[1], c[2])
			h.ok(err)
			h.same(fmt.Sprint(c), len(list), 0)
		}
	}},
	// DeleteUser deletes the user's refused texts and usage in every spelling, also without a
	// stored user. Those of other users stay, and so do sheets.
	{"DeleteUser/deletes_refused_texts_and_usage", func(h *fixture) {
		sheet := h.saved(sheetOf("a", 1))
		for _, stored := range []bool{true, false} {
			if stored {
				h.known(minsu.mixed)
			}
			for i, name := range []string{minsu.composed, minsu.decomposed, minsu.mixed, "lee"} {
				r := refusedOf(fmt.Sprint(i), h.Now(), name)
				r.Username = name
				h.ok(h.SaveRefused(h.Context(), r))
				h.ok(h.AddUsage(h.Context(), name, "2026-03-01", briefing.Usage{Attempts: 1}))
			}
			_, err := h.DeleteUser(h.Context(), briefing.DeleteUser{Username: minsu.decomposed, At: noon})
			h.ok(err)
			left := h.refusedTexts("0", "1", "2", "3")
			h.same("texts", left, refusedOf("3", h.Now(), "lee").Texts)
			h.same("usage", len(h.usage(minsu.mixed)), 0)
		}
		h.same("another user's usage", h.usage("lee"), []briefing.UsageDay{{Date: "2026-03-01", Usage: briefing.Usage{Attempts: 2}}})
		h.same("sheets", h.allSheets(2), []briefing.StoredSheet{sheet})
	}},
}
