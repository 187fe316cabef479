package schedule

import "github.com/go-co-op/gocron/v2"

// WrapClock replaces gocron by wrap's result. It must be called before Run.
func (s *Schedule) WrapClock(wrap func(gocron.Scheduler) gocron.Scheduler) {
	s.clock = wrap(s.clock)
}

// NoObserver ignores every report.
type NoObserver = noObserver
