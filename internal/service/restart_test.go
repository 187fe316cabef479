package service_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/schedule"
	"bis/internal/store/sqlite"
)

// ran receives the ids of the requests that the schedule runs.
type ran chan briefing.RequestID

func (r ran) Run(_ context.Context, run briefing.Run) (briefing.Report, error) {
	select {
	case r <- run.Request.ID:
	default: // the first run is enough
	}
	return briefing.Report{Caption: "all is quiet", Source: "template"}, nil
}

// A process may die between the commit of a start and the notification of its schedule. The next
// process claims the request like every other active request.
func TestService_Start_that_no_schedule_was_told_of_runs_after_a_restart(t *testing.T) {
	t.Parallel()
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	first, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "one", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(time.Hour)
	started, err := first.StartRequest(t.Context(), briefing.Start{User: briefing.EnsuredUser, Request: briefing.Request{
		Username: "kim", Interval: 1, EndText: "x", CameraID: briefing.DefaultCamera, StartedAt: time.Now(), EndsAt: &ends,
	}})
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	second, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: "two", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	runs := make(ran, 1)
	sched, err := schedule.New(schedule.Config{Store: second, Runner: runs, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = sched.Run(ctx) })
	defer running.Wait()
	defer cancel()
	select {
	case id := <-runs:
		if id != started.Request.ID {
			t.Errorf("ran %s, want %s", id, started.Request.ID)
		}
	case <-time.After(time.Minute):
		t.Error("the request that no schedule was told of does not run")
	}
}
