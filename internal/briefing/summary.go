package briefing

import (
	"context"
	"time"
)

// Summary is figures, advice and wording over one request.
type Summary struct {
	Text        string
	GeneratedAt time.Time
	Source      string       // "template" or the model's name
	Figures     Figures      // what the text words
	Advice      []AdviceText // the advice of the text, in the template's words
}

// AdviceText is a piece of advice to read.
type AdviceText struct {
	Rule string // one of the rules below
	Text string
}

// The rules of advice. They are part of the public contract and never change their meaning.
const (
	AdviceRush   = "RUSH"        // an hour of the day had far more people than the others
	AdviceEmpty  = "LONG_EMPTY"  // a long stretch had no people
	AdviceCamera = "CAMERA_DOWN" // the picture was lost
	AdviceDark   = "DARK"        // it was often too dark to see the shop
	AdviceMissed = "MISSED"      // many of the planned briefings were not made
)

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
	// Summarize words a summary, and copies the figures to it. When a model fails it uses a
	// template: the only error is ctx's. Summarize is called concurrently.
	Summarize(ctx context.Context, in SummaryInput) (Summary, error)
}
