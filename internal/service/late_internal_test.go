package service

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
)

// endless is a runner and a previewer that work until their context ends.
type endless struct{}

func (endless) Run(ctx context.Context, _ briefing.Run) (briefing.Report, error) {
	<-ctx.Done()
	return briefing.Report{}, ctx.Err()
}

func (endless) Preview(ctx context.Context, _ briefing.PreviewInput) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// clock is a store of which only the clock is read.
type clock struct{ briefing.Store }

func (clock) Now() time.Time { return time.Now() }

// A run or a preview that takes longer than it may is unavailable. If the caller's own time is over
// first, the error is the caller's.
func TestCalls_that_take_too_long(t *testing.T) {
	t.Parallel()
	s := &Service{store: clock{}, runner: endless{}, previewer: endless{}}
	for name, c := range map[string]struct {
		call func(ctx context.Context) error
		time time.Duration
	}{
		"run": {func(ctx context.Context) error {
			_, err := s.runNow(ctx, briefing.Run{})
			return err
		}, runNowTime},
		"preview": {func(ctx context.Context) error {
			_, err := s.preview(ctx, briefing.PreviewInput{}, []string{"a"})
			return err
		}, previewTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				err := c.call(t.Context())
				if took := time.Since(begin); !errors.Is(err, briefing.ErrUnavailable) || took != c.time {
					t.Errorf("%v after %v, want ErrUnavailable after %v", err, took, c.time)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err = c.call(ctx)
				if errors.Is(err, briefing.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("after the caller's deadline: %v, want DeadlineExceeded", err)
				}
			})
		})
	}
}
