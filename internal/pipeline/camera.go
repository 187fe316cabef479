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

// observation is the result of one capture: facts, or the reason why there are none.
type observation struct {
	facts    Facts
	degraded briefing.Degraded // empty: a frame was measured
	lastSeen time.Time         // when the last good frame came; zero: never
}

// sharedCamera lets the runs of one moment share a capture, which is one frame and its
// measurement. At most one capture runs at a time, so one goroutine at a time calls the
// source and the measurer, as their contracts promise.
type sharedCamera struct {
	setup Setup
	cfg   *Config
	// ctx belongs to the pipeline, not to a run. A capture continues for the runs that share it,
	// even if the run that started it is cancelled.
	ctx context.Context

	mu       sync.Mutex    // guards all fields below except captures
	pending  chan struct{} // closed when the running capture ends; nil: none runs
	last     observation
	at       time.Time // when the last capture ended; zero: never
	lastSeen time.Time // when the last good frame came; zero: never
	closed   bool      // no further capture starts
	health   health
	picture  *picture // of the last good frame; nil: none, or frames are not retained
	before   *picture // of the frame before, for callers that have just read its id
	captures sync.WaitGroup
}

// errClosed is the error of runs after Close. A caller may try again after the restart.
var errClosed = fmt.Errorf("%w: pipeline is closed", briefing.ErrUnavailable)

// observe returns the observation of a recent capture, of the running one, or of a new one.
// After FrameTimeout the camera counts as offline, although the capture may still run.
// The error is ctx's or errClosed.
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

// latest returns the last observation if it is younger than Reuse, or if waited says that the
// caller has waited for it. Otherwise it returns the channel of the running capture and starts one
// if none runs. After waiting, a caller accepts an observation of any age: otherwise a slow wake-up
// would cost a second capture.
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

// offline is the observation of a camera whose capture exceeds FrameTimeout.
func (c *sharedCamera) offline() observation {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.health.set(briefing.CameraAway, c.cfg.Clock())
	return observation{
		facts:    Facts{Scene: briefing.SceneNone},
		degraded: briefing.CameraOffline,
		lastSeen: c.lastSeen,
	}
}

// capture gets a frame, measures it, stores the observation and wakes the runs that wait. Then it
// has time for the picture.
func (c *sharedCamera) capture() {
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.FrameTimeout)
	defer cancel()
	frame, facts, err := c.measure(ctx)
	var last *picture
	if err == nil && c.cfg.KeepFrames && frame.Image != nil {
		last = newPicture(frame, c.cfg.Clock())
	}
	c.publish(facts, last, err)
	if last != nil {
		last.compact()
	}
}

// publish stores the result of a capture and wakes the runs that wait. An error other than
// ErrUnreadable counts as offline.
func (c *sharedCamera) publish(facts Facts, last *picture, err error) {
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
	if last != nil {
		c.picture, c.before = last, c.picture
	}
	if c.ctx.Err() == nil { // the end of the pipeline says nothing about the camera
		c.health.set(stateOf(facts, err), c.cfg.Clock())
	}
	seen.lastSeen = c.lastSeen
	c.last, c.at = seen, c.cfg.Clock()
	close(c.pending)
	c.pending = nil
}

// measure returns a new frame and its facts. It returns ErrUnreadable after a panic of the source
// or the measurer: decoders may panic on foreign pictures, and that must not end the process.
func (c *sharedCamera) measure(ctx context.Context) (frame Frame, facts Facts, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			c.cfg.Log.Error("camera panicked", "panic", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: panicked", ErrUnreadable)
		}
	}()
	frame, err = c.setup.Source.Frame(ctx)
	if err != nil {
		return Frame{}, Facts{}, err
	}
	return frame, c.setup.Measurer.Measure([]Frame{frame}).Facts, nil
}

// close forbids further captures, closes the source and waits for the running capture, whose
// ctx the pipeline has cancelled.
func (c *sharedCamera) close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.setup.Source.Close()
	c.captures.Wait()
	return err
}
