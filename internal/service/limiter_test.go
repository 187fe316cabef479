package service_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/service"
)

// strict is a limiter that records its calls, and refuses them when it is full.
type strict struct {
	asked []string
	full  bool
}

func (s *strict) allow(what, username string) error {
	s.asked = append(s.asked, what+" "+username)
	if s.full {
		return &briefing.RateLimitedError{RetryAfter: 1500 * time.Millisecond}
	}
	return nil
}

func (s *strict) AllowStart(_ context.Context, u string) error   { return s.allow("start", u) }
func (s *strict) AllowLogin(_ context.Context, u string) error   { return s.allow("login", u) }
func (s *strict) AllowSummary(_ context.Context, u string) error { return s.allow("summary", u) }

func (s *strict) AllowRun(_ context.Context, u string) error { return s.allow("run", u) }

func (s *strict) AllowPreview(_ context.Context, u string) error { return s.allow("preview", u) }

func (s *strict) AllowPush(_ context.Context, c string) error { return s.allow("push", c) }

func (s *strict) AllowTest(_ context.Context, u string) error { return s.allow("test", u) }

// The limiter counts logins, starts and summaries of every use case, but no calls that are refused
// for another reason. A refusal changes nothing.
func TestLimiter(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	limiter := &strict{}
	var err error
	h.Service, err = service.New(service.Config{
		Store: h.unreachable, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul, Limiter: limiter,
	})
	h.ok(err)
	ctx := t.Context()
	in := input("kim")
	in.Key = "k"
	req, err := h.StartBriefing(ctx, nobody, in)
	h.ok(err)
	_, _, err = h.Login(ctx, nobody, "kim")
	h.ok(err)
	_, err = h.AiSummary(ctx, nobody, req.ID)
	h.ok(err)
	wrong := input("kim")
	wrong.Interval = 0
	_, err = h.StartBriefing(ctx, nobody, wrong)
	h.is("a start with a wrong interval", err, briefing.ErrInvalid)
	_, err = h.AiSummary(ctx, nobody, "65f000000000000000000099")
	h.is("a summary of an unknown request", err, briefing.ErrNotFound)
	if want := []string{"start kim", "login kim", "summary kim"}; !slices.Equal(limiter.asked, want) {
		t.Errorf("asked %q, want %q", limiter.asked, want)
	}

	limiter.full = true
	_, _, err = h.Login(ctx, nobody, "park")
	h.is("a login", err, briefing.ErrRateLimited)
	_, err = h.User(ctx, nobody, "park")
	h.is("the user of that login", err, briefing.ErrNotFound)
	_, err = h.AiSummary(ctx, nobody, req.ID)
	h.is("a summary", err, briefing.ErrRateLimited)
	other := input("kim")
	other.Key = "new"
	_, err = h.StartBriefing(ctx, nobody, other)
	h.is("a start", err, briefing.ErrRateLimited)
	if briefing.RetrySeconds(err) != 2 {
		t.Errorf("retry after %d s, want 1.5 s in whole seconds", briefing.RetrySeconds(err))
	}
	start := input("lee")
	_, err = h.Watch(ctx, nobody, service.WatchQuery{Start: &start})
	h.is("a subscription that starts", err, briefing.ErrRateLimited)
	if got, err := h.StartBriefing(ctx, nobody, in); err != nil || got.ID != req.ID {
		t.Errorf("a start that continues its request: %s, %v, want %s", got.ID, err, req.ID)
	}
	if _, err := h.ActiveRequest(ctx, nobody, "kim"); err != nil {
		t.Errorf("the refused start has ended the active request: %v", err)
	}
	if len(h.schedule.added) != 1 {
		t.Errorf("%d requests are scheduled, want 1", len(h.schedule.added))
	}
}
