package wording

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Preview implements briefing.Previewer. It writes like Caption, but previews have a gate of their
// own to the model. If too many previews wait for the model, the template writes.
func (w *Wording) Preview(ctx context.Context, in briefing.PreviewInput) (string, error) {
	caption, err := w.caption(ctx, pipeline.CaptionInput{
		At: in.At.In(w.cfg.Zone), Facts: in.Facts, Degraded: in.Degraded, Custom: in.Custom,
	}, func(ctx context.Context) (func(), error) {
		return w.previews.acquire(ctx, in.Username)
	})
	return caption.Text, err
}
