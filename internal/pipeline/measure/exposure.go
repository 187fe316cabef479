package measure

import "slices"

// tiles is the number of tiles of a picture each way. A tile of ten by ten is small enough that
// one distant person fills a visible share of it.
const tiles = 10

// fit returns p with the exposure of ref, limited to 0 to 255. It searches for the gain and the
// offset on which most pixels agree, so a few people do not change them. The first guess is the
// median gain of the tiles. Two least-squares steps over the pixels that agree refine it.
func fit(p, ref *plane, threshold int) *plane {
	gain, offset := medianGain(p, ref), float32(0)
	for range 2 {
		gain, offset = refine(p, ref, gain, offset, float32(threshold))
	}
	out := newPlane(p.w, p.h)
	for i, v := range p.pix {
		out.pix[i] = min(max(v*gain+offset, 0), 255)
	}
	return out
}

// medianGain returns the median over the tiles of ref's brightness divided by p's. Nearly
// black tiles (a mean of 4 or less) have no meaningful quotient and are left out. The result
// stays within 0.4 and 2.5: a larger jump is another scene rather than another exposure.
func medianGain(p, ref *plane) float32 {
	mine, theirs := tileMeans(p), tileMeans(ref)
	gains := make([]float32, 0, len(mine))
	for i := range mine {
		if mine[i] > 4 {
			gains = append(gains, theirs[i]/mine[i])
		}
	}
	if len(gains) == 0 {
		return 1
	}
	slices.Sort(gains)
	return min(max(gains[len(gains)/2], 0.4), 2.5)
}

// tileMeans returns the mean luma of each tile, row by row.
func tileMeans(p *plane) []float32 {
	sums, counts := make([]float32, tiles*tiles), make([]float32, tiles*tiles)
	for y := range p.h {
		for x := range p.w {
			t := y*tiles/p.h*tiles + x*tiles/p.w
			sums[t] += p.pix[y*p.w+x]
			counts[t]++
		}
	}
	for i := range sums {
		sums[i] /= max(counts[i], 1)
	}
	return sums
}

// refine fits ref = gain x p + offset by least squares over the pixels that agree within the
// threshold. It returns the old gain and offset in three cases: fewer than a quarter of the
// pixels agree, their standard deviation is below 5 (a line through one point is arbitrary),
// or the new gain leaves 0.4 to 2.5.
func refine(p, ref *plane, gain, offset, threshold float32) (float32, float32) {
	var n, sx, sy, sxx, sxy float64
	for i, v := range p.pix {
		r := ref.pix[i]
		if d := v*gain + offset - r; d > threshold || d < -threshold || v > 250 || r > 250 {
			continue // changed, or too near to the sensor's limit of 255 to follow a gain
		}
		x, y := float64(v), float64(r)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	spread := n*sxx - sx*sx
	if n < float64(len(p.pix))/4 || spread < n*n*25 {
		return gain, offset
	}
	g := (n*sxy - sx*sy) / spread
	if g < 0.4 || g > 2.5 {
		return gain, offset
	}
	return float32(g), float32((sy - g*sx) / n)
}

// changed marks a changed pixel of a mask that belongs to no blob yet. Zero is an unchanged
// pixel, and 1 to maxBlobs are the labels of blobs.
const changed = 255

// difference returns a mask of the pixels in which p and q differ by more than the threshold.
func difference(p, q *plane, threshold int) []uint8 {
	mask := make([]uint8, len(p.pix))
	t := float32(threshold)
	for i, v := range p.pix {
		if d := v - q.pix[i]; d > t || d < -t {
			mask[i] = changed
		}
	}
	return mask
}

// share returns the share of marked pixels, 0 to 1.
func share(mask []uint8) float64 {
	n := 0
	for _, v := range mask {
		if v != 0 {
			n++
		}
	}
	return float64(n) / float64(len(mask))
}

// worstTile returns the share of marked pixels, 0 to 1, in the tile that has the most.
func worstTile(mask []uint8, w, h int) float64 {
	var marked, all [tiles * tiles]int
	for y := range h {
		for x := range w {
			t := y*tiles/h*tiles + x*tiles/w
			all[t]++
			if mask[y*w+x] != 0 {
				marked[t]++
			}
		}
	}
	worst := 0.0
	for i := range all {
		if all[i] > 0 {
			worst = max(worst, float64(marked[i])/float64(all[i]))
		}
	}
	return worst
}
