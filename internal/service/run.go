package service

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// Bounds of RunNow.
const (
	maxRunsNow = 4                // at once in this process, beside the runs of the schedule
	runNowTime = 30 * time.Second // of one run: a camera and a model have less each
)

// RunNow makes a run of an active request beside its ticks, here and now, and stores its briefing
// as AddBriefing does. The tick counts stay. The run uses the request's camera and the user's
// style, and may share its frame with the run of a tick. It ends without a briefing when ctx ends.
//
// An ended request is ErrConflict, and an unknown one ErrNotFound. With maxRunsNow runs in flight,
// RunNow is ErrRateLimited. A run longer than runNowTime is ErrUnavailable.
func (s *Service) RunNow(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) (briefing.Briefing, error) {
	normal, err := normalID(id)
	if err != nil {
		return briefing.Briefing{}, err
	}
	state, err := s.store.SummaryState(ctx, normal)
	if err != nil {
		return briefing.Briefing{}, err
	}
	req := state.Request
	if err := s.policy.ActFor(v, req.Username); err != nil {
		return briefing.Briefing{}, err
	}
	switch {
	case !req.Active:
		return briefing.Briefing{}, briefing.ErrConflict
	case s.runner == nil:
		return briefing.Briefing{}, briefing.ErrUnavailable
	}
	if err := s.limiter.AllowRun(ctx, req.Username); err != nil {
		return briefing.Briefing{}, err
	}
	if !s.runs.TryAcquire(1) {
		return briefing.Briefing{}, &briefing.RateLimitedError{RetryAfter: time.Second}
	}
	defer s.runs.Release(1)
	run := briefing.Run{Request: req, At: s.now(), Custom: state.Custom}
	if id := req.CameraID; id != "" && id != briefing.DefaultCamera {
		c, err := s.store.Camera(ctx, id)
		if err != nil {
			return briefing.Briefing{}, err
		}
		run.Camera = &c
	}
	return s.runNow(ctx, run)
}

// runNow makes a run of a request and stores its briefing, and what it saw of the camera.
func (s *Service) runNow(
	caller context.Context, run briefing.Run,
) (b briefing.Briefing, err error) {
	ctx, cancel := context.WithTimeout(caller, runNowTime)
	defer cancel()
	defer func() { err = late(caller, ctx, err) }()
	report, err := s.runner.Run(ctx, run)
	if err != nil {
		return briefing.Briefing{}, err
	}
	b = report.Briefing(run.At, s.zone)
	b.RequestID = run.Request.ID
	b, err = s.store.AddBriefing(ctx, b)
	if err == nil && run.Camera != nil && report.Health != nil {
		// The next tick reports the health, too, so an error does not matter.
		_ = s.store.SetCameraHealth(ctx, briefing.HealthReport{
			CameraID: run.Camera.ID, Health: *report.Health, Version: run.Camera.Version,
			RequestID: run.Request.ID, Term: run.Request.Owner.Term, Tick: run.Request.LastTick,
			At: run.At,
		})
	}
	return b, err
}
