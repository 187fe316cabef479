package retry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bis/internal/retry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// waited returns the duration of one Wait of b.
func waited(t *testing.T, b *retry.Backoff) time.Duration {
	t.Helper()
	start := time.Now()
	if err := b.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

func TestBackoff_Wait(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, c := range []struct {
		name  string
		b     retry.Backoff
		means []time.Duration
		share float64
	}{
		{"doubles up to the cap", retry.Backoff{Least: s, Most: 5 * s}, []time.Duration{s, 2 * s, 4 * s, 5 * s, 5 * s}, 0.25},
		{"does not grow without a cap", retry.Backoff{Least: s}, []time.Duration{s, s, s}, 0.25},
		{"spreads as far as asked", retry.Backoff{Least: s, Spread: 0.5}, []time.Duration{s, s, s, s}, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for i, mean := range c.means {
					slack := time.Duration(float64(mean)*c.share) + 1
					if got := waited(t, &c.b); (got - mean).Abs() > slack {
						t.Errorf("pause %d took %v, want %v ± %v", i+1, got, mean, slack)
					}
				}
			})
		})
	}
	t.Run("varies", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := retry.Backoff{Least: time.Hour}
			if first, second := waited(t, &b), waited(t, &b); first == second {
				t.Errorf("two pauses took %v both", first)
			}
		})
	})
	t.Run("starts again after Reset", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := retry.Backoff{Least: time.Second, Most: time.Hour}
			for range 6 {
				waited(t, &b)
			}
			b.Reset()
			if got := waited(t, &b); got > 1250*time.Millisecond {
				t.Errorf("the first pause after Reset took %v, want at most 1.25 s", got)
			}
		})
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			start := time.Now()
			if err := retry.Pause(ctx, time.Hour); !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
				t.Errorf("Pause = %v after %v, want %v after 1s", err, time.Since(start), context.Canceled)
			}
		})
	})
	t.Run("does not start when the deadline would cut it short", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			if err := retry.Pause(ctx, time.Second); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
				t.Errorf("Pause = %v after %v, want %v at once", err, time.Since(start), context.DeadlineExceeded)
			}
			if err := retry.Pause(ctx, time.Millisecond); err != nil {
				t.Errorf("a pause within the deadline: %v", err)
			}
		})
	})
}

func TestDo(t *testing.T) {
	t.Parallel()
	passing, final := errors.New("passing"), errors.New("final")
	transient := func(err error) bool { return errors.Is(err, passing) }
	for _, c := range []struct {
		name    string
		answers []error // of the attempts, in order
		want    error
	}{
		{"a success ends it", []error{nil}, nil},
		{"what passes is tried again", []error{passing, passing, nil}, nil},
		{"a final error ends it", []error{passing, final}, final},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				err := retry.Do(t.Context(), retry.Backoff{Least: time.Second}, transient, func() error {
					calls++
					return c.answers[calls-1]
				})
				if !errors.Is(err, c.want) || calls != len(c.answers) {
					t.Errorf("Do = %v after %d calls, want %v after %d", err, calls, c.want, len(c.answers))
				}
			})
		})
	}
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Minute, cancel)
			err := retry.Do(ctx, retry.Backoff{Least: time.Second}, transient, func() error { return passing })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Do = %v, want %v", err, context.Canceled)
			}
		})
	})
}
