package measure

import (
	"math"
	"slices"
)

// tiles is the number of tiles of a picture each way. A tile of ten by ten is small enough that
// one distant person fills a visible share of it.
const (
	tiles     = 10
	tileCount = tiles * tiles
)

// fit makes out the plane p with the exposure of ref, limited to 0 to 255, and returns the
// exposure. It searches for the gain and the offset on which most pixels agree, so a few people do
// not change them. The first guess is the median gain of the tiles. Two least-squares steps over
// the pixels that agree refine it.
func fit(out, p, ref *plane, threshold int) exposure {
	e := exposure{jump: medianGain(p, ref)}
	e.gain = min(max(e.jump, leastGain), mostGain)
	for range 2 {
		e.gain, e.offset = refine(p, ref, e.gain, e.offset, float32(threshold))
	}
	out.resize(p.w, p.h, p.hidden)
	for i, v := range p.pix {
		out.pix[i] = min(max(v*e.gain+e.offset, 0), 255)
	}
	return e
}

// exposure is how the luma of one picture follows from that of another: gain x luma + offset.
type exposure struct {
	gain, offset float32
	jump         float32 // the median gain of the tiles, without limits
}

// The gains that one camera's exposure spans between two pictures. A larger jump is other light, or
// another scene.
const (
	leastGain = 0.4
	mostGain  = 2.5
)

// medianGain returns the median over the tiles of ref's brightness divided by p's. Nearly black
// tiles (a mean of 4 or less) have no meaningful quotient and are left out.
func medianGain(p, ref *plane) float32 {
	var mine, theirs, gains [tileCount]float32
	tileMeans(p, &mine)
	tileMeans(ref, &theirs)
	n := 0
	for i := range mine {
		if mine[i] > 4 {
			gains[n] = theirs[i] / mine[i]
			n++
		}
	}
	if n == 0 {
		return 1
	}
	slices.Sort(gains[:n])
	return gains[n/2]
}

// tileSpan returns the pixels, from inclusive and to exclusive, of tile i when n pixels are cut
// into tiles. A plane of fewer pixels than tiles has empty tiles.
func tileSpan(i, n int) (from, to int) {
	return (i*n + tiles - 1) / tiles, ((i+1)*n + tiles - 1) / tiles
}

// tileMeans writes the mean luma of each tile, row by row. A tile without visible pixels has 0.
func tileMeans(p *plane, means *[tileCount]float32) {
	for ty := range tiles {
		y0, y1 := tileSpan(ty, p.h)
		for tx := range tiles {
			x0, x1 := tileSpan(tx, p.w)
			sum, n := float32(0), 0
			for y := y0; y < y1; y++ {
				for i := y*p.w + x0; i < y*p.w+x1; i++ {
					if !p.isHidden(i) {
						sum += p.pix[i]
						n++
					}
				}
			}
			means[ty*tiles+tx] = sum / float32(max(n, 1))
		}
	}
}

// refine fits ref = gain x p + offset over the pixels that agree within the threshold: their means
// and standard deviations become equal. Least squares would lose a little contrast with each fit,
// and so would a background that learns fitted frames. It returns the old gain and offset in three
// cases: fewer than a quarter of the pixels agree, their standard deviation is below 5 (a line
// through one point is arbitrary), or the new gain leaves its limits.
func refine(p, ref *plane, gain, offset, threshold float32) (float32, float32) {
	var n, sx, sy, sxx, syy float64
	for i, v := range p.pix {
		r := ref.pix[i]
		if d := v*gain + offset - r; d > threshold || d < -threshold || v > 250 || r > 250 || p.isHidden(i) {
			continue // changed, hidden, or too near to the sensor's limit of 255 to follow a gain
		}
		x, y := float64(v), float64(r)
		n, sx, sy, sxx, syy = n+1, sx+x, sy+y, sxx+x*x, syy+y*y
	}
	spread := n*sxx - sx*sx
	if n < float64(len(p.pix))/4 || spread < n*n*25 {
		return gain, offset
	}
	g := math.Sqrt(max(n*syy-sy*sy, 0) / spread)
	if g < leastGain || g > mostGain {
		return gain, offset
	}
	return float32(g), float32((sy - g*sx) / n)
}

// changed marks a changed pixel of a mask that belongs to no blob yet. Zero is an unchanged
// pixel, and 1 to maxBlobs are the labels of blobs.
const changed = 255

// difference writes a mask of the visible pixels in which p and q differ by more than the
// threshold.
func difference(mask []uint8, p, q *plane, threshold int) {
	t := float32(threshold)
	for i, v := range p.pix {
		mask[i] = 0
		if d := v - q.pix[i]; (d > t || d < -t) && !p.isHidden(i) {
			mask[i] = changed
		}
	}
}

// share returns the share of marked pixels among the visible ones, 0 to 1. p has the mask's size.
func share(mask []uint8, p *plane) float64 {
	n, all := 0, 0
	for i, v := range mask {
		if v != 0 {
			n++
		}
		if !p.isHidden(i) {
			all++
		}
	}
	return float64(n) / float64(max(all, 1))
}

// worstTile returns the share of marked pixels among the visible ones, 0 to 1, in the tile that has
// the most. A tile of which less than a tenth is visible does not count. p has the mask's size.
func worstTile(mask []uint8, p *plane) float64 {
	worst := 0.0
	for ty := range tiles {
		y0, y1 := tileSpan(ty, p.h)
		for tx := range tiles {
			x0, x1 := tileSpan(tx, p.w)
			marked, seen := 0, 0
			for y := y0; y < y1; y++ {
				for i := y*p.w + x0; i < y*p.w+x1; i++ {
					if mask[i] != 0 {
						marked++
					}
					if !p.isHidden(i) {
						seen++
					}
				}
			}
			if seen > 0 && seen*10 >= (y1-y0)*(x1-x0) {
				worst = max(worst, float64(marked)/float64(seen))
			}
		}
	}
	return worst
}
