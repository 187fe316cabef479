package app

import (
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
)

// Hooks are the parts that tests and benchmarks replace. The zero value is the server as it
// ships.
type Hooks struct {
	// Store wraps the opened store. Run closes the opened store, and not the wrapper. Nil means no
	// wrapper.
	Store func(briefing.Store) briefing.Store

	// Runner returns the runner of all ticks, which replaces cameras and measurers. Nil means the
	// pipeline.
	Runner func(cfg config.Config) (Runner, error)

	// Clock replaces this machine's clock in the store. Nil means time.Now.
	Clock func() time.Time
}

// Runner runs the ticks of all requests. Run closes it after the last tick.
type Runner interface {
	briefing.Runner
	Close() error
}

// store returns the opened store, wrapped if the hooks say so.
func (h Hooks) store(opened briefing.Store) briefing.Store {
	if h.Store == nil {
		return opened
	}
	return h.Store(opened)
}
