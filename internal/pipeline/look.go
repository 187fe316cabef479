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

// look is what one look at a camera gave.
type look struct {
	facts    Facts
	degraded briefing.Degraded
	lastSeen time.Time // the last good frame; zero: never
}

// sharedCamera lets the runs of one moment share a frame and its measuring.
type sharedCamera struct {
	setup Setup
	cfg   *Config
	// ctx is the pipeline's: a look goes on when the run that asked for it ends, for the others.
	ctx context.Context

	mu       sync.Mutex    // guards what follows
	going    chan struct{} // closed when the look that goes on is over; nil: none does
	last     look
	at       time.Time // when last was over; zero: never
	lastSeen time.Time
	closed   bool
	looking  sync.WaitGroup
}

// errClosed is what looks get after Close.
var errClosed = errors.New("pipeline is closed")

// look returns a fresh look, its own or one that others share. A camera that gives nothing
// in time is offline. An error is ctx's, or that of a closed pipeline.
func (c *sharedCamera) look(ctx context.Context) (look, error) {
	late := time.NewTimer(c.cfg.FrameTimeout)
	defer late.Stop()
	for asked := false; ; asked = true {
		got, going, err := c.fresh(asked)
		if going == nil {
			return got, err
		}
		select {
		case <-going:
		case <-late.C:
			return c.offline(), nil
		case <-ctx.Done():
			return look{}, ctx.Err()
		}
	}
}

// fresh returns the last look if it is fresh enough or was waited for, or else the
// channel of the one that goes on, which it starts if need be.
func (c *sharedCamera) fresh(asked bool) (look, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return look{}, nil, errClosed
	case c.going != nil:
		return look{}, c.going, nil
	case !c.at.IsZero() && (asked || c.cfg.Clock().Sub(c.at) < c.cfg.Reuse):
		return c.last, nil, nil
	}
	c.going = make(chan struct{})
	c.looking.Go(c.lookNow)
	return look{}, c.going, nil
}

func (c *sharedCamera) offline() look {
	c.mu.Lock()
	defer c.mu.Unlock()
	return look{facts: Facts{Scene: briefing.SceneNone}, degraded: briefing.CameraOffline, lastSeen: c.lastSeen}
}

// lookNow takes a frame and measures it.
func (c *sharedCamera) lookNow() {
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.FrameTimeout)
	defer cancel()
	facts, err := c.measure(ctx)
	got := look{facts: facts}
	switch {
	case err == nil:
	case errors.Is(err, ErrUnreadable):
		got.degraded = briefing.CameraUnreadable
	default:
		got.degraded = briefing.CameraOffline
	}
	if err != nil {
		got.facts = Facts{Scene: briefing.SceneNone}
		if c.ctx.Err() == nil {
			c.cfg.Log.Debug("no frame", "err", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.lastSeen = c.cfg.Clock()
	}
	got.lastSeen = c.lastSeen
	c.last, c.at = got, c.cfg.Clock()
	close(c.going)
	c.going = nil
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
	c.looking.Wait()
	return err
}
