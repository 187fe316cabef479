package service_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/service"
)

func TestExtendBriefing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	text := req.EndText
	soon := time.Now().Add(2 * time.Minute)
	for _, c := range []struct {
		endTime string
		want    time.Time // zero: only its clock is checked
	}{
		{time.Now().Add(5 * time.Hour).Format(time.RFC3339), time.Now().Add(5 * time.Hour)},
		{soon.Format(time.RFC3339), soon},
		{time.Now().In(seoul).Add(-time.Hour).Format("15:04"), time.Now().Add(23 * time.Hour)},
		{"오후 6시 30분", time.Time{}},
	} {
		got, err := h.ExtendBriefing(t.Context(), nobody, briefing.RequestID(strings.ToUpper(string(req.ID))), c.endTime)
		h.ok(err)
		if got.ID != req.ID || !got.Active || got.EndText != text || got.EndTime != got.EndsAt.In(seoul).Format("15:04") || !got.EndsAt.After(time.Now()) {
			t.Errorf("%s: %+v", c.endTime, got)
		}
		if off := got.EndsAt.Sub(c.want); !c.want.IsZero() && (off > time.Minute || off < -time.Minute) {
			t.Errorf("%s: the end is %v, want %v", c.endTime, got.EndsAt, c.want)
		}
		stored, err := h.store.Request(t.Context(), req.ID)
		h.ok(err)
		last := h.schedule.moved[len(h.schedule.moved)-1]
		if !stored.SameEnd(got) || !last.SameEnd(got) || last.ID != req.ID {
			t.Errorf("%s: stored %v, scheduled %v", c.endTime, stored.EndsAt, last.EndsAt)
		}
	}
}

func TestExtendBriefing_refusals(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ended, req := h.start(input("kim")), h.start(input("kim"))
	later := time.Now().Add(5 * time.Hour).Format(time.RFC3339)
	for _, id := range []briefing.RequestID{"", "x", "65f000000000000000000099"} {
		_, err := h.ExtendBriefing(t.Context(), nobody, id, later)
		h.is("an unknown request", err, briefing.ErrNotFound)
	}
	_, err := h.ExtendBriefing(t.Context(), nobody, ended.ID, later)
	h.is("an ended request", err, briefing.ErrConflict)
	for _, endTime := range []string{
		"", "x", "25:00", time.Now().Add(-time.Minute).Format(time.RFC3339), time.Now().Add(31 * 24 * time.Hour).Format(time.RFC3339),
	} {
		_, err := h.ExtendBriefing(t.Context(), nobody, req.ID, endTime)
		h.is("the end "+endTime, err, briefing.ErrInvalid)
		if err != nil && !strings.HasPrefix(err.Error(), "endTime ") {
			t.Errorf("%q: %v names no field", endTime, err)
		}
	}
	if got, err := h.store.Request(t.Context(), req.ID); err != nil || !got.SameEnd(req) || len(h.schedule.moved) != 0 {
		t.Errorf("a refusal has changed the request: %+v, %v", got, err)
	}
}

// A subscription without a key continues its request by the end text of the start, also after the
// end was moved.
func TestExtendBriefing_leaves_what_a_subscription_continues(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	in := input("kim")
	h.watch(service.WatchQuery{Start: &in})
	req, err := h.ActiveRequest(t.Context(), nobody, "kim")
	h.ok(err)
	_, err = h.ExtendBriefing(t.Context(), nobody, req.ID, time.Now().Add(5*time.Hour).Format(time.RFC3339))
	h.ok(err)
	h.watch(service.WatchQuery{Start: &in})
	again, err := h.ActiveRequest(t.Context(), nobody, "kim")
	h.ok(err)
	if again.ID != req.ID {
		t.Error("the subscription has started another request")
	}
}

// A request whose end was moved is deleted like any other, and then has no end to move. Streams get
// the move before they complete.
func TestExtendBriefing_then_DeleteUserData(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	requests, err := h.WatchRequests(t.Context(), nobody, "kim")
	h.ok(err)
	t.Cleanup(requests.Close)
	later := time.Now().Add(5 * time.Hour).Truncate(time.Second)
	moved, err := h.ExtendBriefing(t.Context(), nobody, req.ID, later.Format(time.RFC3339))
	h.ok(err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for got := req; !got.SameEnd(moved); {
		got, err = requests.Next(ctx)
		h.ok(err)
	}
	done, err := h.DeleteUserData(t.Context(), nobody, "kim")
	h.ok(err)
	if len(done.Requests) != 1 || done.Requests[0] != req.ID || !slices.Contains(h.schedule.removed, req.ID) {
		t.Errorf("deleted %+v, removed %v", done, h.schedule.removed)
	}
	for err = nil; err == nil; {
		_, err = requests.Next(ctx)
	}
	h.is("the stream of requests", err, io.EOF)
	_, err = h.ExtendBriefing(t.Context(), nobody, req.ID, later.Add(time.Hour).Format(time.RFC3339))
	h.is("another move", err, briefing.ErrNotFound)
	next := h.start(input("kim"))
	if next.ID == req.ID || next.SameEnd(moved) {
		t.Errorf("the next request is %+v", next)
	}
}
