package measure

import (
	"math"
	"slices"
)

// The size and shape of a person. Shop cameras hang under the ceiling, so people fill between
// an eighth and nine tenths of the frame's height.
const (
	leastHeight = 0.12 // of the frame's height
	mostHeight  = 0.92 // of the frame's height
	leastSlim   = 0.18 // width divided by height; narrower is the moving edge of a door
	mostSlim    = 0.95 // width divided by height of one person; wider is a group
	groupSlim   = 2.4  // width divided by height; wider is not a group of people
	leastFill   = 0.30 // changed share of the blob's box; less is a frame or a cable
	maxBlobs    = 250  // labels share a byte with 0 and 255; more blobs are rain, not people
)

// blob is a connected part of the mask. The mask has the blob's label at each of its pixels.
type blob struct {
	label          uint8
	x0, y0, x1, y1 int // the box that encloses the blob; x1 and y1 are exclusive
	area           int // pixels
	person         bool
	people         int
	hole           bool // its outline is in the background
}

func (b *blob) w() int { return b.x1 - b.x0 }
func (b *blob) h() int { return b.y1 - b.y0 }

// find closes small gaps in a mask, labels its connected parts and joins those that are above each
// other. Two pixels are connected if they touch, corners included. A flood fill with a stack of its
// own finds the parts, so a large part does not grow the goroutine's stack. After maxBlobs the
// remaining pixels keep the mark changed, which learns like clutter. p has the mask's size. blobs
// is memory for the result.
func find(blobs []blob, mask []uint8, p *plane, s *scratch) []blob {
	w, h := p.w, p.h
	closeGaps(mask, p, s)
	blobs, stack := blobs[:0], s.stack
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
	s.stack = stack
	return join(mask, h, blobs)
}

// closeGaps marks each pixel between two marked pixels, left and right or above and below. A
// belt or a seam in the colour of the wall would otherwise cut a person in two. Hidden pixels stay
// unmarked.
func closeGaps(mask []uint8, p *plane, s *scratch) {
	w, h := p.w, p.h
	s.was = append(s.was[:0], mask...)
	was := s.was
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			if was[i] == 0 && !p.isHidden(i) && (was[i-1] != 0 && was[i+1] != 0 || was[i-w] != 0 && was[i+w] != 0) {
				mask[i] = changed
			}
		}
	}
}

// join merges blobs that are above each other: their widths overlap by half of the narrower one,
// and the gap between them is at most a twentieth of the frame's height (at least two pixels). They
// are a head and a body whose neck has the colour of the shelf behind it. h is the mask's height.
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
				a.x0, a.y0 = min(a.x0, b.x0), min(a.y0, b.y0)
				a.x1, a.y1 = max(a.x1, b.x1), max(a.y1, b.y1)
				a.area += b.area
				b.area = 0
				again = true
			}
		}
	}
	return slices.DeleteFunc(blobs, func(b blob) bool { return b.area == 0 })
}

// isPerson reports whether the blob has the size, shape and fill of a person or a small group.
// h is the frame's height.
func (b *blob) isPerson(h int) bool {
	height, slim := float64(b.h())/float64(h), float64(b.w())/float64(b.h())
	return height >= leastHeight && height <= mostHeight &&
		slim >= leastSlim && slim <= groupSlim &&
		float64(b.area) >= leastFill*float64(b.w()*b.h())
}

// heads returns the number of people in a blob of people, 1 to 4. A person is about half as wide as
// high, so heads divides the width of a group by half of its height.
func (b *blob) heads() int {
	slim := float64(b.w()) / float64(b.h())
	if slim <= mostSlim {
		return 1
	}
	return min(int(math.Round(slim/0.5)), 4)
}

// isHole reports whether the blob's outline belongs to the background rather than to the frame.
// Along the outline of a person in the frame, the frame has the stronger gradient. Where somebody
// has left, the background has it. Busy walls have gradients in both. The factor of 1.4 prevents
// them from counting as holes.
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

// onBorder reports whether pixel i of the blob has a neighbour outside the blob.
func onBorder(mask []uint8, i, w int, label uint8) bool {
	return mask[i-1] != label || mask[i+1] != label || mask[i-w] != label || mask[i+w] != label
}

// gradient returns how much luma changes around a pixel, across plus down. The pixel must not be on
// the border of the plane.
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

// repair copies the frame into the background at the blob's pixels, and at unchanged pixels of
// its box widened by one pixel. The blur has carried the outline one pixel outward.
func (b *blob) repair(mask []uint8, now, background *plane) {
	for y := max(b.y0-1, 0); y < min(b.y1+1, now.h); y++ {
		for x := max(b.x0-1, 0); x < min(b.x1+1, now.w); x++ {
			if i := y*now.w + x; mask[i] == b.label || mask[i] == 0 {
				background.pix[i] = now.pix[i]
			}
		}
	}
}
