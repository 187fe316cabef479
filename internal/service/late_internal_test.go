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

func (endless) Preview(ctx context.Context, _ []briefing.PreviewInput) ([]string, []briefing.StyleNote, error) {
	<-ctx.Done()
	return nil, nil, ctx.Err()
}

// patient is a stylist that rewrites until the context ends.
type patient struct{ builtIn }

func (patient) Rewrite(ctx context.Context, _ string, _ []string) (briefing.StyleSheet, error) {
	<-ctx.Done()
	return briefing.StyleSheet{}, ctx.Err()
}

// clock is a store that has a clock and every user.
type clock struct{ briefing.Store }

func (clock) User(context.Context, string) (briefing.User, error) { return briefing.User{}, nil }

func (clock) Now() time.Time { return time.Now() }

// A run or a preview that takes longer than it may is unavailable. If the caller's own time is over
// first, the error is the caller's.
func TestCalls_that_take_too_long(t *testing.T) {
	t.Parallel()
	s := &Service{
		store: clock{}, runner: endless{}, previewer: endless{}, stylist: patient{}, policy: briefing.OpenPolicy{}, limiter: unlimited{},
	}
	for name, c := range map[string]struct {
		call func(ctx context.Context) error
		time time.Duration
	}{
		"run": {func(ctx context.Context) error {
			_, err := s.runNow(ctx, briefing.Run{})
			return err
		}, runNowTime},
		"preview": {func(ctx context.Context) error {
			_, err := s.preview(ctx, []string{"a"}, []briefing.PreviewInput{{}})
			return err
		}, previewTime},
		"rewrite": {func(ctx context.Context) error {
			_, err := s.RewriteStyle(ctx, briefing.Viewer{}, "kim")
			return err
		}, rewriteTime},
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
