package schedule

import (
	"context"
	"errors"

	"bis/internal/briefing"
)

// cameraState is what a job knows of its request's stored camera. The job's lock guards it.
type cameraState struct {
	camera  *briefing.Camera       // as last read; nil: the camera of the settings
	written briefing.CameraHealth  // the health that the store has, as far as is known
	frame   string                 // the id of the last frame that the store has
	next    *briefing.HealthReport // waits for its write; nil: none
	writing bool                   // a goroutine writes
}

// setCamera records the request's camera as the store has it, and what the store has of its health.
func (j *job) setCamera(c *briefing.Camera) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen.camera = c
	if c != nil {
		j.seen.written = c.Health
	}
}

// healthOf returns what a run says of its stored camera. Nil means nothing. The last frame counts
// only if the camera's frames are stored: otherwise its picture is in this process alone.
func (j *job) healthOf(run briefing.Run, report briefing.Report) *briefing.HealthReport {
	if run.Camera == nil || report.Health == nil {
		return nil
	}
	r := &briefing.HealthReport{
		CameraID: run.Camera.ID, Health: *report.Health, Version: run.Camera.Version,
		RequestID: j.req.ID, Term: j.req.Owner.Term, Tick: run.Tick, At: run.At,
	}
	if run.Camera.KeepFrames != briefing.KeepNone {
		r.LastFrame = report.LastFrame
	}
	return r
}

// news reports whether a report says what the store does not have. The job's lock is held.
func (c *cameraState) news(r *briefing.HealthReport) bool {
	was, is := c.written, r.Health
	if was.State != is.State || was.Reason != is.Reason || was.Words != is.Words ||
		was.Since.UnixMilli() != is.Since.UnixMilli() {
		return true
	}
	return r.LastFrame != nil && r.LastFrame.ID != c.frame
}

// reportHealth stores what a run saw of its camera, if that is new, after the run's briefing is
// stored. It does not wait. One report of a job is written at a time; of those that come meanwhile
// the last one counts. While the store is unreachable a report is lost, and the next run that finds
// the store different makes another.
func (s *Schedule) reportHealth(j *job, r *briefing.HealthReport) {
	if r == nil {
		return
	}
	j.mu.Lock()
	start := j.seen.news(r) && !j.removed
	if start {
		j.seen.next = r
		start = !j.seen.writing
		j.seen.writing = true
	}
	j.mu.Unlock()
	if !start {
		return
	}
	if !s.startWork() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.seen.next, j.seen.writing = nil, false
		return
	}
	go func() {
		defer s.work.Done()
		s.writeHealth(j)
	}()
}

// writeHealth writes reports of a job until none waits.
func (s *Schedule) writeHealth(j *job) {
	for {
		j.mu.Lock()
		r := j.seen.next
		if j.seen.next = nil; r != nil && !j.seen.news(r) {
			r = nil // the report before it has said the same
		}
		if j.seen.writing = r != nil; r == nil {
			j.mu.Unlock()
			return
		}
		j.mu.Unlock()
		ctx, cancel := context.WithTimeout(s.storeCtx, s.cfg.StoreTimeout)
		err := s.cfg.Store.SetCameraHealth(ctx, *r)
		cancel()
		switch {
		case err == nil:
			j.mu.Lock()
			j.seen.written = r.Health
			if r.LastFrame != nil {
				j.seen.frame = r.LastFrame.ID
			}
			j.mu.Unlock()
		case transient(err), errors.Is(err, briefing.ErrNotFound): // unreachable, or deleted since
			s.cfg.Log.Debug("camera health", "request", j.req.ID, "camera", r.CameraID, "err", err)
		default:
			s.cfg.Log.Warn("camera health", "request", j.req.ID, "camera", r.CameraID, "err", err)
		}
	}
}
