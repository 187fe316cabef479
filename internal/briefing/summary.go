package briefing

import (
	"context"
	"time"
)

// Summary is figures, advice and wording over one request.
type Summary struct {
	Text        string
	GeneratedAt time.Time
	Source      string // "template" or the model's name
	// Degraded is ModelUnavailable when the configured model gave no usable wording, else empty.
	Degraded Degraded
}

// MaxCaptions bounds the captions of a SummaryInput.
const MaxCaptions = 30

// SummaryInput is what a summary is made of. Code computes the figures, and a model only words
// them.
type SummaryInput struct {
	Request Request // the zero value means that nothing happened
	Custom  []string
	Figures Figures
	Advice  Advice // of these figures
	// Captions has the legacy texts of the briefings with the most news, at most MaxCaptions,
	// oldest first.
	Captions []string
	Now      time.Time
}

// Summarizer words summaries.
type Summarizer interface {
	// Summarize words a summary. When a model fails it uses a template: the only error is ctx's.
	// Summarize is called concurrently.
	Summarize(ctx context.Context, in SummaryInput) (Summary, error)
}
