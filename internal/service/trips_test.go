package service_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/service"
)

// counting counts the calls of a store for users, requests and briefings.
type counting struct {
	briefing.Store
	calls []string
}

func (c *counting) count(name string) { c.calls = append(c.calls, name) }

func (c *counting) EnsureUser(ctx context.Context, name string, custom []string) (briefing.User, bool, error) {
	c.count("EnsureUser")
	return c.Store.EnsureUser(ctx, name, custom)
}

func (c *counting) User(ctx context.Context, name string) (briefing.User, error) {
	c.count("User")
	return c.Store.User(ctx, name)
}

func (c *counting) SetCustom(ctx context.Context, name string, custom []string) (briefing.User, error) {
	c.count("SetCustom")
	return c.Store.SetCustom(ctx, name, custom)
}

func (c *counting) StartRequest(ctx context.Context, s briefing.Start) (briefing.Started, error) {
	c.count("StartRequest")
	return c.Store.StartRequest(ctx, s)
}

func (c *counting) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	c.count("EndRequest")
	return c.Store.EndRequest(ctx, e)
}

func (c *counting) Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error) {
	c.count("Request")
	return c.Store.Request(ctx, id)
}

func (c *counting) ActiveRequests(ctx context.Context, name string) ([]briefing.Request, error) {
	c.count("ActiveRequests")
	return c.Store.ActiveRequests(ctx, name)
}

func (c *counting) LatestRequest(ctx context.Context, name string) (briefing.Request, error) {
	c.count("LatestRequest")
	return c.Store.LatestRequest(ctx, name)
}

func (c *counting) Requests(
	ctx context.Context, name string, after briefing.RequestID, limit int,
) ([]briefing.Request, bool, error) {
	c.count("Requests")
	return c.Store.Requests(ctx, name, after, limit)
}

func (c *counting) SummaryState(ctx context.Context, id briefing.RequestID) (briefing.SummaryState, error) {
	c.count("SummaryState")
	return c.Store.SummaryState(ctx, id)
}

func (c *counting) AddBriefing(ctx context.Context, b briefing.Briefing) (briefing.Briefing, error) {
	c.count("AddBriefing")
	return c.Store.AddBriefing(ctx, b)
}

func (c *counting) MoveEnd(ctx context.Context, m briefing.Move) (briefing.Request, error) {
	c.count("MoveEnd")
	return c.Store.MoveEnd(ctx, m)
}

func (c *counting) Briefings(
	ctx context.Context, id briefing.RequestID, s briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	c.count("Briefings")
	return c.Store.Briefings(ctx, id, s)
}

// A use case makes one call of the store where one transaction can decide.
func TestService_calls_the_store_once_where_that_is_enough(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	store := &counting{Store: h.store}
	svc, err := service.New(service.Config{Store: store, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul})
	h.ok(err)
	ctx := t.Context()
	req := h.start(input("kim"))
	h.add(req, "a")
	at := h.add(req, "b").Cursor
	in := input("lee")
	refused := in
	refused.EndTime = time.Now().Add(-time.Hour).Format(time.RFC3339)
	watched := func(s briefing.Stream, err error) error {
		if err == nil {
			s.Close()
		}
		return err
	}
	for _, c := range []struct {
		name string
		call func() error
		want string
	}{
		{"Login", func() error { _, _, err := svc.Login(ctx, nobody, "new"); return err }, "EnsureUser"},
		{"User", func() error { _, err := svc.User(ctx, nobody, "kim"); return err }, "User"},
		{"UpdateCustom", func() error { _, err := svc.UpdateCustom(ctx, nobody, "kim", nil); return err }, "SetCustom"},
		{"StartBriefing of a new user", func() error { _, err := svc.StartBriefing(ctx, nobody, in); return err }, "StartRequest"},
		{"StartBriefing that replaces", func() error { _, err := svc.StartBriefing(ctx, nobody, in); return err }, "StartRequest"},
		{"StartBriefing with a wrong name", func() error {
			wrong := in
			wrong.Username = "line\nbreak"
			_, err := svc.StartBriefing(ctx, nobody, wrong)
			h.is("a wrong name", err, briefing.ErrInvalid)
			return nil
		}, "StartRequest"},
		{"StartBriefing with a passed end", func() error {
			_, err := svc.StartBriefing(ctx, nobody, refused)
			h.is("a passed end", err, briefing.ErrInvalid)
			return nil
		}, ""},
		{"EndBriefing", func() error { _, err := svc.EndBriefing(ctx, nobody, "lee"); return err }, "EndRequest"},
		{"EndBriefing of nothing", func() error { _, err := svc.EndBriefing(ctx, nobody, "lee"); return err }, "EndRequest"},
		{"Request", func() error { _, err := svc.Request(ctx, nobody, req.ID); return err }, "Request"},
		{"ActiveRequest", func() error { _, err := svc.ActiveRequest(ctx, nobody, "kim"); return err }, "ActiveRequests"},
		{"Requests", func() error { _, err := svc.Requests(ctx, nobody, "kim", briefing.Page{}); return err }, "Requests"},
		{"EachRequest", func() error { return lastError(svc.EachRequest(ctx, nobody, "kim")) }, "Requests"},
		{"Briefings", func() error { _, err := svc.Briefings(ctx, nobody, req.ID, briefing.Page{}); return err }, "Request Briefings"},
		{"AddBriefing", func() error {
			_, err := svc.AddBriefing(ctx, nobody, service.AddInput{RequestID: req.ID, Caption: "x"})
			return err
		}, "AddBriefing"},
		{"ExtendBriefing", func() error {
			_, err := svc.ExtendBriefing(ctx, nobody, req.ID, in.EndTime)
			return err
		}, "MoveEnd"},
		{"AiSummary", func() error { _, err := svc.AiSummary(ctx, nobody, req.ID); return err }, "SummaryState Briefings"},
		{"AiSummary again", func() error { _, err := svc.AiSummary(ctx, nobody, req.ID); return err }, "SummaryState"},
		{"Watch", func() error {
			return watched(svc.Watch(ctx, nobody, service.WatchQuery{RequestID: req.ID, After: at}))
		}, "Request"},
		{"Watch the latest", func() error { return watched(svc.Watch(ctx, nobody, service.WatchQuery{Username: "kim"})) }, "LatestRequest"},
		{"Watch on", func() error {
			return watched(svc.Watch(ctx, nobody, service.WatchQuery{Username: "kim", After: at}))
		}, "Request"},
		{"Watch a start", func() error { return watched(svc.Watch(ctx, nobody, service.WatchQuery{Start: &in})) }, "StartRequest"},
		{"Reload", func() error {
			return watched(svc.Reload(ctx, nobody, "kim", func(briefing.Briefing) error { return nil }))
		}, "LatestRequest Briefings"},
	} {
		store.calls = nil
		h.ok(c.call())
		if got := strings.Join(store.calls, " "); got != c.want {
			t.Errorf("%s calls the store's %q, want %q", c.name, got, c.want)
		}
	}
}

// The service reads the schedule's counts before it calls the store, and notifies the schedule
// after the commit.
func TestService_tells_the_schedule_after_the_commit(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	first := h.start(input("kim"))
	active := map[briefing.RequestID]bool{}
	h.schedule.notify = func(id briefing.RequestID) {
		req, err := h.store.Request(t.Context(), id)
		h.ok(err)
		active[id] = req.Active
	}
	second := h.start(input("kim"))
	if want := map[briefing.RequestID]bool{first.ID: false, second.ID: true}; !maps.Equal(active, want) {
		t.Errorf("as the schedule is told of a start, active are %v, want %v", active, want)
	}
	h.end("kim")
	if active[second.ID] {
		t.Error("the schedule is told of an end before the store has it")
	}
}

func (c *counting) Briefing(
	ctx context.Context, id briefing.BriefingID,
) (briefing.Briefing, string, error) {
	c.count("Briefing")
	return c.Store.Briefing(ctx, id)
}

func (c *counting) ReportBriefing(
	ctx context.Context, id briefing.BriefingID, m briefing.Mark,
) (briefing.Briefing, bool, error) {
	c.count("ReportBriefing")
	return c.Store.ReportBriefing(ctx, id, m)
}

func (c *counting) MarkSeen(ctx context.Context, name string, at time.Time) (briefing.User, error) {
	c.count("MarkSeen")
	return c.Store.MarkSeen(ctx, name, at)
}

func (c *counting) DayBriefings(
	ctx context.Context, q briefing.DayQuery, p briefing.DayPage,
) (briefing.DayListing, error) {
	c.count("DayBriefings")
	return c.Store.DayBriefings(ctx, q, p)
}

func (c *counting) DayOccupancy(
	ctx context.Context, q briefing.DayQuery,
) ([]briefing.Occupancy, error) {
	c.count("DayOccupancy")
	return c.Store.DayOccupancy(ctx, q)
}

func (c *counting) DeleteUser(
	ctx context.Context, d briefing.DeleteUser,
) (briefing.Deleted, error) {
	c.count("DeleteUser")
	return c.Store.DeleteUser(ctx, d)
}
