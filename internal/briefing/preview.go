package briefing

import (
	"context"
	"time"
)

// PreviewInput is what one sentence of a preview is made of.
type PreviewInput struct {
	Username string
	At       time.Time
	Facts    Facts
	Degraded Degraded // why the camera gave no picture; empty: it gave one
	Custom   []string // the style lines to try
}

// StylePreview is briefings in two styles.
type StylePreview struct {
	Before  string        // the last briefing in the stored style
	After   string        // the last briefing in the style to try
	Samples []StyleSample // briefings of the last day with different facts, newest first
	Notes   []StyleNote   // on the style to try
}

// MaxStyleSamples bounds StylePreview.Samples.
const MaxStyleSamples = 5

// StyleSample is a stored briefing and its caption in the style to try.
type StyleSample struct {
	Briefing Briefing
	After    string
}

// Previewer writes captions for previews of a style.
type Previewer interface {
	// Preview writes the captions of earlier facts in one style, all with the same Custom. It waits
	// at most 20 s for the sheet of the style. Without the sheet built-in lines speak, and a note
	// says so: the only error is ctx's. Previews delay no caption of a run. Preview is called
	// concurrently.
	Preview(ctx context.Context, in []PreviewInput) (captions []string, notes []StyleNote, err error)
}
