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

// StylePreview is one briefing in two styles.
type StylePreview struct {
	Before string // in the stored style
	After  string // in the style to try
}

// Previewer writes captions for previews of a style.
type Previewer interface {
	// Preview writes the caption of earlier facts in a style. When a model fails it uses a
	// template: the only error is ctx's. Previews delay no caption of a run. Preview is called
	// concurrently.
	Preview(ctx context.Context, in PreviewInput) (string, error)
}
