package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// cameras has the open cameras of a pipeline. It is safe for concurrent use.
type cameras struct {
	cfg     *Config
	all     shared
	serials atomic.Uint64

	// ctx ends all captures.
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex // guards the fields below
	open   map[briefing.CameraID]*opened
	sweep  *time.Timer // calls closeIdle at next; nil: no stored camera is open
	next   time.Time
	closed bool
	// gone has stored cameras that were deleted. A run that began before must not open them again.
	// Ids are never used again.
	gone map[briefing.CameraID]struct{}
	errs []error        // of sources that were closed
	work sync.WaitGroup // everything that close waits for
}

// opened is an open camera.
type opened struct {
	*sharedCamera
	stored briefing.Camera // as it was opened; without an ID: a camera of the settings
	used   time.Time       // the last run
	until  time.Time       // when it is closed; each run moves it. Unused for the settings
}

// leastIdle is how long no run has used a camera that is closed for another.
const leastIdle = time.Minute

// errClosed is the error of runs after Close. A caller may try again after the restart.
var errClosed = fmt.Errorf("%w: pipeline is closed", briefing.ErrUnavailable)

// errTooMany is the error of a run whose camera would be one too many.
var errTooMany = fmt.Errorf("%w: too many cameras are open", briefing.ErrUnavailable)

// errNoCamera is the reason of a run whose camera is not known.
var errNoCamera = fmt.Errorf("%w: no such camera", ErrOffline)

// newCameras returns the cameras of the settings.
func newCameras(cfg *Config) *cameras {
	cs := &cameras{
		cfg: cfg, open: make(map[briefing.CameraID]*opened), gone: make(map[briefing.CameraID]struct{}),
	}
	cs.ctx, cs.cancel = context.WithCancel(context.Background())
	for id, setup := range cfg.Cameras {
		c := cs.camera(id)
		c.open = func() (Setup, error) { return setup, nil }
		c.setup, c.latest.Egress = setup, setup.Egress
		c.health = unobserved(cfg.Clock())
		cs.open[id] = &opened{sharedCamera: c}
	}
	return cs
}

// camera returns a camera that is not open.
func (cs *cameras) camera(id briefing.CameraID) *sharedCamera {
	c := &sharedCamera{id: id, serial: cs.serials.Add(1), cfg: cs.cfg, all: &cs.all}
	c.ctx, c.cancel = context.WithCancel(cs.ctx)
	return c
}

// of returns the camera of a run, opened anew if what it sees by has changed. Its errors are
// errClosed, errTooMany and errNoCamera.
func (cs *cameras) of(run briefing.Run) (*sharedCamera, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return nil, errClosed
	}
	stored := run.Camera
	if stored == nil { // of the settings, or as it was at the last run
		stored = &briefing.Camera{ID: cmp.Or(run.Request.CameraID, briefing.DefaultCamera)}
	}
	c, ok := cs.open[stored.ID]
	if ok && c.stored.Certificate == "" && stored.Certificate != "" &&
		c.accepted() == stored.Certificate {
		c.stored.Certificate = stored.Certificate // what the open source already knows
	}
	switch {
	case ok && (run.Camera == nil || c.stored.ID == ""):
	case run.Camera == nil, !ok && cs.isGone(stored.ID):
		return nil, errNoCamera
	case ok && (stored.Version <= c.stored.Version || cs.cfg.sameView(*stored, c.stored)):
		c.stored.Version = max(c.stored.Version, stored.Version)
		c.adopt(stored.Health)
	case !ok && !cs.room():
		return nil, errTooMany
	default:
		c = cs.start(c, *stored)
		cs.open[stored.ID] = c
	}
	cs.extend(c, run.Request.Every())
	return c.sharedCamera, nil
}

// room makes room for one more camera, and reports whether there is any. It closes the camera whose
// last run was the longest ago, if that was more than leastIdle ago: its owner's interval is long,
// and opening it again costs little. The caller must hold mu.
func (cs *cameras) room() bool {
	if len(cs.open) < cs.cfg.MaxCameras {
		return true
	}
	var idle *opened
	for _, c := range cs.open {
		if c.stored.ID != "" && (idle == nil || c.used.Before(idle.used)) {
			idle = c
		}
	}
	if idle == nil || cs.cfg.Clock().Sub(idle.used) < leastIdle {
		return false
	}
	delete(cs.open, idle.id)
	cs.retire(idle.sharedCamera)
	return true
}

// start returns a stored camera as it is now, in place of an open one, which may be nil. The caller
// must hold mu.
func (cs *cameras) start(old *opened, stored briefing.Camera) *opened {
	c := cs.camera(stored.ID)
	c.stored, c.source, c.masks = true, stored.Source, stored.Masks
	c.open = func() (Setup, error) {
		if cs.cfg.Open == nil {
			return Setup{}, errNoCamera
		}
		return cs.cfg.Open(stored)
	}
	c.health, c.lastSeen = known(stored, cs.cfg.Clock())
	if old == nil {
		c.strayed = strayedOf(stored)
	} else {
		c.inherit(old, stored)
		closed := cs.retire(old.sharedCamera)
		if stored.Source == old.stored.Source {
			c.before = closed
		}
	}
	return &opened{sharedCamera: c, stored: stored}
}

// extend moves the end of a stored camera behind the run's next ones. The caller must hold mu.
func (cs *cameras) extend(c *opened, every time.Duration) {
	if c.stored.ID == "" {
		return
	}
	c.used = cs.cfg.Clock()
	until := c.used.Add(3*every + time.Minute)
	if until.After(c.until) {
		c.until = until
	}
	if cs.sweep == nil || until.Before(cs.next) {
		cs.sweepAt(until)
	}
}

// sweepAt sets the timer for the next end of a camera. The caller must hold mu.
func (cs *cameras) sweepAt(next time.Time) {
	if cs.sweep != nil {
		cs.sweep.Stop()
	}
	cs.next = next
	cs.sweep = time.AfterFunc(next.Sub(cs.cfg.Clock()), cs.closeIdle)
}

// closeIdle closes the cameras that no run has used until their end, and sets the timer for the
// next end.
func (cs *cameras) closeIdle() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return
	}
	now := cs.cfg.Clock()
	var next time.Time
	for id, c := range cs.open {
		switch {
		case c.stored.ID == "":
		case !c.until.After(now):
			delete(cs.open, id)
			cs.retire(c.sharedCamera)
		case next.IsZero() || c.until.Before(next):
			next = c.until
		}
	}
	if cs.sweep = nil; !next.IsZero() {
		cs.sweepAt(next)
	}
}

// retire closes a camera that is no longer in open, and its pictures. It does not wait, and returns
// a channel that is closed after the source. The caller must hold mu.
func (cs *cameras) retire(c *sharedCamera) <-chan struct{} {
	closed := make(chan struct{})
	cs.work.Go(func() {
		err := c.retire(closed)
		cs.all.gallery.drop(c)
		if err == nil {
			return
		}
		cs.cfg.Log.Warn("close camera", "camera", c.id, "err", err)
		cs.mu.Lock()
		defer cs.mu.Unlock()
		if cs.closed {
			cs.errs = append(cs.errs, fmt.Errorf("close camera %s: %w", c.id, err))
		}
	})
	return closed
}

// spawn calls f on a goroutine that close waits for. After close it returns errClosed.
func (cs *cameras) spawn(f func()) error {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return errClosed
	}
	cs.work.Go(f)
	return nil
}

// shown returns the health and the last frame of an open camera.
func (cs *cameras) shown(
	id briefing.CameraID,
) (h briefing.CameraHealth, last *briefing.Frame, open bool) {
	cs.mu.Lock()
	c, open := cs.open[id]
	cs.mu.Unlock()
	if !open { // of the settings: after close
		return unobserved(cs.cfg.Clock()).state, nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.told(c.health.state), c.picture, true
}

// mostGone bounds the deleted cameras in memory.
const mostGone = 10_000

// isGone reports whether a camera was deleted. The caller must hold mu.
func (cs *cameras) isGone(id briefing.CameraID) bool {
	_, ok := cs.gone[id]
	return ok
}

// forget closes a stored camera at once, with its pictures. No run opens it again.
func (cs *cameras) forget(id briefing.CameraID) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if len(cs.gone) >= mostGone { // no run lasts that long
		clear(cs.gone)
	}
	cs.gone[id] = struct{}{}
	if c, ok := cs.open[id]; ok && c.stored.ID != "" {
		delete(cs.open, id)
		c.cancel()
		cs.retire(c.sharedCamera)
	}
}

// changed notes a stored camera that was saved.
func (cs *cameras) changed(stored briefing.Camera) {
	cs.mu.Lock()
	c, ok := cs.open[stored.ID]
	cs.mu.Unlock()
	if !ok || !c.sharedCamera.stored {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.note(stored)
}

// close closes all cameras and waits for their captures.
func (cs *cameras) close() error {
	cs.mu.Lock()
	cs.closed = true
	if cs.sweep != nil {
		cs.sweep.Stop()
	}
	cs.cancel()
	for id, c := range cs.open {
		delete(cs.open, id)
		cs.retire(c.sharedCamera)
	}
	cs.mu.Unlock()
	cs.work.Wait()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return errors.Join(cs.errs...)
}
