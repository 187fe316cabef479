package local

import (
	"context"
	"image"

	"bis/internal/pipeline"
	"bis/internal/pipeline/detect"
)

// reader is a model that is open.
type reader struct {
	*detect.Detector
	model *Model
}

// Detect implements counting.Reader.
func (r *reader) Detect(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
	found, err := r.Detector.Detect(ctx, img)
	if err != nil {
		return nil, explained(err)
	}
	width, height := float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
	boxes := make([]pipeline.Box, len(found))
	for i, b := range found {
		boxes[i] = pipeline.Box{
			X0: b.X0 / width, Y0: b.Y0 / height, X1: b.X1 / width, Y1: b.Y1 / height,
			Name: b.Class, Score: b.Score,
		}
	}
	return boxes, nil
}

// Close implements counting.Reader.
func (r *reader) Close() error {
	r.model.readers.Add(-1)
	return r.Detector.Close()
}
