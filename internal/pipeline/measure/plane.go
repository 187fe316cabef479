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
	w, h int
	pix  []float32 // luma, 0 to 255
}

func newPlane(w, h int) *plane { return &plane{w: w, h: h, pix: make([]float32, w*h)} }

func (p *plane) sameSize(q *plane) bool { return p.w == q.w && p.h == q.h }

func (p *plane) clone() *plane {
	return &plane{w: p.w, h: p.h, pix: slices.Clone(p.pix)}
}

func (p *plane) mean() float64 {
	sum := float32(0)
	for _, v := range p.pix {
		sum += v
	}
	return float64(sum) / float64(len(p.pix))
}

// reduce turns a picture into a plane. Each pixel of the plane is the mean of a block of the
// picture, or of about nine samples of a large block. A picture that is less than planeHeight high
// is not reduced. The kinds of picture that decoders return are read without image.Image's At,
// which would cost a call and a conversion for each pixel.
func reduce(img image.Image) *plane {
	b := img.Bounds()
	h := min(planeHeight, b.Dy())
	w := max(b.Dx()*h/b.Dy(), 1)
	p := newPlane(w, h)
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
	return p
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
	for y := range p.h {
		y0, y1 := span(y, p.h, b.Dy())
		sy := stride(y0, y1)
		for x := range p.w {
			x0, x1 := span(x, p.w, b.Dx())
			sx := stride(x0, x1)
			sum, n := 0, 0
			for yy := y0; yy < y1; yy += sy {
				row := pix[yy*pitch:]
				for xx := x0; xx < x1; xx += sx {
					sum += int(row[xx])
					n++
				}
			}
			p.pix[y*p.w+x] = float32(sum) / float32(n)
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

// blur returns the mean of each pixel and its eight neighbours, computed first along rows and then
// along columns. It divides the noise of single pixels by three; a person is wider than three
// pixels and stays. At the border the nearest pixel replaces the missing one.
func (p *plane) blur() *plane {
	across, out := newPlane(p.w, p.h), newPlane(p.w, p.h)
	for y := range p.h {
		row := p.pix[y*p.w : (y+1)*p.w]
		to := across.pix[y*p.w : (y+1)*p.w]
		for x := range row {
			l, r := row[max(x-1, 0)], row[min(x+1, p.w-1)]
			to[x] = (l + row[x] + r) / 3
		}
	}
	for y := range p.h {
		up, down := across.pix[max(y-1, 0)*p.w:], across.pix[min(y+1, p.h-1)*p.w:]
		mid, to := across.pix[y*p.w:], out.pix[y*p.w:(y+1)*p.w]
		for x := range to {
			to[x] = (up[x] + mid[x] + down[x]) / 3
		}
	}
	return out
}
