package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// closer is a part whose Close blocks until resume is closed.
type closer struct {
	resume chan struct{}
	err    error
}

func (c closer) Close() error {
	<-c.resume
	return c.err
}

// All deadlines count from the start of the stop, so several hanging parts take no longer than one.
// Each hanging part is logged and abandoned.
func TestShutdown_leaves_parts_that_hang_behind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		clock := &stopClock{log: slog.New(slog.NewTextHandler(&log, nil))}
		resume := make(chan struct{})
		started := time.Now()
		// The step ends with its context, so it is not late.
		clock.wait("sockets", serverDeadline, func(ctx context.Context) { <-ctx.Done() })
		clock.wait("schedule", serverDeadline, func(context.Context) { <-resume })
		clock.wait("feed", feedDeadline, func(context.Context) { <-resume })
		if err := clock.close("store", closer{resume, errors.New("late")}); err != nil {
			t.Errorf("close of a part that hangs = %v, want nil", err)
		}
		if took := time.Since(started); took < closeDeadline || took > 5*time.Second {
			t.Errorf("the stop took %v, want at least %v and at most 5 s", took, closeDeadline)
		}
		if said := log.String(); strings.Count(said, "\n") != 3 || strings.Contains(said, "sockets") {
			t.Errorf("the log names other parts than schedule, feed and store: %s", said)
		}
		close(resume)
	})
}

func TestShutdown_returns_the_error_of_a_part(t *testing.T) {
	t.Parallel()
	resume := make(chan struct{})
	close(resume)
	want := errors.New("disk full")
	clock := &stopClock{log: slog.New(slog.DiscardHandler)}
	if err := clock.close("store", closer{resume, want}); !errors.Is(err, want) {
		t.Errorf("close = %v, want %v", err, want)
	}
}
