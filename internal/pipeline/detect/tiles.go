package detect

import (
	"context"
	"errors"
	"fmt"
	"image"
)

// Detect returns the boxes of a picture, by falling score. Boxes are cut at the picture's edges. It
// waits while another goroutine reads a picture, until ctx ends. After an error nothing is known of
// the picture.
func (d *Detector) Detect(ctx context.Context, img image.Image) (boxes []Box, err error) {
	defer func() {
		if fault := recover(); fault != nil { // an image of a foreign picture may panic
			boxes, err = nil, fmt.Errorf("detect: the picture cannot be read: %.200v", fault)
		}
	}()
	if b := img.Bounds(); b.Dx() <= 0 || b.Dy() <= 0 {
		return nil, errors.New("detect: the picture is empty")
	}
	p := newPixels(img)
	var all []seen
	for i, v := range d.views(p.width, p.height) {
		boxes, err := d.read(ctx, p, v)
		if err != nil {
			return nil, err
		}
		for _, b := range boxes {
			all = append(all, seen{b, i})
		}
	}
	return merge(all, d.cfg.Overlap, d.cfg.Within), nil
}

// views returns the parts in which a picture is read: the whole, and two squares at the ends of its
// longer side if they show more than the whole does.
func (d *Detector) views(width, height int) []view {
	all := []view{{width: width, height: height}}
	side := min(width, height)
	const square = 1.1 // sides' ratio up to which a picture is one square
	if d.cfg.Whole || float64(max(width, height)) < square*float64(side) || width <= d.width && height <= d.height {
		return all
	}
	return append(all, view{width: side, height: side}, view{x: width - side, y: height - side, width: side, height: side})
}
