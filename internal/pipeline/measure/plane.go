package measure

import (
	"image"
	"image/color"
	"slices"
)

// planeHeight is the height of a plane in pixels. The smallest person that counts (leastHeight)
// is 14 pixels high in it, enough for a head and legs, and a plane of a 16:9 camera has 25,560
// pixels, few enough to be measured in a millisecond or two.
const planeHeight = 120

// plane is a small grey picture. Pixel (x, y) is pix[y*w+x].
type plane struct {
	w, h   int
	pix    []float32 // luma, 0 to 255
	hidden []bool    // the pixels under a mask; nil: there are none. Planes of one size share it
}

// resize gives p a size and the hidden pixels of that size. The luma of the pixels is undefined.
func (p *plane) resize(w, h int, hidden []bool) {
	p.w, p.h, p.hidden = w, h, hidden
	p.pix = slices.Grow(p.pix[:0], w*h)[:w*h]
}

func (p *plane) sameSize(q *plane) bool { return p.w == q.w && p.h == q.h }

// copyFrom makes p equal to q.
func (p *plane) copyFrom(q *plane) {
	p.resize(q.w, q.h, q.hidden)
	copy(p.pix, q.pix)
}

func (p *plane) clone() *plane {
	c := &plane{}
	c.copyFrom(p)
	return c
}

// isHidden reports whether pixel i is under a mask.
func (p *plane) isHidden(i int) bool { return p.hidden != nil && p.hidden[i] }

// mean returns the mean luma of the pixels that are not hidden.
func (p *plane) mean() float64 {
	sum, n := float32(0), 0
	for i, v := range p.pix {
		if !p.isHidden(i) {
			sum += v
			n++
		}
	}
	return float64(sum) / float64(max(n, 1))
}

// planeSize returns the size of the plane of a picture. A picture that is less than planeHeight
// high is not reduced.
func planeSize(b image.Rectangle) (w, h int) {
	h = min(planeHeight, b.Dy())
	return max(b.Dx()*h/b.Dy(), 1), h
}

// reduce turns a picture into the plane. Each pixel of the plane is the mean of a block of the
// picture, or of about nine samples of a large block. The kinds of picture that decoders return are
// read without image.Image's At, which would cost a call and a conversion for each pixel.
func (p *plane) reduce(img image.Image, hidden []bool) {
	b := img.Bounds()
	w, h := planeSize(b)
	p.resize(w, h, hidden)
	switch img := img.(type) {
	case *image.YCbCr:
		p.fillRows(img.Y, img.YStride, b)
	case *image.Gray:
		p.fillRows(img.Pix, img.Stride, b)
	case *image.RGBA:
		p.fillColour(img.Pix, img.Stride, b)
	case *image.NRGBA:
		p.fillColour(img.Pix, img.Stride, b)
	default:
		p.fillAny(img, b)
	}
	p.bridge()
}

// bridge replaces the hidden pixels by what lies between their visible neighbours to the left and
// to the right, or above. So no measure depends on what a mask covers, and the border of a mask has
// no edge of its own.
func (p *plane) bridge() {
	if p.hidden == nil {
		return
	}
	for y := range p.h {
		row, hidden := p.pix[y*p.w:(y+1)*p.w], p.hidden[y*p.w:(y+1)*p.w]
		for x := 0; x < p.w; x++ {
			if !hidden[x] {
				continue
			}
			end := x
			for end < p.w && hidden[end] {
				end++
			}
			switch {
			case x == 0 && end == p.w: // the whole row
				if y == 0 {
					clear(row)
				} else {
					copy(row, p.pix[(y-1)*p.w:])
				}
			case x == 0:
				fillSpan(row[:end], row[end], row[end])
			case end == p.w:
				fillSpan(row[x:], row[x-1], row[x-1])
			default:
				fillSpan(row[x:end], row[x-1], row[end])
			}
			x = end
		}
	}
}

// fillSpan fills a span with the steps from one luma to another, both outside the span.
func fillSpan(span []float32, from, to float32) {
	step := (to - from) / float32(len(span)+1)
	for i := range span {
		span[i] = from + step*float32(i+1)
	}
}

// span returns the source pixels, from inclusive and to exclusive, of block i when n pixels
// are cut into k blocks. A block has at least one pixel.
func span(i, k, n int) (from, to int) {
	from = i * n / k
	return from, max((i+1)*n/k, from+1)
}

// stride is the step between two samples of a block. A block has three to five samples each way: a
// mean of nine is accurate enough, and reading every pixel would cost most of the time.
func stride(from, to int) int { return max((to-from)/3, 1) }

// fillRows averages pictures with one byte of luma per pixel. pitch is the length of a row in
// bytes. From YCbCr only the luma plane is read, so colours cost nothing.
func (p *plane) fillRows(pix []uint8, pitch int, b image.Rectangle) {
	columns := make([][3]int32, p.w) // from, to and step of each block
	for x := range columns {
		x0, x1 := span(x, p.w, b.Dx())
		columns[x] = [3]int32{int32(x0), int32(x1), int32(stride(x0, x1))}
	}
	for y := range p.h {
		y0, y1 := span(y, p.h, b.Dy())
		sy := stride(y0, y1)
		sums := p.pix[y*p.w : (y+1)*p.w]
		clear(sums)
		rows := 0
		for yy := y0; yy < y1; yy += sy {
			row := pix[yy*pitch : yy*pitch+b.Dx()]
			rows++
			for x, c := range columns {
				sum, xx := int(row[c[0]]), c[0]+c[2]
				for ; xx+c[2] < c[1]; xx += 2 * c[2] { // most blocks have three samples a row
					sum += int(row[xx]) + int(row[xx+c[2]])
				}
				if xx < c[1] {
					sum += int(row[xx])
				}
				sums[x] += float32(sum)
			}
		}
		for x, c := range columns {
			sums[x] /= float32(int32(rows) * ((c[1] - c[0] + c[2] - 1) / c[2]))
		}
	}
}

// fillColour averages pictures with four bytes per pixel, red first. Luma is 0.299 R + 0.587 G +
// 0.114 B (ITU-R BT.601), which is what JPEG's luma is, so both kinds measure alike.
func (p *plane) fillColour(pix []uint8, pitch int, b image.Rectangle) {
	for y := range p.h {
		y0, y1 := span(y, p.h, b.Dy())
		sy := stride(y0, y1)
		for x := range p.w {
			x0, x1 := span(x, p.w, b.Dx())
			sx := stride(x0, x1)
			sum, n := 0, 0
			for yy := y0; yy < y1; yy += sy {
				for xx := x0; xx < x1; xx += sx {
					c := pix[yy*pitch+4*xx:][:3]
					sum += 299*int(c[0]) + 587*int(c[1]) + 114*int(c[2])
					n++
				}
			}
			p.pix[y*p.w+x] = float32(sum) / float32(n) / 1000
		}
	}
}

// fillAny reads any other kind of picture, such as a paletted PNG, one sample per block.
func (p *plane) fillAny(img image.Image, b image.Rectangle) {
	for y := range p.h {
		y0, y1 := span(y, p.h, b.Dy())
		for x := range p.w {
			x0, x1 := span(x, p.w, b.Dx())
			at := img.At(b.Min.X+(x0+x1)/2, b.Min.Y+(y0+y1)/2)
			p.pix[y*p.w+x] = float32(color.GrayModel.Convert(at).(color.Gray).Y)
		}
	}
}

// blur makes p the mean of each pixel of q and its eight neighbours, computed first along rows and
// then along columns. It divides the noise of single pixels by three; a person is wider than three
// pixels and stays. At the border the nearest pixel replaces the missing one. across is scratch.
func (p *plane) blur(q, across *plane) {
	p.resize(q.w, q.h, q.hidden)
	across.resize(q.w, q.h, nil)
	for y := range q.h {
		row := q.pix[y*q.w : (y+1)*q.w]
		to := across.pix[y*q.w:][:len(row)]
		l := row[0]
		for x, v := range row[:len(row)-1] {
			to[x] = (l + v + row[x+1]) / 3
			l = v
		}
		last := len(row) - 1
		to[last] = (l + 2*row[last]) / 3
	}
	for y := range q.h {
		up, down := across.pix[max(y-1, 0)*q.w:], across.pix[min(y+1, q.h-1)*q.w:]
		mid, to := across.pix[y*q.w:], p.pix[y*q.w:(y+1)*q.w]
		up, down, mid = up[:len(to)], down[:len(to)], mid[:len(to)]
		for x := range to {
			to[x] = (up[x] + mid[x] + down[x]) / 3
		}
	}
}
