package service

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"

	"bis/internal/briefing"
)

// Service has a method for each use case. It is safe for concurrent use.
type Service struct {
	store      briefing.Store
	schedule   briefing.Scheduler
	live       briefing.Live
	summarizer briefing.Summarizer
	policy     briefing.Policy
	limiter    Limiter
	zone       *time.Location
	summaries  *summaryCache
	about      briefing.About
	wording    func() string // nil: about.Wording
	cameras    briefing.Cameras
	runner     briefing.Runner
	runs       *semaphore.Weighted // of RunNow
	previewer  briefing.Previewer
	stylist    briefing.Stylist
	sealer     briefing.Sealer
	tester     briefing.CameraTester
	frames     briefing.FrameStore
	pictures   briefing.PictureReader
	turns      pushTurns
	saved      func(briefing.Camera)
	counting   func() briefing.Counting
}

// Config has the collaborators and settings of a Service.
type Config struct {
	Store      briefing.Store         // required
	Schedule   briefing.Scheduler     // required
	Live       briefing.Live          // required
	Summarizer briefing.Summarizer    // required
	Zone       *time.Location         // zone of wall-clock times; nil means UTC
	Policy     briefing.Policy        // nil means briefing.OpenPolicy
	Limiter    Limiter                // nil means no limits
	Runner     briefing.Runner        // of RunNow; nil makes RunNow ErrUnavailable
	Previewer  briefing.Previewer     // of PreviewStyle; nil makes PreviewStyle ErrUnavailable
	Stylist    briefing.Stylist       // of style sheets; nil means built-in lines and no model
	Cameras    briefing.Cameras       // nil means the default camera, which is never observed
	Sealer     briefing.Sealer        // nil makes cameras with credentials an InvalidError
	Tester     briefing.CameraTester  // of TestCamera; nil makes TestCamera ErrUnavailable
	Frames     briefing.FrameStore    // of stored pictures; nil means that none are stored
	Pictures   briefing.PictureReader // of PushFrame; nil makes PushFrame ErrUnavailable
	// CameraSaved is called with each camera that was saved here, before the answer. Nil: nothing.
	CameraSaved func(briefing.Camera)
	About       briefing.About // the answer of Service.About, but for TimeZone and Counting
	// Wording returns the author of captions now, for Service.About. It never blocks and is called
	// concurrently. Nil means that of About.
	Wording func() string
	// Counting returns what counts now, for Service.About. It never blocks and is called
	// concurrently. Nil: motion counts.
	Counting func() briefing.Counting
}

// New checks cfg and returns a service. It starts nothing.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Schedule == nil || cfg.Live == nil || cfg.Summarizer == nil {
		return nil, errors.New("service: store, schedule, live and summarizer are required")
	}
	summaries, err := newSummaryCache()
	if err != nil {
		return nil, err
	}
	s := &Service{
		store: cfg.Store, schedule: cfg.Schedule, live: cfg.Live, summarizer: cfg.Summarizer,
		policy: cfg.Policy, limiter: cfg.Limiter, zone: cfg.Zone, summaries: summaries,
		about: cfg.About, wording: cfg.Wording, cameras: cfg.Cameras,
		runner: cfg.Runner, runs: semaphore.NewWeighted(maxRunsNow),
		previewer: cfg.Previewer, stylist: cfg.Stylist, sealer: cfg.Sealer, tester: cfg.Tester,
		frames: cfg.Frames, pictures: cfg.Pictures, saved: cfg.CameraSaved, counting: cfg.Counting,
	}
	if s.counting == nil {
		s.counting = func() briefing.Counting {
			return briefing.Counting{Method: briefing.MethodMotion}
		}
	}
	if s.stylist == nil {
		s.stylist = builtIn{}
	}
	if s.saved == nil {
		s.saved = func(briefing.Camera) {}
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.policy == nil {
		s.policy = briefing.OpenPolicy{}
	}
	if s.limiter == nil {
		s.limiter = unlimited{}
	}
	if s.cameras == nil {
		s.cameras = unobserved{since: s.now()}
	}
	s.about.TimeZone = s.zone.String()
	return s, nil
}

// About returns what this server is, and what counts on it now. Everybody may know it.
func (s *Service) About(context.Context, briefing.Viewer) briefing.About {
	about := s.about
	about.Counting = s.counting()
	if s.wording != nil {
		about.Wording = s.wording()
	}
	return about
}

// Ready returns nil if the store can be reached, and otherwise the reason why it cannot.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }

// visible reads a request and returns it, with its live counts, if v may see it.
func (s *Service) visible(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) (briefing.Request, error) {
	normal, err := normalID(id)
	if err != nil {
		return briefing.Request{}, err
	}
	req, err := s.store.Request(ctx, normal)
	if err != nil {
		return briefing.Request{}, err
	}
	if err := s.policy.ActFor(v, req.Username); err != nil {
		return briefing.Request{}, err
	}
	return s.current(req), nil
}

// normalID returns the stored form of an id. It returns ErrNotFound for a malformed id, because no
// request has it.
func normalID(id briefing.RequestID) (briefing.RequestID, error) {
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return "", briefing.ErrNotFound
	}
	return briefing.RequestID(normal), nil
}

// current returns req with the schedule's latest counts. The stored counts end with the last
// settled tick.
func (s *Service) current(req briefing.Request) briefing.Request {
	if req.Active {
		req.Ticks = s.schedule.Counts(req)
	}
	return req
}
