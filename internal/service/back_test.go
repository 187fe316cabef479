package service_test

import (
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/service"
)

// today is a day of kim.
var today = service.DayInput{Username: "kim", Date: briefing.Date{Year: 2026, Month: 3, Day: 1}}

// A malformed id gets the same answer as an unknown one, and upper-case digits are the same id.
func TestService_Briefing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	want := h.add(h.start(input("kim")), "a")
	for _, id := range []string{string(want.ID), strings.ToUpper(string(want.ID))} {
		got, err := h.Briefing(t.Context(), nobody, briefing.BriefingID(id))
		h.ok(err)
		if got.ID != want.ID || got.Caption != "a" {
			t.Errorf("Briefing(%q) = %+v, want %+v", id, got, want)
		}
	}
	for _, id := range []briefing.BriefingID{"", "x", "0123456789abcdef01234567"} {
		_, err := h.Briefing(t.Context(), nobody, id)
		h.is(string(id), err, briefing.ErrNotFound)
	}
}

// The use cases that look back ask the policy, and reveal nothing to a viewer that it refuses.
func TestService_asks_the_policy_before_it_looks_back(t *testing.T) {
	t.Parallel()
	open := open(t, nil)
	b := open.add(open.start(input("kim")), "a")
	h := open.with(forbid{})
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"Briefing":       func() error { _, err := h.Briefing(ctx, nobody, b.ID); return err },
		"ReportBriefing": func() error { _, err := h.ReportBriefing(ctx, nobody, b.ID, true, "x"); return err },
		"DeleteUserData": func() error { _, err := h.DeleteUserData(ctx, nobody, "kim"); return err },
		"DayBriefings":   func() error { _, err := h.DayBriefings(ctx, nobody, today); return err },
		"Occupancy":      func() error { _, err := h.Occupancy(ctx, nobody, "kim", today.Date, ""); return err },
		"MarkSeen":       func() error { _, err := h.MarkSeen(ctx, nobody, "kim", b.At); return err },
	} {
		open.is(name, call(), briefing.ErrForbidden)
	}
	got, err := open.Briefing(ctx, nobody, b.ID)
	open.ok(err)
	u, err := open.User(ctx, nobody, "kim")
	open.ok(err)
	if got.ReportedWrong || u.SeenAt != nil {
		t.Errorf("a refused call has changed %+v or %+v", got, u)
	}
}

// Each use case that looks back makes one call of the store in open mode.
func TestService_looks_back_with_one_call_of_the_store(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	store := &counting{Store: h.store}
	svc, err := service.New(service.Config{
		Store: store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul,
	})
	h.ok(err)
	b := h.add(h.start(input("kim")), "a")
	ctx := t.Context()
	for _, c := range []struct {
		want string
		call func() error
	}{
		{"Briefing", func() error { _, err := svc.Briefing(ctx, nobody, b.ID); return err }},
		{"ReportBriefing", func() error { _, err := svc.ReportBriefing(ctx, nobody, b.ID, true, ""); return err }},
		{"DeleteUser", func() error { _, err := svc.DeleteUserData(ctx, nobody, "nobody"); return err }},
		{"DayBriefings", func() error { _, err := svc.DayBriefings(ctx, nobody, today); return err }},
		{"DayOccupancy", func() error { _, err := svc.Occupancy(ctx, nobody, "kim", today.Date, ""); return err }},
		{"MarkSeen", func() error { _, err := svc.MarkSeen(ctx, nobody, "kim", b.At); return err }},
	} {
		store.calls = nil
		h.ok(c.call())
		if got := strings.Join(store.calls, " "); got != c.want {
			t.Errorf("the store's calls are %q, want %q", got, c.want)
		}
	}
}

// The clock of a phone may be up to five minutes ahead. What it marks then counts as now, so the mark
// hides no briefing that comes later.
func TestService_MarkSeen_by_a_clock_that_is_ahead(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.start(input("kim"))
	for _, ahead := range []time.Duration{time.Second, 4*time.Minute + 50*time.Second} {
		before := h.store.Now().Truncate(time.Millisecond)
		u, err := h.MarkSeen(t.Context(), nobody, "kim", before.Add(ahead))
		h.ok(err)
		if u.SeenAt == nil || u.SeenAt.Before(before) || u.SeenAt.After(h.store.Now()) {
			t.Errorf("%v ahead: seen at %v, want the time of the call, %v", ahead, u.SeenAt, before)
		}
	}
	for _, ahead := range []time.Duration{5*time.Minute + 10*time.Second, time.Hour} {
		_, err := h.MarkSeen(t.Context(), nobody, "kim", h.store.Now().Add(ahead))
		h.is("a time far ahead", err, briefing.ErrInvalid)
	}
}

// with returns the service of the same house under another policy.
func (h *house) with(p briefing.Policy) *service.Service {
	h.t.Helper()
	svc, err := service.New(service.Config{
		Store: h.store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul, Policy: p,
	})
	h.ok(err)
	return svc
}
