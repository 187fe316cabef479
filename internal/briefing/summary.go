package briefing

import (
	"context"
	"time"
)

// Summary is figures, advice and wording over one request.
type Summary struct {
	Text        string
	GeneratedAt time.Time
	Source      string   // "template" or the model's name
	Degraded    Degraded // ModelUnavailable when a model is configured and did not word it; else empty
}

// MaxTelling is how many captions go into a summary.
const MaxTelling = 30

// SummaryInput is what a summary is made of. The figures are by code; a model only words them.
type SummaryInput struct {
	Request  Request
	Custom   []string
	Figures  Figures
	Captions []string // at most 30 legacy texts, the most telling ones, oldest first
	Now      time.Time
}

// Summarizer words a summary. It never fails because of a model: it falls back
// to its template; an error is ctx's alone. It is called concurrently.
type Summarizer interface {
	Summarize(ctx context.Context, in SummaryInput) (Summary, error)
}
