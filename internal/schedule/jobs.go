package schedule

import (
	"slices"

	"bis/internal/briefing"
)

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
	if known {
		s.unlistUser(old)
	}
	key := briefing.NameKey(req.Username)
	s.users[key] = append(s.users[key], j)
	ticking, moved := s.ticking, s.early.has(req.ID)
	s.mu.Unlock()
	if known {
		s.cancelJob(old) // of an earlier term
	}
	s.cfg.Observer.Missed(missed)
	if ticking {
		s.arm(j)
	}
	if moved { // perhaps after req was read
		s.wantEnd(req.ID)
	}
}

// Remove implements briefing.Scheduler.
func (s *Schedule) Remove(id briefing.RequestID) {
	s.mu.Lock()
	j, ok := s.jobs[id]
	if ok {
		s.unlist(j)
	}
	s.mu.Unlock()
	if ok {
		s.cancelJob(j)
	}
}

// removeJob removes a job, unless another one has replaced it.
func (s *Schedule) removeJob(j *job) {
	s.mu.Lock()
	if s.jobs[j.req.ID] == j {
		s.unlist(j)
	}
	s.mu.Unlock()
	s.cancelJob(j)
}

// unlist removes a job from the maps. It is called with mu locked.
func (s *Schedule) unlist(j *job) {
	delete(s.jobs, j.req.ID)
	s.unlistUser(j)
}

// unlistUser removes a job from those of its user. It is called with mu locked.
func (s *Schedule) unlistUser(j *job) {
	key := briefing.NameKey(j.req.Username)
	jobs := slices.DeleteFunc(s.users[key], func(other *job) bool { return other == j })
	if len(jobs) == 0 {
		delete(s.users, key)
		return
	}
	s.users[key] = jobs
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

// Counts implements briefing.Scheduler.
func (s *Schedule) Counts(req briefing.Request) briefing.TickCounts {
	if j := s.job(req.ID); j != nil {
		return j.counts(req)
	}
	return req.Ticks
}
