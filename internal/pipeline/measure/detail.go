package measure

import "image"

// energies is the energy of detail in each tile: the mean square of the Laplacian, without what
// noise adds to it. A negative energy means that the tile was not measured.
type energies struct {
	tiles [tileCount]float32
	noise float32 // what noise would add
}

// Detail is measured at two scales. The pixels show a lens that is a little out of focus. The
// plane, whose pixels are means, shows a lens that is far out of focus through the noise of a dark
// night.
const (
	fine = iota
	rough
	scales
)

// detailStep returns the distance of the Laplacian's samples in pixels for a picture of a height.
// It grows with the picture, because a lens does not resolve single pixels of a large one.
func detailStep(height int) int { return max((height+180)/360, 1) }

// detailSamples is how many columns of a picture are sampled at most.
const detailSamples = 320

// lumaOf returns where the luma of a picture lies: one byte each step bytes. Of colour pictures it
// is green, most of luma. ok is false for a kind of picture that decoders of cameras' formats
// seldom return.
func lumaOf(img image.Image) (pix []uint8, pitch, step int, ok bool) {
	switch img := img.(type) {
	case *image.YCbCr:
		return img.Y, img.YStride, 1, true
	case *image.Gray:
		return img.Pix, img.Stride, 1, true
	case *image.RGBA:
		return img.Pix[1:], img.Stride, 4, true
	case *image.NRGBA:
		return img.Pix[1:], img.Stride, 4, true
	}
	return nil, 0, 0, false
}

// measure samples the Laplacian of a picture in the middle of every second row of blocks.
func (e *energies) measure(img image.Image, p *plane) {
	for i := range e.tiles {
		e.tiles[i] = -1
	}
	e.noise = 0
	pix, pitch, step, ok := lumaOf(img)
	b := img.Bounds()
	d := detailStep(b.Dy())
	if !ok || b.Dx() < 4*tiles*d || b.Dy() < 4*tiles*d {
		return
	}
	var sums, counts [tileCount]float32
	var sizes [256]int
	every := max(b.Dx()/detailSamples, 1)
	for y := 0; y < p.h; y += 2 {
		y0, y1 := span(y, p.h, b.Dy())
		mid := (y0 + y1) / 2
		if mid < d || mid+d >= b.Dy() {
			continue
		}
		row := sampler{
			up: pix[(mid-d)*pitch:], mid: pix[mid*pitch:], down: pix[(mid+d)*pitch:],
			step: step, away: d * step,
		}
		for tx := range tiles {
			x0, x1 := max(tx*b.Dx()/tiles, d), min((tx+1)*b.Dx()/tiles, b.Dx()-d)
			t := y*tiles/p.h*tiles + tx
			if p.hidden == nil {
				s := row.sum(x0, x1, every, &sizes)
				sums[t], counts[t] = sums[t]+float32(s), counts[t]+float32((x1-x0+every-1)/every)
				continue
			}
			for x := x0; x < x1; x += every {
				if !p.hidden[y*p.w+x*p.w/b.Dx()] {
					sums[t] += float32(row.sum(x, x+1, 1, &sizes))
					counts[t]++
				}
			}
		}
	}
	e.finish(&sums, &counts, &sizes, 1)
}

// measurePlane computes the Laplacian of every second row of a plane.
func (e *energies) measurePlane(p *plane) {
	var sums, counts [tileCount]float32
	var sizes [256]int
	for y := 1; y < p.h-1; y += 2 {
		row := p.pix[y*p.w : (y+1)*p.w]
		up, down := p.pix[(y-1)*p.w:][:p.w], p.pix[(y+1)*p.w:][:p.w]
		for tx := range tiles {
			x0, x1 := tileSpan(tx, p.w)
			t := y*tiles/p.h*tiles + tx
			for x := max(x0, 1); x < min(x1, p.w-1); x++ {
				if p.isHidden(y*p.w + x) {
					continue
				}
				v := 4*row[x] - row[x-1] - row[x+1] - up[x] - down[x]
				sums[t] += v * v
				counts[t]++
				sizes[min(int(abs(v)*planeClasses), 255)]++
			}
		}
	}
	e.finish(&sums, &counts, &sizes, planeClasses)
}

// planeClasses is how many classes the absolute values of a plane's Laplacian have in a step of
// luma.
const planeClasses = 8

// finish turns sums into energies. Tiles with few samples stay unmeasured. The first quartile of
// the absolute values, which sizes counts in classes, is noise: 0.319 of its standard deviation.
func (e *energies) finish(sums, counts *[tileCount]float32, sizes *[256]int, classes float32) {
	n := 0
	for _, c := range sizes {
		n += c
	}
	if n == 0 {
		return
	}
	dev := quartile(sizes, n) / classes / 0.319
	e.noise = dev * dev
	for i, c := range counts {
		e.tiles[i] = -1
		if c >= 40 {
			e.tiles[i] = max(sums[i]/c-e.noise, 0)
		}
	}
}

// sampler reads the Laplacian along a row of a picture.
type sampler struct {
	up, mid, down []uint8
	step, away    int // bytes to the next pixel, and to the neighbour that is compared
}

// sum returns the sum of the squared Laplacian at every n-th column, and counts its absolute
// values.
func (s *sampler) sum(x0, x1, every int, sizes *[256]int) (sum int) {
	for i := x0 * s.step; i < x1*s.step; i += every * s.step {
		v := 4*int(s.mid[i]) - int(s.mid[i-s.away]) - int(s.mid[i+s.away]) - int(s.up[i]) - int(s.down[i])
		sum += v * v
		sizes[min(max(v, -v), 255)]++
	}
	return sum
}
