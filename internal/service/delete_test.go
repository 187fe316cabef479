package service_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/service"
)

// A deletion ends the ticks, the streams and the summaries of the user, and can be repeated.
func TestService_DeleteUserData(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	other := h.start(input("lee"))
	old := h.start(input("kim"))
	req := h.start(input("kim"))
	b := h.add(req, "a")
	_, err := h.AiSummary(t.Context(), nobody, req.ID)
	h.ok(err)
	stream := h.watch(service.WatchQuery{RequestID: req.ID})
	requests, err := h.WatchRequests(t.Context(), nobody, "kim")
	h.ok(err)
	t.Cleanup(requests.Close)
	got, err := h.DeleteUserData(t.Context(), nobody, " kim")
	h.ok(err)
	if len(got.Requests) != 2 || got.Briefings != 1 {
		t.Errorf("deleted %+v, want two requests and a briefing", got)
	}
	for _, id := range []briefing.RequestID{old.ID, req.ID} {
		if !slices.Contains(h.schedule.removed, id) {
			t.Errorf("the schedule goes on with %s", id)
		}
		_, err := h.Request(t.Context(), nobody, id)
		h.is("Request", err, briefing.ErrNotFound)
		_, err = h.AiSummary(t.Context(), nobody, id)
		h.is("AiSummary", err, briefing.ErrNotFound)
		_, err = h.Watch(t.Context(), nobody, service.WatchQuery{RequestID: id})
		h.is("Watch", err, briefing.ErrNotFound)
	}
	_, err = h.Briefing(t.Context(), nobody, b.ID)
	h.is("Briefing", err, briefing.ErrNotFound)
	_, err = h.User(t.Context(), nobody, "kim")
	h.is("User", err, briefing.ErrNotFound)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for err = nil; err == nil; {
		_, err = stream.Next(ctx)
	}
	h.is("the stream of briefings", err, io.EOF)
	for err = nil; err == nil; {
		_, err = requests.Next(ctx)
	}
	h.is("the stream of requests", err, io.EOF)
	for _, name := range []string{"kim", "nobody"} {
		got, err = h.DeleteUserData(t.Context(), nobody, name)
		h.ok(err)
		if len(got.Requests)+got.Briefings > 0 {
			t.Errorf("once more: %+v", got)
		}
	}
	left, err := h.Request(t.Context(), nobody, other.ID)
	h.ok(err)
	if !left.Active {
		t.Error("another user's request has ended")
	}
}

// breaking is a store whose deletions break off after they have deleted a request.
type breaking struct{ briefing.Store }

func (b breaking) DeleteUser(ctx context.Context, d briefing.DeleteUser) (briefing.Deleted, error) {
	done, err := b.Store.DeleteUser(ctx, d)
	return done, errors.Join(err, briefing.ErrUnavailable)
}

// The ticks of what was deleted end even if the deletion fails afterwards.
func TestService_DeleteUserData_that_breaks_off(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	svc, err := service.New(service.Config{
		Store: breaking{h.store}, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul,
	})
	h.ok(err)
	_, err = svc.DeleteUserData(t.Context(), nobody, "kim")
	h.is("the deletion", err, briefing.ErrUnavailable)
	if !slices.Contains(h.schedule.removed, req.ID) {
		t.Error("the schedule goes on")
	}
}
