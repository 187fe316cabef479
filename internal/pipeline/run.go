package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"bis/internal/briefing"
)

// Setup is one camera: the source of its frames and the measurer of that source alone.
type Setup struct {
	Source   Source
	Measurer Measurer
}

// Config is what a Pipeline needs.
type Config struct {
	// Cameras must contain briefing.DefaultCamera. A run for a missing camera reports that camera
	// as offline.
	Cameras   map[briefing.CameraID]Setup
	Captioner Captioner // required
	// Zone is the owners' time zone, in which captions state times. Nil means UTC.
	Zone  *time.Location
	Clock func() time.Time // nil: time.Now
	// FrameTimeout is how long a run waits for a frame and its measurement. Zero means 8 s. That
	// exceeds a camera's own timeout of 5 s, so that the source can report the fault.
	FrameTimeout time.Duration
	// Reuse is how old an observation may be to serve another run. Zero means 500 ms, half of
	// the shortest interval.
	Reuse time.Duration
	// KeepFrames retains each camera's last frame in memory, for Picture. The frame takes at most
	// 16 MiB, and a few hundred KiB once it is encoded.
	KeepFrames bool
	Log        *slog.Logger // nil: slog.Default()
}

// Pipeline runs ticks. It is safe for concurrent use.
type Pipeline struct {
	cfg      Config
	cameras  map[briefing.CameraID]*sharedCamera
	cancel   context.CancelFunc
	previous memory
}

var _ briefing.Runner = (*Pipeline)(nil)

// New checks cfg and returns a pipeline. It contacts no camera and starts nothing. The caller must
// call Close, which also closes the sources.
func New(cfg Config) (*Pipeline, error) {
	if cfg.Captioner == nil || cfg.Cameras[briefing.DefaultCamera].Source == nil {
		return nil, errors.New("pipeline: a captioner and a default camera are required")
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.FrameTimeout <= 0 {
		cfg.FrameTimeout = 8 * time.Second
	}
	if cfg.Reuse <= 0 {
		cfg.Reuse = 500 * time.Millisecond
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &Pipeline{cfg: cfg, cameras: make(map[briefing.CameraID]*sharedCamera), cancel: cancel}
	for id, setup := range cfg.Cameras {
		if setup.Source == nil || setup.Measurer == nil {
			cancel()
			return nil, fmt.Errorf("pipeline: camera %s needs a source and a measurer", id)
		}
		camera := &sharedCamera{setup: setup, cfg: &p.cfg, ctx: ctx}
		camera.health.set(briefing.CameraUnobserved, cfg.Clock())
		p.cameras[id] = camera
	}
	return p, nil
}

// leastWording is the time for a caption when a slow camera has used up the interval. The
// next tick may then be skipped, but the picture that came is still reported.
const leastWording = time.Second

// Run implements briefing.Runner. If a camera or a model fails, Run returns a degraded report and
// no error. Its errors are ctx's, that of a closed pipeline, and that of a captioner that panicked.
func (p *Pipeline) Run(ctx context.Context, run briefing.Run) (report briefing.Report, err error) {
	started := time.Now()
	id := run.Request.CameraID
	if id == "" {
		id = briefing.DefaultCamera
	}
	seen := observation{facts: Facts{Scene: briefing.SceneNone}, degraded: briefing.CameraOffline}
	if camera, ok := p.cameras[id]; ok {
		if seen, err = camera.observe(ctx); err != nil {
			return briefing.Report{}, err
		}
	}
	c, err := p.caption(ctx, CaptionInput{
		At: run.At.In(p.cfg.Zone), Facts: seen.facts, Previous: p.previous.swap(run, seen.facts),
		Degraded: seen.degraded, LastSeen: seen.lastSeen, Custom: run.Custom,
		Within: max(run.Request.Every()-time.Since(started), leastWording),
	})
	if err != nil {
		return briefing.Report{}, err
	}
	report = briefing.Report{
		Caption: c.Text, Facts: seen.facts, Degraded: seen.degraded, Source: c.Source,
	}
	if report.Degraded == "" {
		report.Degraded = c.Degraded // the camera's code says more than the model's
	}
	return report, nil
}

// caption calls the captioner. A panic in it is the error of this run and of no other.
func (p *Pipeline) caption(ctx context.Context, in CaptionInput) (c Caption, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p.cfg.Log.ErrorContext(ctx, "captioner panicked",
				"panic", cause, "stack", string(debug.Stack()))
			err = errors.New("captioner panicked")
		}
	}()
	return p.cfg.Captioner.Caption(ctx, in)
}

// Close cancels running captures, closes the sources and waits for both. Later runs fail.
func (p *Pipeline) Close() error {
	p.cancel()
	var errs []error
	for _, c := range p.cameras {
		errs = append(errs, c.close())
	}
	return errors.Join(errs...)
}

// memory has the facts of each request's previous run. The pipeline is not notified when a request
// ends, so an entry expires three intervals and a minute after its run.
type memory struct {
	mu    sync.Mutex // guards the fields below
	facts map[briefing.RequestID]remembered
	sweep time.Time // when expired entries are removed next
}

// remembered is one entry of a memory.
type remembered struct {
	facts Facts
	until time.Time // a later run has no previous facts
}

// sweepEvery is the pause between two sweeps. A sweep visits every entry, so it must not
// happen at each run.
const sweepEvery = time.Minute

// swap stores the facts of a run and returns those of the request's previous run. It returns nil
// when there are none or they have expired: after hours, "two more than before" would mislead.
func (m *memory) swap(run briefing.Run, facts Facts) *Facts {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.facts == nil {
		m.facts = make(map[briefing.RequestID]remembered)
	}
	if run.At.After(m.sweep) {
		for id, r := range m.facts {
			if run.At.After(r.until) {
				delete(m.facts, id)
			}
		}
		m.sweep = run.At.Add(sweepEvery)
	}
	previous, ok := m.facts[run.Request.ID]
	m.facts[run.Request.ID] = remembered{
		facts: facts,
		until: run.At.Add(3*run.Request.Every() + sweepEvery),
	}
	if !ok || run.At.After(previous.until) {
		return nil
	}
	return &previous.facts
}
