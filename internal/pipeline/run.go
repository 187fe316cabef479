package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// Setup is one camera: the source of its frames and the measurer of that source alone.
type Setup struct {
	Source   Source
	Measurer Measurer
	// Certificate returns the SHA-256 fingerprint of the self-signed certificate that the source
	// has accepted at first use, as 64 lower-case hex digits. It is empty before that. It is called
	// concurrently. Nil means that the source accepts none.
	Certificate func() string
	// Egress has the choices for a camera of the settings. A stored camera has its own.
	Egress []briefing.ProviderEgress
}

// certificate returns the certificate that the source has accepted, or "".
func (s Setup) certificate() string {
	if s.Certificate == nil {
		return ""
	}
	return s.Certificate()
}

// DefaultMaxCameras is the default of Config.MaxCameras.
const DefaultMaxCameras = 1000

// Config is what a Pipeline needs.
type Config struct {
	// Cameras are those of the settings. They must contain briefing.DefaultCamera.
	Cameras map[briefing.CameraID]Setup
	// Open opens a stored camera, whose Credentials are encrypted. It contacts no camera: it is
	// called within a run's FrameTimeout, and again at the next run after an error. A Trouble in
	// the chain of the error is told to the owner. Nil means that runs of stored cameras report
	// them as offline.
	Open func(briefing.Camera) (Setup, error)
	// SameCredentials reports whether the Credentials of two versions of a camera are the same in
	// plain, so that a new key for them is no change of the camera. Nil: they are the same if their
	// bytes are.
	SameCredentials func(a, b briefing.Camera) bool
	// OpenTrial opens a camera for a test. Nil means Open, and no test has plain credentials.
	OpenTrial func(briefing.CameraTrial) (Setup, error)
	// MaxCameras is how many cameras may be open at once. For another one, the camera is closed
	// whose last run was the longest ago, at least a minute. If there is none, the run fails. Zero
	// means DefaultMaxCameras.
	MaxCameras int
	Captioner  Captioner // required
	// Describer describes the pictures of cameras whose choices allow it, when something changed.
	// Nil means that none is described.
	Describer Describer
	// Providers are the ids of the providers that may get pictures, for choices without a port; see
	// briefing.ResolveProviders.
	Providers []string
	// Zone is the owners' time zone, in which captions state times. Nil means UTC.
	Zone  *time.Location
	Clock func() time.Time // nil: time.Now
	// FrameTimeout is how long a run waits for a frame and its measurement. Zero means 8 s. That
	// exceeds a camera's own timeout of 5 s, so that the source can report the fault.
	FrameTimeout time.Duration
	// Reuse is how old an observation may be to serve another run. Zero means 500 ms, half of
	// the shortest interval.
	Reuse time.Duration
	// KeepFrames retains each camera's last two frames in memory, for Picture: at most 96 MiB of
	// decoded frames of all cameras, and 128 MiB of encoded ones.
	KeepFrames bool
	// Keeper stores the pictures of stored cameras, as their KeepFrames says. Nil: none is stored.
	Keeper Keeper
	// Counter counts by a detector. Nil means that measurers count.
	Counter Counter
	// Privacy blurs the pictures of cameras whose choices say so. Nil means that they have none.
	Privacy Privacy
	Log     *slog.Logger // nil: slog.Default()
}

// Pipeline runs ticks. It is safe for concurrent use.
type Pipeline struct {
	cfg     Config
	cameras *cameras
	trials  atomic.Int32 // tests that run
	earlier memory
}

var (
	_ briefing.Runner       = (*Pipeline)(nil)
	_ briefing.Cameras      = (*Pipeline)(nil)
	_ briefing.CameraTester = (*Pipeline)(nil)
)

// New checks cfg and returns a pipeline. It contacts no camera and starts nothing. The caller must
// call Close, which also closes the sources.
func New(cfg Config) (*Pipeline, error) {
	if cfg.Captioner == nil || cfg.Cameras[briefing.DefaultCamera].Source == nil {
		return nil, errors.New("pipeline: a captioner and a default camera are required")
	}
	for id, setup := range cfg.Cameras {
		if setup.Source == nil || setup.Measurer == nil {
			return nil, fmt.Errorf("pipeline: camera %s needs a source and a measurer", id)
		}
	}
	cfg.Zone, cfg.Log = cmp.Or(cfg.Zone, time.UTC), cmp.Or(cfg.Log, slog.Default())
	cfg.MaxCameras = cmp.Or(cfg.MaxCameras, DefaultMaxCameras)
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.FrameTimeout <= 0 {
		cfg.FrameTimeout = 8 * time.Second
	}
	if cfg.Reuse <= 0 {
		cfg.Reuse = 500 * time.Millisecond
	}
	p := &Pipeline{cfg: cfg}
	p.cameras = newCameras(&p.cfg)
	return p, nil
}

// leastWording is the time for a caption when a slow camera has used up the interval. The
// next tick may then be skipped, but the picture that came is still reported.
const leastWording = time.Second

// Run implements briefing.Runner. If a camera or a model fails, Run returns a degraded report and
// no error. Its errors are ctx's, that of a closed pipeline, that of a camera beyond MaxCameras,
// and that of a captioner that panicked.
func (p *Pipeline) Run(ctx context.Context, run briefing.Run) (report briefing.Report, err error) {
	started := time.Now()
	asked := p.earlier.ask(run)
	camera, seen, err := p.observe(ctx, run, asked)
	if err != nil {
		return briefing.Report{}, err
	}
	facts, previous, unchanged := p.earlier.settle(run, asked, seen)
	wording := time.Now()
	var description *describing
	if !unchanged {
		description = p.startDescribing(ctx, camera, seen.shot, DescribeInput{
			Username: run.Request.Username, Facts: facts, Previous: previous, Custom: run.Custom,
			Within: describeTime(ctx, run.Request.Every(), time.Since(started)),
		})
		defer description.end()
	}
	c, err := p.caption(ctx, CaptionInput{
		Username: run.Request.Username, At: run.At.In(p.cfg.Zone),
		Facts: facts, Previous: previous, Unchanged: unchanged,
		Degraded: seen.degraded, LastSeen: seen.lastSeen, Custom: run.Custom,
		Within: max(run.Request.Every()-time.Since(started), leastWording),
	})
	if err != nil {
		return briefing.Report{}, err
	}
	report = briefing.Report{
		Caption: c.Text, Headline: c.Headline, Facts: facts, Source: c.Source, Unchanged: unchanged,
		Degraded: cmp.Or(seen.degraded, c.Degraded), // the camera's code says more than the model's
	}
	if c.Made.Verdict != "" {
		report.Made = &c.Made
	}
	d := description.wait()
	d.add(&report, time.Since(wording))
	if camera != nil && camera.stored {
		report.Health, report.LastFrame = &seen.health, seen.frame
	}
	return report, nil
}

// observe returns what the run's camera shows. A camera that is not known is offline.
func (p *Pipeline) observe(
	ctx context.Context, run briefing.Run, asked ask,
) (*sharedCamera, observation, error) {
	for {
		camera, err := p.cameras.of(run)
		if errors.Is(err, errNoCamera) {
			now := p.cfg.Clock()
			h := unobserved(now).next(failed(err), now).seen
			return nil, observation{
				facts:    Facts{Scene: briefing.SceneNone, Health: &h},
				degraded: briefing.CameraOffline,
			}, nil
		}
		if err != nil {
			return nil, observation{}, err
		}
		seen, err := camera.observe(ctx, run, asked)
		if !errors.Is(err, errRetired) { // else it was replaced since
			return camera, seen, err
		}
	}
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

// Forget closes a stored camera at once and forgets its pictures, because it was deleted.
func (p *Pipeline) Forget(id briefing.CameraID) { p.cameras.forget(id) }

// Changed notes a camera as it was saved. Pictures in memory of another source, with other masks or
// with another choice of blurring are forgotten at once, and those of a running capture never come.
func (p *Pipeline) Changed(c briefing.Camera) { p.cameras.changed(c) }

// Close cancels running captures and tests, closes the sources and waits for both. Later runs fail.
func (p *Pipeline) Close() error {
	return p.cameras.close()
}
