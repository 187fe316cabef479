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

// Setup is one camera: where its frames come from and who measures them.
type Setup struct {
	Source   Source
	Measurer Measurer
}

// Config is what a Pipeline needs.
type Config struct {
	Cameras   map[briefing.CameraID]Setup // required, with DefaultCamera
	Captioner Captioner                   // required
	Zone      *time.Location              // in which owners live; nil: UTC
	Clock     func() time.Time            // nil: time.Now
	// FrameTimeout is how long a run waits for a frame. Zero means 8 s.
	FrameTimeout time.Duration
	// Reuse is how old a frame may be that runs of a moment share. Zero means 500 ms.
	Reuse time.Duration
	Log   *slog.Logger // nil: slog.Default()
}

// Pipeline does runs. It is safe for concurrent use.
type Pipeline struct {
	cfg      Config
	cameras  map[briefing.CameraID]*sharedCamera
	cancel   context.CancelFunc
	previous memory
}

var _ briefing.Runner = (*Pipeline)(nil)

// New checks cfg and returns a pipeline. It reaches for no camera yet. Close ends it and its sources.
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
		p.cameras[id] = &sharedCamera{setup: setup, cfg: &p.cfg, ctx: ctx}
	}
	return p, nil
}

// leastWording is what a captioner gets when a slow camera has left nothing of the interval.
const leastWording = time.Second

// Run implements briefing.Runner.
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
	report = briefing.Report{Caption: c.Text, Facts: seen.facts, Degraded: seen.degraded, Source: c.Source}
	if report.Degraded == "" {
		report.Degraded = c.Degraded // a camera that is away explains more than a model that is
	}
	return report, nil
}

// caption words a report; a captioner that panics fails this run alone.
func (p *Pipeline) caption(ctx context.Context, in CaptionInput) (c Caption, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p.cfg.Log.ErrorContext(ctx, "captioner panicked", "panic", cause, "stack", string(debug.Stack()))
			err = errors.New("captioner panicked")
		}
	}()
	return p.cfg.Captioner.Caption(ctx, in)
}

// Close ends what goes on and closes the sources.
func (p *Pipeline) Close() error {
	p.cancel()
	var errs []error
	for _, c := range p.cameras {
		errs = append(errs, c.close())
	}
	return errors.Join(errs...)
}

// memory keeps the facts of each request's run before, as long as the next run is due.
type memory struct {
	mu    sync.Mutex // guards what follows
	facts map[briefing.RequestID]remembered
	sweep time.Time // when what is over gets forgotten next
}

type remembered struct {
	facts Facts
	until time.Time
}

// sweepEvery bounds what requests that have ended leave behind.
const sweepEvery = time.Minute

// swap keeps the facts of a run and returns those of the run before; nil when they are unknown.
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
	m.facts[run.Request.ID] = remembered{facts: facts, until: run.At.Add(3*run.Request.Every() + sweepEvery)}
	if !ok || run.At.After(previous.until) {
		return nil
	}
	return &previous.facts
}
