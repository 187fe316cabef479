package schedule

import (
	"maps"
	"slices"

	"bis/internal/briefing"
)

// Skipped implements briefing.Scheduler. The service calls it before a start or an end and passes
// the ticks to the store, which counts them.
func (s *Schedule) Skipped(username string) briefing.Skips {
	s.mu.Lock()
	jobs := slices.Clone(s.users[briefing.NameKey(username)])
	s.mu.Unlock()
	skips := make(briefing.Skips, len(jobs))
	for _, j := range jobs {
		maps.Copy(skips, j.skipped())
	}
	return skips
}

// skipped returns the ticks that were skipped and are not settled, and the one that is running.
func (j *job) skipped() briefing.Skips {
	j.mu.Lock()
	defer j.mu.Unlock()
	ticks := slices.Clone(j.skips)
	if j.running != 0 {
		ticks = append(ticks, j.running)
	}
	if len(ticks) == 0 {
		return nil
	}
	return briefing.Skips{j.req.ID: ticks}
}
