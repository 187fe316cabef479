package measure

import (
	"math"
	"slices"
)

// A person's size and shape, in shares of the frame's height and of the blob's own. Cameras of shops hang
// under the ceiling, so people fill between an eighth and nine tenths of the height.
const (
	leastHeight = 0.12
	mostHeight  = 0.92
	leastSlim   = 0.18 // width by height: thinner is a door's edge
	mostSlim    = 0.95 // wider is a group, or no person
	groupSlim   = 2.4  // wider than this is no group either
	leastFill   = 0.30 // share of the box that is changed
	maxBlobs    = 250  // labels of a mask; more blobs than this are rain, not people
)

// blob is a connected changed part of the picture. Its pixels carry its label in the mask.
type blob struct {
	label          uint8
	x0, y0, x1, y1 int // box; x1 and y1 lie outside
	area           int
	person         bool
}

func (b *blob) w() int { return b.x1 - b.x0 }
func (b *blob) h() int { return b.y1 - b.y0 }

// find closes small gaps in a mask, labels its connected parts, and joins those that
// stand upon each other. Specks get the label of clutter.
func find(mask []uint8, w, h int) []blob {
	closeGaps(mask, w, h)
	var blobs []blob
	stack := make([]int, 0, 256)
	for start, v := range mask {
		if v != changed || len(blobs) == maxBlobs {
			continue
		}
		b := blob{label: uint8(len(blobs) + 1), x0: w, y0: h}
		stack = append(stack[:0], start)
		mask[start] = b.label
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%w, i/w
			b.x0, b.y0, b.x1, b.y1 = min(b.x0, x), min(b.y0, y), max(b.x1, x+1), max(b.y1, y+1)
			b.area++
			for ny := max(y-1, 0); ny <= min(y+1, h-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, w-1); nx++ {
					if j := ny*w + nx; mask[j] == changed {
						mask[j] = b.label
						stack = append(stack, j)
					}
				}
			}
		}
		blobs = append(blobs, b)
	}
	return join(mask, h, blobs)
}

// closeGaps marks pixels that have marked ones on opposite sides.
func closeGaps(mask []uint8, w, h int) {
	was := slices.Clone(mask)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			if was[i] == 0 && (was[i-1] != 0 && was[i+1] != 0 || was[i-w] != 0 && was[i+w] != 0) {
				mask[i] = changed
			}
		}
	}
}

// join makes one of blobs that overlap sideways and have little air between: a head and a body whose neck
// looks like the shelf behind it.
func join(mask []uint8, h int, blobs []blob) []blob {
	air := max(h/20, 2)
	for again := true; again; {
		again = false
		for i := range blobs {
			for j := range blobs {
				a, b := &blobs[i], &blobs[j]
				if i == j || a.area == 0 || b.area == 0 || b.y0-a.y1 > air || b.y0 < a.y0 {
					continue
				}
				overlap := min(a.x1, b.x1) - max(a.x0, b.x0)
				if overlap*2 < min(a.w(), b.w()) {
					continue
				}
				for k, label := range mask {
					if label == b.label {
						mask[k] = a.label
					}
				}
				a.x0, a.y0, a.x1, a.y1 = min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1)
				a.area += b.area
				b.area = 0
				again = true
			}
		}
	}
	return slices.DeleteFunc(blobs, func(b blob) bool { return b.area == 0 })
}

// isPerson tells by size, shape and fill.
func (b *blob) isPerson(h int) bool {
	height, slim := float64(b.h())/float64(h), float64(b.w())/float64(b.h())
	return height >= leastHeight && height <= mostHeight && slim >= leastSlim && slim <= groupSlim &&
		float64(b.area) >= leastFill*float64(b.w()*b.h())
}

// heads is how many people a blob of people holds: one, or as many as its width has room for.
func (b *blob) heads() int {
	slim := float64(b.w()) / float64(b.h())
	if slim <= mostSlim {
		return 1
	}
	return min(int(math.Round(slim/0.5)), 4)
}

// isHole reports whether the blob's outline stands in the background rather than in the picture.
func (b *blob) isHole(mask []uint8, now, background *plane) bool {
	inPicture, inBackground := float32(0), float32(0)
	for y := max(b.y0, 1); y < min(b.y1, now.h-1); y++ {
		for x := max(b.x0, 1); x < min(b.x1, now.w-1); x++ {
			i := y*now.w + x
			if mask[i] != b.label || !onBorder(mask, i, now.w, b.label) {
				continue
			}
			inPicture += gradient(now, i)
			inBackground += gradient(background, i)
		}
	}
	return inBackground > inPicture*1.4
}

// onBorder reports whether a pixel of the blob has a neighbour outside of it.
func onBorder(mask []uint8, i, w int, label uint8) bool {
	return mask[i-1] != label || mask[i+1] != label || mask[i-w] != label || mask[i+w] != label
}

// gradient is how much a picture changes around a pixel.
func gradient(p *plane, i int) float32 {
	dx, dy := p.pix[i+1]-p.pix[i-1], p.pix[i+p.w]-p.pix[i-p.w]
	return abs(dx) + abs(dy)
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

// repair puts the picture into the background where the blob is, with a pixel around it.
func (b *blob) repair(mask []uint8, now, background *plane) {
	for y := max(b.y0-1, 0); y < min(b.y1+1, now.h); y++ {
		for x := max(b.x0-1, 0); x < min(b.x1+1, now.w); x++ {
			if i := y*now.w + x; mask[i] == b.label || mask[i] == 0 {
				background.pix[i] = now.pix[i]
			}
		}
	}
}
