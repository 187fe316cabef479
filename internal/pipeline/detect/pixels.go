package detect

import (
	"image"
	"image/color"
	"math"
)

// pixels is a picture in RGB, three bytes a pixel.
type pixels struct {
	width, height int
	rgb           []byte
}

// newPixels converts a picture. Transparent parts are black.
func newPixels(img image.Image) *pixels {
	b := img.Bounds()
	p := &pixels{width: b.Dx(), height: b.Dy(), rgb: make([]byte, 3*b.Dx()*b.Dy())}
	i := 0
	put := func(r, g, b uint8) {
		p.rgb[i], p.rgb[i+1], p.rgb[i+2] = r, g, b
		i += 3
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		switch img := img.(type) {
		case *image.YCbCr:
			light, first := img.YOffset(b.Min.X, y), img.COffset(b.Min.X, y)
			every := columns(img.SubsampleRatio)
			for x := b.Min.X; x < b.Max.X; x++ {
				c := first + x/every - b.Min.X/every
				put(color.YCbCrToRGB(img.Y[light], img.Cb[c], img.Cr[c]))
				light++
			}
		case *image.RGBA:
			row := img.Pix[img.PixOffset(b.Min.X, y):]
			for x := 0; x < 4*b.Dx(); x += 4 {
				put(row[x], row[x+1], row[x+2])
			}
		default:
			for x := b.Min.X; x < b.Max.X; x++ {
				r, g, bl, _ := img.At(x, y).RGBA()
				put(uint8(r>>8), uint8(g>>8), uint8(bl>>8))
			}
		}
	}
	return p
}

// columns returns how many pixels of a row share a colour.
func columns(r image.YCbCrSubsampleRatio) int {
	switch r {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		return 2
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		return 4
	}
	return 1
}

// view is a part of a picture, in its pixels.
type view struct{ x, y, width, height int }

// scaled returns a part of the picture in another size. Its values equal those of Pillow's resize
// with its bilinear filter, which widens with the scale.
func (p *pixels) scaled(v view, width, height int) *pixels {
	across, down := taps(v.width, width), taps(v.height, height)
	narrow := make([]byte, 3*width*v.height)
	for y := range v.height {
		row := p.rgb[3*((v.y+y)*p.width+v.x):]
		for x, t := range across {
			var sum [3]int32
			at := 3 * t.first
			for _, w := range t.weights {
				px := row[at : at+3 : at+3]
				sum[0], sum[1], sum[2] = sum[0]+w*int32(px[0]), sum[1]+w*int32(px[1]), sum[2]+w*int32(px[2])
				at += 3
			}
			o := 3 * (y*width + x)
			narrow[o], narrow[o+1], narrow[o+2] = rounded(sum[0]), rounded(sum[1]), rounded(sum[2])
		}
	}
	out := &pixels{width: width, height: height, rgb: make([]byte, 3*width*height)}
	sums := make([]int32, 3*width)
	for y, t := range down {
		clear(sums)
		for k, w := range t.weights {
			row := narrow[3*width*(t.first+k):][:len(sums)]
			for i, v := range row {
				sums[i] += w * int32(v)
			}
		}
		row := out.rgb[3*width*y:]
		for i, s := range sums {
			row[i] = rounded(s)
		}
	}
	return out
}

// precision is the number of bits after the point of a weight.
const precision = 22

// rounded returns a weighted sum of bytes as a byte.
func rounded(sum int32) byte { return byte(min(255, max(0, (sum+1<<(precision-1))>>precision))) }

// tap says which values of a row make one of the scaled row, and their weights.
type tap struct {
	first   int
	weights []int32
}

// taps returns the tap of each of n values made from m.
func taps(m, n int) []tap {
	scale := float64(m) / float64(n)
	wide := max(1, scale)
	all := make([]tap, n)
	for i := range all {
		center := (float64(i) + .5) * scale
		first := max(0, int(center-wide+.5))
		last := min(m, int(center+wide+.5))
		weights := make([]float64, last-first)
		sum := 0.
		for k := range weights {
			weights[k] = max(0, 1-math.Abs(float64(first+k)-center+.5)/wide)
			sum += weights[k]
		}
		all[i] = tap{first: first, weights: make([]int32, len(weights))}
		for k, w := range weights {
			all[i].weights[k] = int32(math.Floor(w/sum*(1<<precision) + .5))
		}
	}
	return all
}
