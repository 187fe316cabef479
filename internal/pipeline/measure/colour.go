package measure

import (
	"image"
	"image/color"
)

// colours is how far each tile's mean colour is from grey, in steps of 256. The mean of a tile is
// taken first, so the coloured noise of single pixels does not count.
type colours [tileCount]float32

// colourful is the distance from grey of a tile that has a colour. JPEG and white balance move a
// grey tile by one or two steps.
const colourful = 3

// measure samples every second pixel of the plane each way. Infrared pictures are grey throughout.
func (c *colours) measure(img image.Image, p *plane) {
	clear(c[:])
	chroma := chromaOf(img)
	if chroma == nil {
		return
	}
	b := img.Bounds()
	for ty := range tiles {
		y0, y1 := tileSpan(ty, p.h)
		for tx := range tiles {
			x0, x1 := tileSpan(tx, p.w)
			blue, red, n := 0, 0, 0
			for y := y0; y < y1; y += 2 {
				yy := (2*y + 1) * b.Dy() / (2 * p.h)
				for x := x0; x < x1; x += 2 {
					if p.isHidden(y*p.w + x) {
						continue
					}
					cb, cr := chroma((2*x+1)*b.Dx()/(2*p.w), yy)
					blue, red, n = blue+cb, red+cr, n+1
				}
			}
			if n > 0 {
				c[ty*tiles+tx] = (abs(float32(blue)) + abs(float32(red))) / float32(n)
			}
		}
	}
}

// chromaOf returns a function that reads the blue and red difference of a picture's pixel, counted
// from its upper left corner. Nil means that all pixels are grey.
func chromaOf(img image.Image) func(x, y int) (blue, red int) {
	b := img.Bounds()
	switch img := img.(type) {
	case *image.YCbCr:
		return func(x, y int) (blue, red int) {
			i := img.COffset(b.Min.X+x, b.Min.Y+y)
			return int(img.Cb[i]) - 128, int(img.Cr[i]) - 128
		}
	case *image.RGBA:
		return func(x, y int) (blue, red int) { return difference3(img.Pix[y*img.Stride+4*x:]) }
	case *image.NRGBA:
		return func(x, y int) (blue, red int) { return difference3(img.Pix[y*img.Stride+4*x:]) }
	case *image.Gray, *image.Gray16:
		return nil
	}
	return func(x, y int) (blue, red int) {
		c := color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
		return difference3([]uint8{c.R, c.G, c.B})
	}
}

// difference3 returns the blue and red difference of a pixel of three bytes, as JPEG has them.
func difference3(rgb []uint8) (blue, red int) {
	luma := 299*int(rgb[0]) + 587*int(rgb[1]) + 114*int(rgb[2])
	return (1000*int(rgb[2]) - luma) * 564 / 1000000, (1000*int(rgb[0]) - luma) * 713 / 1000000
}

// flipped reports whether the colours of the tiles that still show the same have vanished or come
// back: nine tenths of the tiles with a colour before or now have it only once, and they are a
// fifth of all. Half of the tiles must show the same, else a crowd in bright coats would do it.
// Fading light takes colours away too, so a tile's colour is expected to follow its brightness.
func flipped(now, was *colours, pairs *[tileCount]pair) bool {
	gone, back, coloured, alike, all := 0, 0, 0, 0, 0
	for i := range pairs {
		p := &pairs[i]
		if !p.comparable {
			continue
		}
		all++
		if p.alike < flipAlike {
			continue
		}
		alike++
		gain := min(max(p.mean/max(p.was, 1), 0.1), 10)
		switch a, b := now[i], was[i]; {
		case b >= colourful && a < b*min(gain, 1)/4:
			gone, coloured = gone+1, coloured+1
		case a >= colourful && b < a/max(gain, 1)/4:
			back, coloured = back+1, coloured+1
		case max(a, b) >= colourful:
			coloured++
		}
	}
	return 2*alike >= all && coloured >= leastTiles && 5*coloured >= all &&
		10*max(gone, back) >= 9*coloured
}

// flipAlike is the correlation of a tile that shows the same by day and in infrared, in which dyes
// look different.
const flipAlike = 0.3

// learn moves the colours towards those of a frame, where it shows the same.
func (c *colours) learn(now *colours, pairs *[tileCount]pair, rate float32) {
	for i := range c {
		if pairs[i].seen && (!pairs[i].comparable || pairs[i].alike >= aliveTile) {
			c[i] += (now[i] - c[i]) * rate
		}
	}
}
