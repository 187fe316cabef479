package measure

import "bis/internal/pipeline"

// regionMargin is added to each side of a blob's box, as a share of the frame's height. A blob
// leaves out parts of a person that look like the background.
const regionMargin = 0.04

// regionsOf returns the boxes of the blobs of all looks with a margin, as pipeline.Frame.Changed,
// because any frame of a burst may be shown. It is nil if a look does not show the known view, or
// if it has changed pixels beyond maxBlobs, because they may be anything.
func regionsOf(looks []look) []pipeline.Region {
	regions := []pipeline.Region{}
	for i := range looks {
		l := &looks[i]
		if l.verdict != known {
			return nil
		}
		for _, v := range l.mask {
			if v == changed {
				return nil
			}
		}
		regions = append(regions, l.regions()...)
	}
	return regions
}

// regions returns the boxes of a look's blobs with a margin.
func (l *look) regions() []pipeline.Region {
	regions := make([]pipeline.Region, 0, len(l.blobs))
	w, h := float64(l.size.X), float64(l.size.Y)
	tall, wide := regionMargin, regionMargin*h/w
	for i := range l.blobs {
		b := &l.blobs[i]
		regions = append(regions, pipeline.Region{
			X0: max(0, float64(b.x0)/w-wide), Y0: max(0, float64(b.y0)/h-tall),
			X1: min(1, float64(b.x1)/w+wide), Y1: min(1, float64(b.y1)/h+tall),
		})
	}
	return regions
}
