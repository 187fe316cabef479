// Package retry paces repeated attempts after transient errors.
//
// Pauses double up to a cap and vary at random, so that many clients of one server do not repeat
// their calls at the same time. A wait ends when its context ends. A wait that the context's
// deadline would cut short is not started. The caller decides which errors are worth another
// attempt.
//
// Time is the time package's, so tests run under testing/synctest.
package retry

import (
	"cmp"
	"context"
	"time"

	"github.com/cenkalti/backoff/v7"
)

// defaultSpread is small enough that a doubled pause is always longer than the one before.
const defaultSpread = 0.25

// Backoff is a series of growing pauses. Its fields are set before the first Wait. A Backoff serves
// one goroutine; a copy made before the first Wait is a series of its own.
type Backoff struct {
	// Least is the mean of the first pause. It must be positive.
	Least time.Duration
	// Most is the mean of the longest pause. Zero means Least: the pauses do not grow.
	Most time.Duration
	// Spread is by which share of its mean a pause may be shorter or longer, at most 1. Zero means
	// a quarter.
	Spread float64

	series *backoff.ExponentialBackOff // nil before the first pause and after Reset
}

// Wait pauses for the next time of the series. Its errors are those of Pause.
func (b *Backoff) Wait(ctx context.Context) error { return Pause(ctx, b.next()) }

// Reset starts the series again. It is called after a success.
func (b *Backoff) Reset() { b.series = nil }

func (b *Backoff) next() time.Duration {
	if b.series == nil {
		b.series = &backoff.ExponentialBackOff{
			InitialInterval:     b.Least,
			MaxInterval:         cmp.Or(b.Most, b.Least),
			RandomizationFactor: cmp.Or(b.Spread, defaultSpread),
			Multiplier:          2,
		}
	}
	return b.series.NextBackOff()
}

// Pause waits for d. If ctx ends first, it returns ctx's error at that moment. If ctx's deadline
// is not after d, it returns context.DeadlineExceeded at once.
func Pause(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Do calls f until it succeeds, or fails with an error that is not transient, and pauses by b
// between the calls. It returns the error of the last call, or that of the pause that ctx ended.
func Do(ctx context.Context, b Backoff, transient func(error) bool, f func() error) error {
	for {
		err := f()
		if err == nil || !transient(err) {
			return err
		}
		if err := b.Wait(ctx); err != nil {
			return err
		}
	}
}
