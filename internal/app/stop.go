package app

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// A stop takes at most 5 s, even if the store hangs. These are the deadlines of its steps, counted
// from the start of the stop. A part that misses its deadline is abandoned, and the process ends.
const (
	runsDeadline   = 3100 * time.Millisecond // runs; schedule.Config.Grace is 3 s
	serverDeadline = 4250 * time.Millisecond // sockets, pending answers, the schedule
	feedDeadline   = 4350 * time.Millisecond // the pump
	closeDeadline  = 4500 * time.Millisecond // camera, detector and store

	graceTime = 20 * time.Millisecond // for a part to notice that its context has ended
)

// stop ends the parts in this order: new ticks, runs, sockets, the schedule, the listener, the
// pump. So the last briefings still reach their subscribers. The listener closes after the sockets,
// because some clients stop retrying when a connection is refused. A schedule that waits for a
// hanging store does not delay the sockets.
func (p parts) stop(sched, pump startedPart) {
	p.server.Stopping()
	sched.cancel()
	runs, cancel := p.clock.until(runsDeadline)
	defer cancel()
	select {
	case <-sched.done:
	case <-runs.Done():
	}
	p.clock.wait("sockets", serverDeadline, p.server.Drain)
	p.clock.wait("schedule", serverDeadline, func(context.Context) { sched.stop() })
	p.clock.wait("listener", serverDeadline, p.server.Shutdown)
	p.clock.wait("feed", feedDeadline, func(context.Context) { pump.stop() })
}

// stopClock sets the deadlines of the steps of a stop. The stop starts with the first call of
// until.
type stopClock struct {
	log     *slog.Logger
	once    sync.Once
	started time.Time
}

// until returns a context with a deadline, counted from the start of the stop.
func (s *stopClock) until(deadline time.Duration) (context.Context, context.CancelFunc) {
	s.once.Do(func() { s.started = time.Now() })
	return context.WithDeadline(context.Background(), s.started.Add(deadline))
}

// wait runs a step and waits for it until its deadline. It logs a late step, which continues to
// run.
func (s *stopClock) wait(part string, deadline time.Duration, step func(ctx context.Context)) {
	ctx, cancel := s.until(deadline)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		step(ctx)
	}()
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	select {
	case <-done:
	case <-time.After(graceTime):
		s.log.Warn("a part did not stop in time", "part", part)
	}
}

// end stops a started part before closeDeadline.
func (s *stopClock) end(name string, p startedPart) {
	s.wait(name, closeDeadline, func(context.Context) { p.stop() })
}

// close closes a part before closeDeadline. It returns nil if the part hangs.
func (s *stopClock) close(part string, c io.Closer) (err error) {
	closed := make(chan error, 1)
	s.wait(part, closeDeadline, func(context.Context) { closed <- c.Close() })
	select {
	case err = <-closed:
	default: // Close hangs
	}
	return err
}
