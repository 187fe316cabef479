package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"bis/internal/briefing"
)

// observation is what one look at a camera gave.
type observation struct {
	facts    Facts
	degraded briefing.Degraded
	lastSeen time.Time // the last good frame; zero: never
}

// sharedCamera lets the runs of one moment share a frame and its measuring.
type sharedCamera struct {
	setup Setup
	cfg   *Config
	// ctx is the pipeline's: a look goes on when the run that waited for it ends, for the others.
	ctx context.Context

	mu       sync.Mutex    // guards what follows
	pending  chan struct{} // closed when the look that goes on is over; nil: none does
	last     observation
	at       time.Time // when last was over; zero: never
	lastSeen time.Time
	closed   bool
	captures sync.WaitGroup
}

// errClosed is what looks get after Close.
var errClosed = errors.New("pipeline is closed")

// observe returns a fresh look, its own or one that others share. A camera that gives nothing
// in time is offline. An error is ctx's, or that of a closed pipeline.
func (c *sharedCamera) observe(ctx context.Context) (observation, error) {
	late := time.NewTimer(c.cfg.FrameTimeout)
	defer late.Stop()
	for waited := false; ; waited = true {
		seen, pending, err := c.latest(waited)
		if pending == nil {
			return seen, err
		}
		select {
		case <-pending:
		case <-late.C:
			return c.offline(), nil
		case <-ctx.Done():
			return observation{}, ctx.Err()
		}
	}
}

// latest returns the last look if it is fresh enough or was waited for, or else the
// channel of the one that goes on, which it starts if need be.
func (c *sharedCamera) latest(waited bool) (observation, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return observation{}, nil, errClosed
	case c.pending != nil:
		return observation{}, c.pending, nil
	case !c.at.IsZero() && (waited || c.cfg.Clock().Sub(c.at) < c.cfg.Reuse):
		return c.last, nil, nil
	}
	c.pending = make(chan struct{})
	c.captures.Go(c.capture)
	return observation{}, c.pending, nil
}

func (c *sharedCamera) offline() observation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return observation{facts: Facts{Scene: briefing.SceneNone}, degraded: briefing.CameraOffline, lastSeen: c.lastSeen}
}

// capture takes a frame and measures it.
func (c *sharedCamera) capture() {
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.FrameTimeout)
	defer cancel()
	facts, err := c.measure(ctx)
	seen := observation{facts: facts}
	switch {
	case err == nil:
	case errors.Is(err, ErrUnreadable):
		seen.degraded = briefing.CameraUnreadable
	default:
		seen.degraded = briefing.CameraOffline
	}
	if err != nil {
		seen.facts = Facts{Scene: briefing.SceneNone}
		if c.ctx.Err() == nil {
			c.cfg.Log.Debug("no frame", "err", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.lastSeen = c.cfg.Clock()
	}
	seen.lastSeen = c.lastSeen
	c.last, c.at = seen, c.cfg.Clock()
	close(c.pending)
	c.pending = nil
}

// measure is a frame's facts. A source or measurer that panics gave nothing readable.
func (c *sharedCamera) measure(ctx context.Context) (facts Facts, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			c.cfg.Log.Error("camera panicked", "panic", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: panicked", ErrUnreadable)
		}
	}()
	frame, err := c.setup.Source.Frame(ctx)
	if err != nil {
		return Facts{}, err
	}
	return c.setup.Measurer.Measure(frame), nil
}

// close waits for the look that goes on and closes the source.
func (c *sharedCamera) close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.setup.Source.Close()
	c.captures.Wait()
	return err
}
