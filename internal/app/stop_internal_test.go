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

// closer is a part whose Close blocks until it may go on.
type closer struct {
	goOn chan struct{}
	err  error
}

func (c closer) Close() error {
	<-c.goOn
	return c.err
}

// All deadlines count from the beginning of the stop, so several parts that hang take no longer than
// one. Each is logged and left behind.
func TestShutdown_leaves_parts_that_hang_behind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		end := &stopClock{log: slog.New(slog.NewTextHandler(&log, nil))}
		goOn := make(chan struct{})
		begin := time.Now()
		end.wait("sockets", serverDeadline, func(ctx context.Context) { <-ctx.Done() }) // not late: it obeys
		end.wait("schedule", serverDeadline, func(context.Context) { <-goOn })
		end.wait("feed", feedDeadline, func(context.Context) { <-goOn })
		if err := end.close("store", closer{goOn, errors.New("late")}); err != nil {
			t.Errorf("close of a part that hangs = %v, want nil", err)
		}
		if took := time.Since(begin); took < closeDeadline || took > 5*time.Second {
			t.Errorf("the stop took %v, want at least %v and at most 5 s", took, closeDeadline)
		}
		if said := log.String(); strings.Count(said, "\n") != 3 || strings.Contains(said, "sockets") {
			t.Errorf("the log names other parts than schedule, feed and store: %s", said)
		}
		close(goOn)
	})
}

func TestShutdown_returns_the_error_of_a_part(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	close(goOn)
	want := errors.New("disk full")
	end := &stopClock{log: slog.New(slog.DiscardHandler)}
	if err := end.close("store", closer{goOn, want}); !errors.Is(err, want) {
		t.Errorf("close = %v, want %v", err, want)
	}
}
