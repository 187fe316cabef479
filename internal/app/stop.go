package app

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// A stop takes at most 5 s in all, also while the store hangs. By when the parts of a stop must be over, from its beginning. A part that is not is left behind:
// the process ends.
const (
	runsBy  = 3100 * time.Millisecond // runs have 3 s; then the sockets are told, whatever the schedule still writes
	edgeBy  = 4250 * time.Millisecond // sockets, answers under way, the schedule
	pumpBy  = 4350 * time.Millisecond
	closeBy = 4500 * time.Millisecond // camera and store

	unwindTime = 20 * time.Millisecond // for a part to notice that its time is over
)

// ending is a stop. Its time begins with the first use.
type ending struct {
	log   *slog.Logger
	once  sync.Once
	begun time.Time
}

// by returns a context that ends so long after the beginning of the stop.
func (e *ending) by(d time.Duration) (context.Context, context.CancelFunc) {
	e.once.Do(func() { e.begun = time.Now() })
	return context.WithDeadline(context.Background(), e.begun.Add(d))
}

// wait waits for what do does, until d after the beginning of the stop, and reports whether it is
// over.
func (e *ending) wait(what string, d time.Duration, do func(ctx context.Context)) bool {
	ctx, cancel := e.by(d)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(ctx)
	}()
	select {
	case <-done:
		return true
	case <-ctx.Done():
	}
	select {
	case <-done:
		return true
	case <-time.After(unwindTime):
		e.log.Warn("a part did not stop in time", "part", what)
		return false
	}
}

// close closes a part at the end.
func (e *ending) close(what string, part interface{ Close() error }) (err error) {
	closed := make(chan error, 1)
	e.wait(what, closeBy, func(context.Context) { closed <- part.Close() })
	select {
	case err = <-closed:
	default: // it hangs
	}
	return err
}
