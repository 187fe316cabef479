package service_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ctx := t.Context()
	h.start(input("kim"))
	day := func(s string) briefing.Date {
		d, err := briefing.ParseDate(s)
		h.ok(err)
		return d
	}
	one, two := briefing.Usage{Attempts: 1, InputTokens: 600, OutputTokens: 80}, briefing.Usage{Attempts: 2, InputTokens: 9, Estimated: true}
	h.ok(h.store.AddUsage(ctx, "kim", "2026-11-26", one))
	h.ok(h.store.AddUsage(ctx, "kim", "2026-11-28", two))
	h.ok(h.store.AddUsage(ctx, "lee", "2026-11-27", two))
	both := []briefing.UsageDay{{Date: "2026-11-26", Usage: one}, {Date: "2026-11-28", Usage: two}}
	for _, c := range []struct {
		from, to string
		want     []briefing.UsageDay
	}{
		{"2026-11-26", "2026-11-28", both},
		{"2026-11-26", "2026-11-26", both[:1]},
		{"2026-11-27", "2026-11-28", both[1:]},
		{"2026-11-29", "2026-12-24", nil},
		{"2026-10-01", "2026-12-31", both}, // 92 days
		{"1970-01-01", "1970-01-01", nil},
	} {
		got, err := h.Usage(ctx, nobody, " kim", day(c.from), day(c.to))
		h.ok(err)
		if len(got) != len(c.want) || len(got) > 0 && !cmp.Equal(got, c.want) {
			t.Errorf("%s to %s: %+v, want %+v", c.from, c.to, got, c.want)
		}
	}
	for _, c := range [][2]string{
		{"2026-11-28", "2026-11-27"}, {"2026-10-01", "2027-01-01"}, {"1970-01-01", "9999-12-31"}, {"2027-01-01", "2026-12-31"},
	} {
		_, err := h.Usage(ctx, nobody, "kim", day(c[0]), day(c[1]))
		if invalid, ok := errors.AsType[*briefing.InvalidError](err); !ok || invalid.Field != "to" {
			t.Errorf("%v: %v, want a refusal of to", c, err)
		}
	}
	_, err := h.Usage(ctx, nobody, "nobody", day("2026-11-26"), day("2026-11-27"))
	h.is("an unknown user", err, briefing.ErrNotFound)
}
