package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bis/internal/briefing"
)

// observation is the result of one capture.
type observation struct {
	facts    Facts
	degraded briefing.Degraded     // empty: the camera shows the shop
	health   briefing.CameraHealth // of the camera, after this capture
	frame    *briefing.Frame       // the camera's last picture; nil: none
	lastSeen time.Time             // when the camera last showed the shop; zero: never
	gate     *gate                 // of the picture; nil: there is nothing to compare
	looked   bool                  // the detector was asked, if there is one
	refused  bool                  // it did not count
	shot     *shot                 // the picture, for a description; nil: there is none to describe
}

// capture is one capture that runs wait for.
type capture struct {
	burst    bool          // several frames are asked for
	interval time.Duration // of the run that started the capture
	of       briefing.Camera
	request  briefing.RequestID
	begun    time.Time
	done     chan struct{} // closed when seen is set
	seen     observation

	// The camera's mu guards the fields below.
	late     bool // counted as a run without a frame
	asks     []ask
	every    time.Duration // the least interval of the runs that wait
	counting bool          // the picture came: asks has been read
	stop     func()        // ends the detector's work; nil: the detector is not asked
}

// sharedCamera lets the runs of one moment share a capture, which is one frame or a burst, and its
// measurement. At most one capture runs at a time, so one goroutine at a time calls the source and
// the measurer, as their contracts promise. A camera without runs has no goroutine.
type sharedCamera struct {
	id     briefing.CameraID
	serial uint64 // of all cameras that this process has opened
	stored bool   // a user's camera, and not one of the settings
	cfg    *Config
	all    *shared
	source string             // of a stored camera
	masks  []briefing.Polygon // black in its pictures
	// open opens the source and the measurer. The first capture calls it, and after an error the
	// next one.
	open func() (Setup, error)
	// before is closed when the predecessor's source of the same address is. Many cameras serve one
	// connection at a time. Nil: there is none.
	before <-chan struct{}
	kept   kept
	// ctx belongs to the camera, not to a run. A capture continues for the runs that share it, even
	// if the run that started it is cancelled.
	ctx    context.Context
	cancel context.CancelFunc

	captures  sync.WaitGroup
	measuring sync.Mutex // held while the measurer runs or is copied
	logged    logged     // only the capture uses it
	people    []Region   // as last found by a detector; only the capture uses it

	mu       sync.Mutex // guards the fields below
	setup    Setup      // zero: not open
	running  *capture   // nil: none
	last     observation
	at       time.Time // when the last capture ended; zero: never
	lastSeen time.Time
	picture  *briefing.Frame // nil: none, or frames are not retained
	pixels   int             // of the last frame; 0: none came yet
	health   health
	damaged  int // runs in a row whose picture was damaged
	strayed  strayed
	latest   briefing.Camera // the newest known version; zero: a camera of the settings
	// describing are the descriptions of runs of the camera.
	describing map[*describing]struct{}
	retired    bool // no further capture starts
	busy       time.Time
}

// shared is what the cameras of a pipeline have in common.
type shared struct {
	bursts  allowance
	gallery gallery
}

// errRetired is the error of a run that comes after the camera was closed or replaced.
var errRetired = fmt.Errorf("%w: the camera is closed", briefing.ErrUnavailable)

// observe returns the observation of a recent capture, of the running one, or of a new one for a
// run. After FrameTimeout the camera counts as offline if no picture has come, although the capture
// may still run. The error is ctx's or errRetired.
//
// A capture asks the detector only if one of its runs needs that. A run that needs it and joins too
// late observes another one.
func (c *sharedCamera) observe(
	ctx context.Context, run briefing.Run, asked ask,
) (observation, error) {
	seen, err := c.join(ctx, run, asked, false)
	for try := 0; err == nil && c.missed(seen, asked); try++ {
		if try == mostMissed {
			seen.refused = true
			break
		}
		seen, err = c.join(ctx, run, asked, true)
	}
	return seen, err
}

// mostMissed is how many further captures a run joins because it came too late for a look.
const mostMissed = 2

// missed reports whether a run needs a look that its capture did not have.
func (c *sharedCamera) missed(seen observation, asked ask) bool {
	return c.cfg.Counter != nil && !seen.looked && seen.degraded == "" &&
		seen.gate != nil && asked.wants(seen.gate)
}

// join waits for a capture. again means that a recent one is not enough.
func (c *sharedCamera) join(
	ctx context.Context, run briefing.Run, asked ask, again bool,
) (observation, error) {
	running, seen, err := c.begin(run, asked, again)
	if running == nil {
		return seen, err
	}
	late := time.NewTimer(c.cfg.FrameTimeout)
	defer late.Stop()
	select {
	case <-running.done:
		return running.seen, nil
	case <-late.C:
		if seen, ok := c.offline(running); ok {
			return seen, nil
		}
	case <-ctx.Done():
		return observation{}, ctx.Err()
	}
	select {
	case <-running.done:
		return running.seen, nil
	case <-ctx.Done():
		return observation{}, ctx.Err()
	}
}

// begin returns the running capture, or starts one. It returns no capture if the last observation
// is younger than Reuse.
func (c *sharedCamera) begin(
	run briefing.Run, asked ask, again bool,
) (*capture, observation, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, every := c.cfg.Clock(), run.Request.Every()
	if run.Camera != nil {
		c.note(*run.Camera)
	}
	if every < burstInterval {
		c.busy = now.Add(2 * every)
	}
	switch {
	case c.running != nil:
		c.running.join(asked, every)
		return c.running, observation{}, nil
	case !again && !c.at.IsZero() && now.Sub(c.at) < c.cfg.Reuse:
		return nil, c.last, nil
	case c.retired:
		return nil, observation{}, errRetired
	}
	// The first capture is one frame: a first briefing must not wait for a burst. Nor must runs of
	// short intervals.
	_, can := c.setup.Source.(Burster)
	running := &capture{
		interval: every, every: every, of: c.latest, request: run.Request.ID, asks: []ask{asked},
		begun: now, done: make(chan struct{}),
	}
	running.burst = can && c.pixels > 0 && now.After(c.busy) &&
		c.all.bursts.spend(now, (burstFrames-1)*c.pixels)
	c.running = running
	c.captures.Go(func() { c.capture(running) })
	return running, observation{}, nil
}

// offline is the observation of a camera whose capture exceeds FrameTimeout. All runs that wait for
// one capture at one moment count as one. If ok is false, the picture has come and is counted.
func (c *sharedCamera) offline(of *capture) (seen observation, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if of.counting {
		return observation{}, false
	}
	now := c.cfg.Clock()
	if !of.late || now.Sub(c.at) >= c.cfg.Reuse {
		of.late, c.at, c.damaged = true, now, 0
		c.last = c.judge(result{state: briefing.CameraAway}, Facts{Scene: briefing.SceneNone}, now)
	}
	return c.last, true
}

// judge adds a run's result to the camera's health and returns its observation. The caller must
// hold mu.
func (c *sharedCamera) judge(r result, facts Facts, now time.Time) observation {
	c.health = c.health.next(r, now)
	degraded := degradedBy[r.state]
	if c.damaged == 1 { // it is shown, and nothing is counted
		degraded = ""
	}
	if degraded == "" {
		c.lastSeen = now
	}
	seen := c.told(c.health.seen)
	facts.Health = &seen
	return observation{
		facts: facts, degraded: degraded, health: c.told(c.health.state), frame: c.picture,
		lastSeen: c.lastSeen,
	}
}

// told returns a health as owners get it.
func (c *sharedCamera) told(h briefing.CameraHealth) briefing.CameraHealth {
	h.Settings = !c.stored
	return h
}

// capture gets frames, measures them, stores the observation and wakes the runs that wait. Then it
// has time for the pictures.
func (c *sharedCamera) capture(of *capture) {
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.FrameTimeout)
	defer cancel()
	seen := c.astray(c.look(ctx, of))
	c.count(of, &seen)
	var shown *picture
	if seen.frame.Image != nil && (c.cfg.KeepFrames || c.keeps(of)) {
		shown = c.pictureOf(of, seen.frame)
	}
	if shown != nil && !c.show(shown) {
		shown = nil
	}
	c.publish(of, seen, shown)
	if c.ctx.Err() == nil {
		c.logged.log(c.cfg.Log, c.id, seen)
	}
	seen.frame = Frame{} // while others are encoded
	c.keep(of, shown, seen)
	c.all.gallery.compact()
}

// publish stores the result of a capture and wakes the runs that wait.
func (c *sharedCamera) publish(of *capture, seen sight, shown *picture) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.cfg.Clock()
	if shown != nil {
		c.picture = &shown.frame
		seen.facts.FrameID = shown.frame.ID
	}
	switch {
	case shown == nil || !c.keeps(of):
		seen.facts.Boxes = nil // there is no picture to show them on
	case seen.facts.Boxes == nil:
		seen.facts.Boxes = []Box{} // a run may repeat those of an earlier one
	}
	if seen.frame.Image != nil {
		c.pixels = seen.frame.Image.Bounds().Dx() * seen.frame.Image.Bounds().Dy()
	}
	counted := of.late && seen.err != nil && now.Sub(c.at) < c.cfg.Reuse
	if !counted {
		before := c.health
		c.damaged++
		if !seen.damaged {
			c.damaged = 0
		}
		c.last = c.judge(seen.result, seen.facts, now)
		c.last.gate, c.last.looked, c.last.refused = seen.gate, seen.looked, seen.refused
		c.shoot(seen)
		if c.ctx.Err() != nil { // the end of the pipeline says nothing about the camera
			c.health = before
		}
	}
	c.at = now
	of.seen, c.running = c.last, nil
	close(of.done)
}

// retire forbids further captures. It waits for the running one until FrameTimeout, because runs
// wait for it, and then closes the source and the channel. The end of the pipeline ends the wait.
func (c *sharedCamera) retire(closed chan<- struct{}) error {
	c.mu.Lock()
	c.retired = true
	running := c.running
	c.mu.Unlock()
	if running != nil {
		wait := time.NewTimer(c.cfg.FrameTimeout)
		defer wait.Stop()
		select {
		case <-running.done:
		case <-wait.C:
		case <-c.ctx.Done():
		}
	}
	c.cancel()
	err := c.closeSource()
	close(closed)
	c.captures.Wait()
	if err == nil {
		err = c.closeSource() // of a capture that has opened it meanwhile
	}
	return err
}

// closeSource closes the source if it is open.
func (c *sharedCamera) closeSource() error {
	c.mu.Lock()
	source := c.setup.Source
	c.setup = Setup{}
	c.mu.Unlock()
	if source == nil {
		return nil
	}
	return source.Close()
}
