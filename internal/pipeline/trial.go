package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// Bounds of tests.
const (
	maxTrials    = 4
	trialTimeout = 10 * time.Second
	trialTurn    = 3 * time.Second // the wait for a detector
)

// tested is the result of a test, or why there is none.
type tested struct {
	briefing.CameraTest
	err error
}

// Test implements briefing.CameraTester. A source that does not return when its time is over counts
// as a running test until it does.
func (p *Pipeline) Test(
	ctx context.Context, trial briefing.CameraTrial,
) (briefing.CameraTest, error) {
	if !acquire(&p.trials, maxTrials) {
		return briefing.CameraTest{}, briefing.ErrRateLimited
	}
	started := time.Now()
	inner, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	defer context.AfterFunc(p.cameras.ctx, cancel)()
	results := make(chan tested, 1)
	err := p.cameras.spawn(func() {
		got := p.test(inner, trial)
		p.trials.Add(-1) // first, so that the caller may test again at once
		results <- got
	})
	if err != nil {
		p.trials.Add(-1)
		return briefing.CameraTest{}, err
	}
	var got tested
	select {
	case got = <-results:
	case <-inner.Done():
		got = p.away(trial, inner.Err(), started)
	}
	switch {
	case ctx.Err() != nil:
		return briefing.CameraTest{}, ctx.Err()
	case p.cameras.ctx.Err() != nil:
		return briefing.CameraTest{}, errClosed
	}
	return got.CameraTest, got.err
}

// acquire adds one to a count of at most limit, and reports whether there was room.
func acquire(count *atomic.Int32, limit int32) bool {
	if count.Add(1) <= limit {
		return true
	}
	count.Add(-1)
	return false
}

// test tests a camera with a source of its own, and with a measurer of its own or a copy of that of
// the camera's runs.
func (p *Pipeline) test(ctx context.Context, trial briefing.CameraTrial) (got tested) {
	started := time.Now()
	defer func() {
		if cause := recover(); cause != nil {
			p.cfg.Log.Error("camera panicked in a test",
				"panic", cause, "stack", string(debug.Stack()))
			got = p.away(trial, fmt.Errorf("%w: panicked", ErrUnreadable), started)
		}
	}()
	setup, err := p.openTrial(trial)
	switch _, trouble := errors.AsType[*Trouble](err); {
	case err == nil:
	case !trouble && (errors.Is(err, briefing.ErrInvalid) || errors.Is(err, briefing.ErrUnavailable)):
		return tested{err: err}
	default:
		return p.away(trial, err, started)
	}
	defer func() { _ = setup.Source.Close() }() // its frame came, or its error is told
	frame, err := setup.Source.Frame(ctx)
	if err == nil {
		err = fresh(frame, 0, p.cfg.Clock())
	}
	if err != nil {
		got = p.away(trial, err, started)
	} else {
		got.Took = time.Since(started)
		measurer := setup.Measurer
		if knows := p.cameras.knowing(trial.Camera); knows != nil {
			measurer = knows // so what leaves is what leaves of a run
		}
		seen := measure(measurer, []Frame{frame})
		p.count(ctx, &seen, trial.Camera)
		p.describe(&got.CameraTest, seen, trial.Camera.Masks)
	}
	got.Certificate = setup.certificate()
	if t, ok := errors.AsType[*Trouble](err); ok {
		got.Certificate = cmp.Or(t.Certificate, got.Certificate)
	}
	return got
}

// count counts what a test sees, by the detector if it has a turn soon.
func (p *Pipeline) count(ctx context.Context, seen *sight, camera briefing.Camera) {
	burst := seen.burst
	seen.burst = nil
	if seen.result.state != briefing.CameraOK || seen.damaged {
		return
	}
	if p.cfg.mayCount(camera) {
		p.cfg.detect(ctx, seen, burst, camera.Masks, trialTurn)
		seen.frame.People = seen.people
	}
	seen.locate(camera.Zones)
}

// openTrial opens the camera of a test.
func (p *Pipeline) openTrial(trial briefing.CameraTrial) (Setup, error) {
	switch {
	case p.cfg.OpenTrial != nil:
		return p.cfg.OpenTrial(trial)
	case p.cfg.Open != nil && trial.Plain == "":
		return p.cfg.Open(trial.Camera)
	}
	return Setup{}, fmt.Errorf("%w: no camera can be tested", briefing.ErrUnavailable)
}

// away is the result of a test without a picture. It logs the only line about it.
func (p *Pipeline) away(trial briefing.CameraTrial, err error, started time.Time) tested {
	now := p.cfg.Clock()
	seen := unseen(err)
	attrs := []any{"camera", trial.Camera.ID, "state", seen.result.state}
	if seen.result.reason != "" {
		attrs = append(attrs, "reason", seen.result.reason)
	}
	p.cfg.Log.Info("test of a camera", append(attrs, "err", err)...)
	health := unobserved(now).next(seen.result, now).state
	seen.facts.Health = &health
	return tested{CameraTest: briefing.CameraTest{
		Health: health, Facts: seen.facts, Took: time.Since(started),
	}}
}

// describe completes a test whose picture came. A picture that cannot be encoded is left out.
func (p *Pipeline) describe(t *briefing.CameraTest, seen sight, masks []briefing.Polygon) {
	now := p.cfg.Clock()
	t.Health = unobserved(now).next(seen.result, now).state
	t.Facts, t.Tiles = seen.facts, tilesOf(seen.sketch)
	t.Facts.Health = &t.Health
	if seen.frame.Image == nil {
		return
	}
	size := seen.frame.Image.Bounds()
	t.Width, t.Height = size.Dx(), size.Dy()
	if p.cfg.Privacy != nil {
		frame := seen.frame
		t.Leaves = func(egress briefing.Egress) ([]byte, bool) {
			return p.cfg.Privacy.Picture(frame, masks, egress)
		}
	}
	shown := newPicture(seen.frame, masks, now)
	if b, err := shown.jpeg(); err == nil {
		t.Frame, t.JPEG = &shown.frame, b
		t.Facts.FrameID = shown.frame.ID
	}
}

// tilesOf returns the tiles of a sketch, or nil if there is none.
func tilesOf(s Sketch) *briefing.Tiles {
	if s == nil {
		return nil
	}
	columns, rows, busy := s.Tiles()
	return &briefing.Tiles{Columns: columns, Rows: rows, Busy: busy}
}
