package schedule

import "bis/internal/briefing"

// Add implements briefing.Scheduler. A job of an earlier term is replaced.
func (s *Schedule) Add(req briefing.Request) {
	s.mu.Lock()
	old, known := s.jobs[req.ID]
	if s.stopped || !req.Active || known && old.req.Owner == req.Owner {
		s.mu.Unlock()
		return
	}
	j := newJob(req, s.cfg.Store.Now())
	missed := int(j.handled - req.LastTick)
	s.jobs[req.ID] = j
	ticking := s.ticking
	s.mu.Unlock()
	if known {
		s.cancelJob(old) // of an earlier term
	}
	s.cfg.Observer.Missed(missed)
	if ticking {
		s.arm(j)
	}
}

// Remove implements briefing.Scheduler.
func (s *Schedule) Remove(id briefing.RequestID) {
	s.mu.Lock()
	j, ok := s.jobs[id]
	delete(s.jobs, id)
	s.mu.Unlock()
	if ok {
		s.cancelJob(j)
	}
}

// removeJob removes a job, unless another one has replaced it.
func (s *Schedule) removeJob(j *job) {
	s.mu.Lock()
	if s.jobs[j.req.ID] == j {
		delete(s.jobs, j.req.ID)
	}
	s.mu.Unlock()
	s.cancelJob(j)
}

// cancelJob cancels a job's run, discards its waiting results, and removes its timer.
func (s *Schedule) cancelJob(j *job) {
	j.mu.Lock()
	j.removed = true
	cancel, timer := j.cancel, j.timer
	for _, r := range j.waiting {
		s.countWaiting(-r.size())
	}
	j.waiting = nil
	j.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	s.disarm(timer)
}

// job returns the job of a request, or nil.
func (s *Schedule) job(id briefing.RequestID) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jobs[id]
}

// Skipped implements briefing.Scheduler.
func (s *Schedule) Skipped(req briefing.Request) int {
	if j := s.job(req.ID); j != nil {
		return j.skippedAfter(req.LastTick)
	}
	return 0
}

// Counts implements briefing.Scheduler.
func (s *Schedule) Counts(req briefing.Request) briefing.TickCounts {
	if j := s.job(req.ID); j != nil {
		return j.counts(req)
	}
	return req.Ticks
}
