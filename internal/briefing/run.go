package briefing

import (
	"context"
	"time"
)

// Run is the work of one tick, or a run beside the ticks.
type Run struct {
	Request Request
	Tick    int64     // at least 1; 0: beside the ticks
	At      time.Time // the moment of the tick, or of the call
	Custom  []string  // the user's style lines
	Camera  *Camera   // the request's stored camera as it is now; nil: the camera of the settings
}

// Report is the result of a run, before it is stored as a Briefing.
type Report struct {
	Caption  string // one line, never empty
	Facts    Facts
	Degraded Degraded // empty: everything went as configured
	Source   string   // "template" or the model's name
	Headline string
	// Description, Question, Made and Usage are as in Briefing.
	Description string
	Question    string
	Made        *Made
	Usage       *Usage
	// Unchanged says that the run repeats an earlier one of the request; see Briefing.
	Unchanged bool
	// Health is the camera's state after the run, and LastFrame its last picture. They are for
	// CameraStore.SetCameraHealth. A nil Health leaves both as they are stored.
	Health    *CameraHealth
	LastFrame *Frame
}

// Briefing returns the briefing to store for a run of a moment. zone is that of its Text. Ids,
// cursor and tick are the store's.
func (r Report) Briefing(at time.Time, zone *time.Location) Briefing {
	return Briefing{
		At: at, Caption: r.Caption, Text: Text(at, zone, r.Caption), Facts: r.Facts,
		Degraded: r.Degraded, Source: r.Source, Unchanged: r.Unchanged, Headline: r.Headline,
		Description: r.Description, Question: r.Question, Made: r.Made, Usage: r.Usage,
	}
}

// Runner does the runs. The pipeline implements it.
type Runner interface {
	// Run takes a picture, measures it, and words the result. A camera or a model that fails leads
	// to a degraded report, not to an error. The only error is ctx's. Run is called concurrently.
	Run(ctx context.Context, run Run) (Report, error)
}

// Scheduler runs the ticks of the requests that this instance owns. Its methods wait neither for
// the store nor for runs, and are safe for concurrent use.
type Scheduler interface {
	// Add begins the ticks of an active request that this instance owns. A request that it runs in
	// the same term already is left alone. Ticks that have passed before Add are missed.
	Add(req Request)
	// Remove ends the ticks of a request and cancels its run.
	Remove(id RequestID)
	// Move reports that the end of a request was moved. If the request runs here, its stored end is
	// read. So the order of several calls does not matter.
	Move(req Request)
	// Skipped returns the skipped ticks of the user's requests that run here, whatever the spelling
	// of the name.
	Skipped(username string) Skips
	// Counts returns the present counts of a request: those of req, plus the later outcomes of its
	// ticks if it runs here. Unchanged is part of Done, so both are those of the stored runs.
	Counts(req Request) TickCounts
}
