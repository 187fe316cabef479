package service

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
)

// Service is every use case there is. Transports decode, call one of its methods,
// and encode. It is safe for concurrent use.
//
// Errors are of the kinds in errors.go. A malformed id is answered like an unknown one.
type Service struct {
	store      briefing.Store
	schedule   briefing.Scheduler
	live       briefing.Live
	summarizer briefing.Summarizer
	policy     briefing.Policy
	zone       *time.Location
	summaries  *summaryCache
}

// Config is what a Service needs.
type Config struct {
	Store      briefing.Store      // required
	Schedule   briefing.Scheduler  // required
	Live       briefing.Live       // required
	Summarizer briefing.Summarizer // required
	Zone       *time.Location      // of wall-clock times; nil: UTC
	Policy     briefing.Policy     // nil: OpenPolicy
}

// New checks cfg and returns a service. It starts nothing.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Schedule == nil || cfg.Live == nil || cfg.Summarizer == nil {
		return nil, errors.New("service: store, schedule, live and summarizer are required")
	}
	s := &Service{
		store: cfg.Store, schedule: cfg.Schedule, live: cfg.Live, summarizer: cfg.Summarizer,
		policy: cfg.Policy, zone: cfg.Zone, summaries: newSummaryCache(),
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.policy == nil {
		s.policy = briefing.OpenPolicy{}
	}
	return s, nil
}

// Ready tells whether the service can do its work: nil, or why not.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }

// visible returns the request if v may see it. Its counts are the live ones.
func (s *Service) visible(ctx context.Context, v briefing.Viewer, id briefing.RequestID) (briefing.Request, error) {
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return briefing.Request{}, briefing.ErrNotFound
	}
	req, err := s.store.Request(ctx, briefing.RequestID(normal))
	if err != nil {
		return briefing.Request{}, err
	}
	if err := s.policy.ActFor(v, req.Username); err != nil {
		return briefing.Request{}, err
	}
	return s.current(req), nil
}

// known returns the user of that name if v may act for it.
func (s *Service) known(ctx context.Context, v briefing.Viewer, username string) (briefing.User, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.User{}, err
	}
	return s.store.User(ctx, username)
}

// current returns req with the counts as the schedule knows them now.
func (s *Service) current(req briefing.Request) briefing.Request {
	if req.Active {
		req.Ticks = s.schedule.Counts(req)
	}
	return req
}
