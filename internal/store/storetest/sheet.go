package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"bis/internal/briefing"
)

// sheetOf returns the sheet of a style, made n minutes after noon. Every field has a value.
func sheetOf(style string, n int) briefing.StoredSheet {
	return briefing.StoredSheet{
		Key: briefing.SheetKey{
			Style: style, Provider: "models.example.com:8080", Model: "m-1", PromptVersion: "3",
		},
		Body: []byte{'{', 0, 0xff, byte(n), '}'}, MadeAt: noon.Add(time.Duration(n) * time.Minute),
		Usage:   briefing.Usage{Attempts: 2, InputTokens: 1_500, OutputTokens: 700, Estimated: true},
		Refused: "a reference",
	}
}

// saved stores a sheet, which must succeed, and returns it.
func (h *fixture) saved(s briefing.StoredSheet) briefing.StoredSheet {
	h.Helper()
	h.ok(h.SaveSheet(h.Context(), s))
	return s
}

// allSheets reads every sheet, page by page.
func (h *fixture) allSheets(limit int) []briefing.StoredSheet {
	h.Helper()
	var all []briefing.StoredSheet
	for after := (briefing.SheetKey{}); ; {
		list, more, err := h.Sheets(h.Context(), after, limit)
		h.ok(err)
		all = append(all, list...)
		switch {
		case !more:
			return all
		case len(list) != limit:
			h.Fatalf("a page of %d sheets, want %d, because there are more", len(list), limit)
		}
		after = list[limit-1].Key
	}
}

// sheets are the promises about style sheets.
var sheets = []promise{
	// Sheet returns every field of a sheet, with its time in UTC and whole milliseconds. Each field
	// of the key distinguishes. Any other key is ErrNotFound.
	{"SaveSheet/stores_every_field", func(h *fixture) {
		given := sheetOf("a", 1)
		given.MadeAt = given.MadeAt.Add(123_456).In(time.FixedZone("KST", 9*3600))
		h.saved(given)
		plain := briefing.StoredSheet{Key: briefing.SheetKey{Model: "m"}, Body: []byte("{}"), MadeAt: noon}
		h.saved(plain)
		for _, want := range []briefing.StoredSheet{sheetOf("a", 1), plain} {
			got, err := h.Sheet(h.Context(), want.Key)
			h.ok(err)
			h.same("Sheet", got, want)
		}
		for _, key := range []briefing.SheetKey{
			{}, {Style: "a"}, {Style: "\xff"},
			{Style: "A", Provider: given.Key.Provider, Model: "m-1", PromptVersion: "3"},
			{Style: "a", Provider: "another", Model: "m-1", PromptVersion: "3"},
			{Style: "a", Provider: given.Key.Provider, Model: "m-2", PromptVersion: "3"},
			{Style: "a", Provider: given.Key.Provider, Model: "m-1", PromptVersion: "4"},
		} {
			_, err := h.Sheet(h.Context(), key)
			h.isKind(fmt.Sprintf("Sheet(%q)", key), err, briefing.ErrNotFound)
		}
	}},
	// A sheet takes the place of an earlier one with its key, whatever their times. Of simultaneous
	// saves one stays.
	{"SaveSheet/replaces_the_sheet_of_its_key", func(h *fixture) {
		h.saved(sheetOf("a", 5))
		other := h.saved(sheetOf("b", 1))
		next := sheetOf("a", 2)
		next.Body, next.Usage, next.Refused = []byte("[]"), briefing.Usage{}, ""
		h.saved(next)
		h.same("sheets", h.allSheets(5), []briefing.StoredSheet{next, other})
		concurrently(h, 6, func(n int) (error, error) { return nil, h.SaveSheet(h.Context(), sheetOf("c", n)) })
		h.same("sheets", len(h.allSheets(5)), 3)
	}},
	// A body of MaxSheetBytes is stored. A larger one is invalid and leaves the earlier sheet. An
	// empty key is invalid, and so is one that is not UTF-8.
	{"SaveSheet/refuses_what_cannot_be_stored", func(h *fixture) {
		large := sheetOf("a", 1)
		large.Body = bytes.Repeat([]byte{'x'}, briefing.MaxSheetBytes)
		h.saved(large)
		for _, change := range []func(*briefing.StoredSheet){
			func(s *briefing.StoredSheet) { s.Body = append(bytes.Clone(s.Body), 'x') },
			func(s *briefing.StoredSheet) { s.Key = briefing.SheetKey{} },
			func(s *briefing.StoredSheet) { s.Key.Style = "\xff" },
			func(s *briefing.StoredSheet) { s.Key.PromptVersion = "\xff" },
			func(s *briefing.StoredSheet) { s.Refused = "\xff" },
		} {
			s := large
			change(&s)
			h.isKind("SaveSheet", h.SaveSheet(h.Context(), s), briefing.ErrInvalid)
		}
		h.same("sheets", h.allSheets(5), []briefing.StoredSheet{large})
	}},
	// Beyond the bound the oldest sheets by MadeAt are deleted, and no others. A new sheet may be
	// the oldest.
	{"SaveSheet/deletes_the_oldest_beyond_the_bound", func(h *fixture) {
		bound := cmp.Or(h.harness.MaxSheets, briefing.MaxSheets)
		var list []briefing.StoredSheet
		for n := range bound {
			style := fmt.Sprintf("%x", n*7_919%bound) // in no order
			list = append(list, sheetOf(style, n+1))
		}
		for part := range slices.Chunk(list, 500) {
			concurrently(h, len(part), func(n int) (error, error) {
				return nil, h.SaveSheet(h.Context(), part[n])
			})
		}
		h.sheetsAre(list)
		h.saved(sheetOf("zz too old", 0))
		h.sheetsAre(list)
		next := append(list[2:], h.saved(sheetOf("! the newest", bound+1)), h.saved(sheetOf("zz next", bound+2)))
		h.sheetsAre(next)
		h.saved(next[3]) // takes its own place
		h.sheetsAre(next)
	}},
	// Sheets returns pages in the order of keys, by style, provider, model and prompt version as
	// bytes, and says whether there are more. A key that no sheet has is a place as well.
	{"Sheets/pages_in_the_order_of_keys", func(h *fixture) {
		list, more, err := h.Sheets(h.Context(), briefing.SheetKey{}, 3)
		h.ok(err)
		h.same("none", []any{len(list), more}, []any{0, false})
		var want []briefing.StoredSheet
		for i, k := range []briefing.SheetKey{
			{Style: "", Provider: "z", Model: "z", PromptVersion: "z"},
			{Style: "B"}, {Style: "a"},
			{Style: "a", PromptVersion: "1"}, {Style: "a", Model: "m"}, {Style: "a", Model: "m", PromptVersion: "1"},
			{Style: "a", Model: "mm"}, {Style: "a", Provider: "p", Model: "k"}, {Style: "a\x01"}, {Style: "가"},
		} {
			s := sheetOf("", i)
			s.Key = k
			want = append(want, s)
		}
		for i := range want {
			h.saved(want[(i*7)%len(want)])
		}
		for _, limit := range []int{1, 3, len(want) - 1, len(want), len(want) + 1} {
			h.same(fmt.Sprintf("pages of %d", limit), h.allSheets(limit), want)
		}
		list, more, err = h.Sheets(h.Context(), briefing.SheetKey{Style: "a", Model: "mA"}, 2)
		h.ok(err)
		h.same("after an unknown key", list, want[6:8])
		h.same("more", more, true)
	}},
	// Sheets, refused texts and usage are in no feed.
	{"SaveSheet/is_in_no_feed_nor_are_refused_texts_and_usage", func(h *fixture) {
		f := h.feed()
		h.saved(sheetOf("a", 1))
		h.ok(h.SaveRefused(h.Context(), refusedOf("r", h.Now(), "x")))
		h.ok(h.AddUsage(h.Context(), "kim", "2026-03-01", briefing.Usage{Attempts: 1}))
		nothingMore(h, f)
	}},
	// What was acknowledged survives the end of the process.
	{"SaveSheet/survives_with_refused_texts_and_usage", func(h *fixture) {
		want := h.saved(sheetOf("a", 1))
		texts := refusedOf("r", h.Now(), "x")
		h.ok(h.SaveRefused(h.Context(), texts))
		h.ok(h.AddUsage(h.Context(), "kim", "2026-03-01", want.Usage))
		next := &fixture{T: h.T, Store: h.harness.Takeover(h.T, h.Store, otherInstance), harness: h.harness}
		h.same("sheets", next.allSheets(3), []briefing.StoredSheet{want})
		h.same("refused", next.refusedTexts("r"), texts.Texts)
		h.same("usage", next.usage("kim"), []briefing.UsageDay{{Date: "2026-03-01", Usage: want.Usage}})
	}},
}

// sheetsAre checks that these sheets are stored and no others.
func (h *fixture) sheetsAre(want []briefing.StoredSheet) {
	h.Helper()
	want = slices.SortedFunc(slices.Values(want), func(a, b briefing.StoredSheet) int {
		return a.Key.Compare(b.Key)
	})
	h.same("sheets", h.allSheets(1_000), want)
}

// wordCalls are the calls about what models wrote.
func wordCalls(h *fixture) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"SaveSheet": func(ctx context.Context) error { return h.SaveSheet(ctx, sheetOf("a", 1)) },
		"Sheet": func(ctx context.Context) error {
			_, err := h.Sheet(ctx, sheetOf("b", 1).Key)
			return ignore(err, briefing.ErrNotFound)
		},
		"Sheets": func(ctx context.Context) error {
			_, _, err := h.Sheets(ctx, briefing.SheetKey{}, 1)
			return err
		},
		"SaveRefused": func(ctx context.Context) error { return h.SaveRefused(ctx, refusedOf("r", h.Now(), "x")) },
		"Refused":     func(ctx context.Context) error { _, err := h.Refused(ctx, []string{"r"}); return err },
		"AddUsage": func(ctx context.Context) error {
			return h.AddUsage(ctx, "kim", "2026-03-01", briefing.Usage{Attempts: 1})
		},
		"UsageDays": func(ctx context.Context) error {
			_, err := h.UsageDays(ctx, "kim", "2026-03-01", "2026-03-01")
			return err
		},
	}
}
