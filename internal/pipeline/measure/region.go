package measure

import "bis/internal/pipeline"

// regionMargin is added around a blob, as a share of the frame's height. The parts of a person that
// have the colour of the wall behind them lie within it.
const regionMargin = 0.04

// regionsOf returns the boxes of blobs with a margin, as pipeline.Frame.Changed. It is nil if the
// mask has changed pixels beyond maxBlobs, because they may be anything.
func regionsOf(mask []uint8, blobs []blob, p *plane) []pipeline.Region {
	for _, v := range mask {
		if v == changed {
			return nil
		}
	}
	regions := make([]pipeline.Region, 0, len(blobs))
	w, h := float64(p.w), float64(p.h)
	tall, wide := regionMargin, regionMargin*h/w
	for i := range blobs {
		b := &blobs[i]
		regions = append(regions, pipeline.Region{
			X0: max(0, float64(b.x0)/w-wide), Y0: max(0, float64(b.y0)/h-tall),
			X1: min(1, float64(b.x1)/w+wide), Y1: min(1, float64(b.y1)/h+tall),
		})
	}
	return regions
}
