package schedule

import (
	"slices"

	"bis/internal/briefing"
)

// Skipped implements briefing.Scheduler. The service calls it before a start or an end and passes
// the ticks to the store, which counts them.
func (s *Schedule) Skipped(username string) briefing.Skips {
	key := briefing.NameKey(username)
	s.mu.Lock()
	j := s.users[key]
	s.mu.Unlock()
	if j == nil {
		return briefing.Skips{}
	}
	return j.skipped()
}

// skipped returns the ticks that were skipped and are not settled, and the one that is running.
func (j *job) skipped() briefing.Skips {
	j.mu.Lock()
	defer j.mu.Unlock()
	ticks := slices.Clone(j.skips)
	if j.running != 0 {
		ticks = append(ticks, j.running)
	}
	return briefing.Skips{RequestID: j.req.ID, Ticks: ticks}
}
