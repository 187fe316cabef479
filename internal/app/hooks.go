package app

import (
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
)

// Hooks are replacements of parts, for tests and benchmarks. The zero value replaces nothing.
type Hooks struct {
	// Store wraps the opened store. Run closes the opened store, not the wrapper. Nil means no
	// wrapper.
	Store func(briefing.Store) briefing.Store

	// Runner returns the runner of all ticks, which replaces the pipeline with its cameras. Nil
	// means the pipeline.
	Runner func(cfg config.Config) (Runner, error)

	// Clock replaces this machine's clock in the store. Nil means time.Now.
	Clock func() time.Time
}

// Runner runs the ticks of all requests. Run closes it after the last tick.
type Runner interface {
	briefing.Runner
	Close() error
}

// store returns the opened store, wrapped by the hook if it is set.
func (h Hooks) store(opened briefing.Store) briefing.Store {
	if h.Store == nil {
		return opened
	}
	return h.Store(opened)
}
