package measure

import "slices"

// tiles is how many tiles a picture has each way.
const tiles = 10

// fit gives p the exposure of ref: the gain and offset that most of the picture agrees on, so that a
// few people do not sway it. It starts with the median of the tiles' gains
// and refines on the pixels that then agree.
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

// medianGain is the median over the tiles of how much brighter ref is.
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

// refine fits a line through the pixels that agree within the threshold, by least squares. A picture with too little
// contrast or agreement keeps what it has.
func refine(p, ref *plane, gain, offset, threshold float32) (float32, float32) {
	var n, sx, sy, sxx, sxy float64
	for i, v := range p.pix {
		r := ref.pix[i]
		if d := v*gain + offset - r; d > threshold || d < -threshold || v > 250 || r > 250 {
			continue // changed, or cut off by the sensor's top
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

// changed marks a pixel of a mask.
const changed = 255

// difference marks the pixels that differ by more than the threshold.
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

// share is the share of marked pixels.
func share(mask []uint8) float64 {
	n := 0
	for _, v := range mask {
		if v != 0 {
			n++
		}
	}
	return float64(n) / float64(len(mask))
}

// worstTile is the greatest share of marked pixels in a tile.
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
