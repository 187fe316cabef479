package briefing

import (
	"context"
	"time"
)

// Run is one tick's work for the pipeline.
type Run struct {
	Request Request
	Tick    int64
	At      time.Time // the tick's moment
	Custom  []string  // the user's style lines
}

// Report is what a run found and says.
type Report struct {
	Caption  string // one line, never empty
	Facts    Facts
	Degraded Degraded
	Source   string // "template" or the model's name
}

// Runner does the runs. The pipeline is one.
type Runner interface {
	// Run looks and words what it sees. A camera or model that fails is told in the report, not as an error; an error
	// is ctx's alone. It is called concurrently.
	Run(ctx context.Context, run Run) (Report, error)
}

// Scheduler runs the ticks of the requests that this instance owns.
type Scheduler interface {
	// Add begins the ticks of an active request that this instance owns. One
	// that is known already is left alone.
	Add(req Request)
	// Remove ends the ticks of a request and cancels its run, without waiting.
	Remove(id RequestID)
	// Skipped returns what this instance knows of the user's newest request that it runs. It is
	// empty when this instance runs none.
	Skipped(username string) Skips
	// Counts returns the counts as they are now, by what this instance knows
	// beyond the settled ones of req.
	Counts(req Request) TickCounts
}
