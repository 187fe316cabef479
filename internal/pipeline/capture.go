package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"runtime/debug"
	"time"

	"bis/internal/briefing"
)

// leastStale is the age up to which a picture never counts as old. Slow cameras send a picture
// every 6 or 12 s, whatever the interval.
const leastStale = 15 * time.Second

// sight is what a capture has seen.
type sight struct {
	frame  Frame // to show; without an Image: none
	facts  Facts
	result result
	err    error // why there is no frame
	// source says that err is the source's, which logs it.
	source bool
	// damaged says that the frame is damaged. One such run may be an accident of the network.
	damaged bool

	burst   []image.Image // the frames that were measured, until they are counted
	found   [][]Box       // by picture; nil: nothing was counted, or without boxes
	sketch  Sketch
	gate    *gate
	people  []Region // nil: no detector has looked
	looked  bool     // a run needed a look of its own
	refused bool     // the detector was asked and did not count
}

// look opens the camera if it is not open, gets frames and measures them. A panic of the source or
// the measurer counts as ErrUnreadable: decoders may panic on foreign pictures, and that must not
// end the process.
func (c *sharedCamera) look(ctx context.Context, of *capture) (seen sight) {
	defer func() {
		if cause := recover(); cause != nil {
			c.cfg.Log.Error("camera panicked",
				"camera", c.id, "panic", cause, "stack", string(debug.Stack()))
			seen = unseen(fmt.Errorf("%w: panicked", ErrUnreadable))
		}
	}()
	setup, err := c.ready(ctx)
	if err != nil {
		return unseen(err)
	}
	frames, err := framesOf(ctx, setup.Source, of.burst)
	if err != nil {
		seen = unseen(err)
		seen.source = true
		return seen
	}
	if err := fresh(frames[len(frames)-1], of.interval, c.cfg.Clock()); err != nil {
		return unseen(err)
	}
	c.measuring.Lock()
	defer c.measuring.Unlock()
	return measure(setup.Measurer, frames)
}

// unseen is the sight of a capture without a frame.
func unseen(err error) sight {
	return sight{facts: Facts{Scene: briefing.SceneNone}, result: failed(err), err: err}
}

// mostBefore is how long a capture waits until the predecessor of its camera is closed.
const mostBefore = 2 * time.Second

// ready returns the open camera. It waits a while until the predecessor is closed.
func (c *sharedCamera) ready(ctx context.Context) (Setup, error) {
	c.mu.Lock()
	setup := c.setup
	c.mu.Unlock()
	if setup.Source != nil {
		return setup, nil
	}
	if c.before != nil {
		wait, cancel := context.WithTimeout(ctx, mostBefore)
		defer cancel()
		select {
		case <-c.before:
		case <-wait.Done():
		}
	}
	setup, err := c.open()
	if err == nil && (setup.Source == nil || setup.Measurer == nil) {
		err = errors.New("no source or no measurer")
	}
	if err != nil {
		return Setup{}, fmt.Errorf("open camera: %w", err)
	}
	c.mu.Lock()
	c.setup = setup
	c.mu.Unlock()
	return setup, nil
}

// framesOf returns the frames of one run, at least one. Damaged ones are left out while one is
// whole.
func framesOf(ctx context.Context, src Source, burst bool) ([]Frame, error) {
	burster, ok := src.(Burster)
	if !ok || !burst {
		f, err := src.Frame(ctx)
		return []Frame{f}, err
	}
	frames, err := burster.Burst(ctx, burstFrames, burstApart)
	if err != nil {
		return nil, err
	}
	if len(frames) == 0 {
		return nil, fmt.Errorf("%w: an empty burst", ErrOffline)
	}
	var whole []Frame
	for _, f := range frames {
		if !f.Damaged {
			whole = append(whole, f)
		}
	}
	if len(whole) == 0 {
		return frames[len(frames)-1:], nil
	}
	return whole, nil
}

// fresh returns ErrStale for a frame that is older than the interval.
func fresh(f Frame, interval time.Duration, now time.Time) error {
	if f.At.IsZero() || now.Sub(f.At) <= max(interval, leastStale) {
		return nil
	}
	age := fmt.Errorf("the picture is %v old", now.Sub(f.At).Round(time.Second))
	if f.Pushed {
		return &Trouble{
			State: briefing.CameraStale, Reason: briefing.TroublePushStopped, Err: age,
		}
	}
	return fmt.Errorf("%w: %w", ErrStale, age)
}

// measure measures the frames of one run. Nothing is counted on a damaged frame and on that of a
// blind camera. A damaged frame is shown, and is a trouble like that of a frame that cannot be
// decoded.
func measure(m Measurer, frames []Frame) sight {
	got := m.Measure(frames)
	shown := frames[len(frames)-1]
	shown.Changed, shown.Unsure = got.Changed, got.Unsure
	r := measured(got)
	if shown.Damaged {
		r = result{state: briefing.CameraIllegible, reason: briefing.TroubleBroken}
	}
	if r.state != briefing.CameraOK {
		uncount(&got.Facts)
	}
	seen := sight{
		frame: shown, facts: got.Facts, result: r, damaged: shown.Damaged,
		found: got.Found, sketch: got.Sketch,
	}
	for _, f := range frames {
		seen.burst = append(seen.burst, f.Image)
	}
	return seen
}

// logged is what the log has of a camera's trouble, so that each trouble is logged once. Sources
// log the troubles that they have.
type logged struct {
	trouble result // the zero value: none
	well    int    // runs in a row without trouble
	damaged bool   // the last run's picture was damaged
}

// log logs a trouble that differs from the last one, and its end.
func (t *logged) log(log *slog.Logger, id briefing.CameraID, seen sight) {
	r := seen.result
	accident := seen.damaged && !t.damaged
	t.damaged = seen.damaged
	if isWell(r.state) {
		t.well++
		if t.well == outageRuns && t.trouble.state != "" {
			t.trouble = result{}
			log.Info("camera shows the shop again", "camera", id)
		}
		return
	}
	t.well = 0
	if accident {
		return
	}
	if seen.source {
		log.Debug("no frame", "camera", id, "err", seen.err)
		return
	}
	r.words = "" // they may change with each answer
	if t.trouble == r {
		return
	}
	t.trouble = r
	attrs := []any{"camera", id, "state", r.state}
	if r.reason != "" {
		attrs = append(attrs, "reason", r.reason)
	}
	if seen.err == nil {
		log.Info("camera does not show the shop", attrs...)
		return
	}
	log.Warn("camera does not show the shop", append(attrs, "err", seen.err)...)
}
