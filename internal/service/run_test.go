package service_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/service"
)

// runner is a runner whose runs the test decides.
type runner struct {
	run func(ctx context.Context, r briefing.Run) (briefing.Report, error)
}

func (r runner) Run(ctx context.Context, run briefing.Run) (briefing.Report, error) {
	return r.run(ctx, run)
}

// report is a degraded report with facts.
var report = briefing.Report{
	Caption: "손님 2명", Degraded: briefing.ModelUnavailable, Source: "template", Unchanged: true,
	Facts: briefing.Facts{
		Counted: true, Estimate: true, Change: 0.5, Brightness: 90, Scene: briefing.SceneMoving, Detector: "motion",
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}},
	},
}

// withRunner gives the house a service with that runner.
func (h *house) withRunner(run func(context.Context, briefing.Run) (briefing.Report, error), limiter service.Limiter) {
	h.t.Helper()
	var err error
	h.Service, err = service.New(service.Config{
		Store: h.unreachable, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul,
		Limiter: limiter, Runner: runner{run},
	})
	h.ok(err)
}

func TestRunNow_stores_a_briefing_beside_the_ticks(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	var got briefing.Run
	h.withRunner(func(_ context.Context, r briefing.Run) (briefing.Report, error) { got = r; return report, nil }, nil)
	id := h.start(input("kim")).ID
	req, err := h.store.Request(t.Context(), id)
	h.ok(err)
	_, err = h.UpdateCustom(t.Context(), nobody, "kim", []string{"짧게"})
	h.ok(err)
	first := h.add(req, "a")
	before := h.store.Now().Truncate(time.Millisecond)
	b, err := h.RunNow(t.Context(), nobody, briefing.RequestID(strings.ToUpper(string(req.ID))))
	h.ok(err)
	if got.Request.ID != req.ID || got.Request.CameraID != briefing.DefaultCamera || got.Tick != 0 || len(got.Custom) != 1 || got.Custom[0] != "짧게" || got.At.Before(before) {
		t.Errorf("the run is %+v", got)
	}
	if b.ID <= first.ID || b.Tick != 0 || b.Caption != report.Caption || b.Degraded != report.Degraded || b.Source != report.Source ||
		!b.Unchanged || b.Text != briefing.Text(b.At, seoul, report.Caption) || !b.At.Equal(got.At) || cmp.Diff(report.Facts, b.Facts) != "" {
		t.Errorf("the briefing is %+v", b)
	}
	page, err := h.Briefings(t.Context(), nobody, req.ID, briefing.Page{})
	h.ok(err)
	if len(page.Items) != 2 || cmp.Diff(b, page.Items[1]) != "" {
		t.Errorf("stored: %s", cmp.Diff(b, page.Items[len(page.Items)-1]))
	}
	after, err := h.store.Request(t.Context(), req.ID)
	h.ok(err)
	if after.Ticks != req.Ticks || after.LastTick != req.LastTick {
		t.Errorf("the counts became %+v, last tick %d", after.Ticks, after.LastTick)
	}
}

func TestAbout_says_that_motion_counts(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	want := briefing.Counting{Method: briefing.MethodMotion}
	if got := h.About(t.Context(), nobody).Counting; got != want {
		t.Errorf("counting %+v, want %+v", got, want)
	}
}

func TestRunNow_refusals(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	limiter := &strict{}
	runs := 0
	h.withRunner(func(context.Context, briefing.Run) (briefing.Report, error) { runs++; return report, nil }, limiter)
	req := h.start(input("kim"))
	ended := h.start(input("kim"))
	req, ended = ended, req // the second start has ended the first request
	limiter.asked = nil
	for _, id := range []briefing.RequestID{"", "x", "65f000000000000000000099"} {
		_, err := h.RunNow(t.Context(), nobody, id)
		h.is("an unknown request", err, briefing.ErrNotFound)
	}
	_, err := h.RunNow(t.Context(), nobody, ended.ID)
	h.is("an ended request", err, briefing.ErrConflict)
	if len(limiter.asked) != 0 {
		t.Errorf("refused calls are counted: %q", limiter.asked)
	}
	limiter.full = true
	_, err = h.RunNow(t.Context(), nobody, req.ID)
	h.is("a run too often", err, briefing.ErrRateLimited)
	if len(limiter.asked) != 1 || limiter.asked[0] != "run kim" || runs != 0 {
		t.Errorf("asked %q, %d runs", limiter.asked, runs)
	}
	limiter.full = false
	fails := errors.New("captioner panicked")
	h.withRunner(func(context.Context, briefing.Run) (briefing.Report, error) { return briefing.Report{}, fails }, nil)
	_, err = h.RunNow(t.Context(), nobody, req.ID)
	h.is("a run that fails", err, fails)
}

// A request that ends during the run gets no briefing any more.
func TestRunNow_of_a_request_that_ends_meanwhile(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.withRunner(func(context.Context, briefing.Run) (briefing.Report, error) { h.end("kim"); return report, nil }, nil)
	req := h.start(input("kim"))
	_, err := h.RunNow(t.Context(), nobody, req.ID)
	h.is("a request that ended meanwhile", err, briefing.ErrConflict)
}

// A request that is deleted during the run gets no briefing any more, and neither does a new request
// of that user.
func TestRunNow_of_a_request_that_is_deleted_meanwhile(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	var next briefing.Request
	h.withRunner(func(context.Context, briefing.Run) (briefing.Report, error) {
		_, err := h.DeleteUserData(t.Context(), nobody, "kim")
		h.ok(err)
		next = h.start(input("kim"))
		return report, nil
	}, nil)
	req := h.start(input("kim"))
	_, err := h.RunNow(t.Context(), nobody, req.ID)
	h.is("a request that was deleted meanwhile", err, briefing.ErrNotFound)
	_, err = h.RunNow(t.Context(), nobody, req.ID)
	h.is("a deleted request", err, briefing.ErrNotFound)
	page, err := h.Briefings(t.Context(), nobody, next.ID, briefing.Page{})
	h.ok(err)
	if len(page.Items) != 0 {
		t.Errorf("the new request has %+v", page.Items)
	}
}

// A caller that leaves ends its run, and nothing is stored.
func TestRunNow_ends_when_the_caller_leaves(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	h.withRunner(func(ctx context.Context, _ briefing.Run) (briefing.Report, error) {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("the run has no deadline")
		}
		leave()
		<-ctx.Done()
		return briefing.Report{}, ctx.Err()
	}, nil)
	req := h.start(input("kim"))
	_, err := h.RunNow(ctx, nobody, req.ID)
	h.is("after the caller left", err, context.Canceled)
	page, err := h.Briefings(t.Context(), nobody, req.ID, briefing.Page{})
	h.ok(err)
	if len(page.Items) != 0 {
		t.Errorf("stored %+v", page.Items)
	}
}

// Four runs are in flight at most, and a further one is refused at once.
func TestRunNow_is_bounded(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	begun, release := make(chan struct{}), make(chan struct{})
	h.withRunner(func(context.Context, briefing.Run) (briefing.Report, error) {
		begun <- struct{}{}
		<-release
		return report, nil
	}, nil)
	req := h.start(input("kim"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := h.RunNow(t.Context(), nobody, req.ID); err != nil {
				t.Error(err)
			}
		})
		<-begun
	}
	_, err := h.RunNow(t.Context(), nobody, req.ID)
	h.is("the fifth run", err, briefing.ErrRateLimited)
	close(release)
	all.Wait()
	go func() { <-begun }()
	_, err = h.RunNow(t.Context(), nobody, req.ID)
	h.ok(err)
}
