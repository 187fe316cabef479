package pipeline

import (
	"image"
	"image/color"
)

// Bounds of a picture that is shown.
const (
	maxWidth  = 1280 // pixels across
	maxHeight = 2560 // pixels down
)

// fitted returns the size of a picture within the bounds, with the proportions of the original.
func fitted(r image.Rectangle) (width, height int) {
	width, height = r.Dx(), r.Dy()
	if width > maxWidth {
		width, height = maxWidth, height*maxWidth/width
	}
	if height > maxHeight {
		width, height = width*maxHeight/height, maxHeight
	}
	return max(1, width), max(1, height)
}

// scaled returns a smaller copy of an image, as *image.YCbCr or *image.RGBA. Each pixel is the mean
// of four samples of its area.
func scaled(img image.Image, width, height int) image.Image {
	if fast, ok := img.(*image.YCbCr); ok {
		return scaledYCbCr(fast, width, height)
	}
	b := img.Bounds()
	at := func(x, y int) color.RGBA64 {
		r, g, bl, a := img.At(x, y).RGBA()
		return color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(bl), A: uint16(a)}
	}
	if fast, ok := img.(image.RGBA64Image); ok {
		at = fast.RGBA64At // makes no garbage
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		top, low := b.Min.Y+(4*y+1)*b.Dy()/(4*height), b.Min.Y+(4*y+3)*b.Dy()/(4*height)
		for x := range width {
			left, right := b.Min.X+(4*x+1)*b.Dx()/(4*width), b.Min.X+(4*x+3)*b.Dx()/(4*width)
			four := [4]color.RGBA64{at(left, top), at(right, top), at(left, low), at(right, low)}
			var red, green, blue uint32
			for _, c := range four {
				red, green, blue = red+uint32(c.R), green+uint32(c.G), blue+uint32(c.B)
			}
			small.SetRGBA(x, y, color.RGBA{
				R: uint8(red >> 10), G: uint8(green >> 10), B: uint8(blue >> 10), A: 255,
			})
		}
	}
	return small
}

// scaledYCbCr is scaled without a conversion of colours, at a tenth of the time.
func scaledYCbCr(img *image.YCbCr, width, height int) *image.YCbCr {
	b := img.Rect
	small := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	columns := samples(b.Min.X, b.Dx(), width)
	for y, rows := range samples(b.Min.Y, b.Dy(), height) {
		top, low := img.Y[img.YOffset(b.Min.X, rows[0]):], img.Y[img.YOffset(b.Min.X, rows[1]):]
		line := small.Y[y*small.YStride:][:width]
		for x, c := range columns {
			left, right := c[0]-b.Min.X, c[1]-b.Min.X
			sum := uint(top[left]) + uint(top[right]) + uint(low[left]) + uint(low[right])
			line[x] = uint8((sum + 2) / 4)
		}
	}
	wide := (width + 1) / 2
	columns = samples(b.Min.X, b.Dx(), wide)
	for y, rows := range samples(b.Min.Y, b.Dy(), (height+1)/2) {
		for x, c := range columns {
			four := [4]int{
				img.COffset(c[0], rows[0]), img.COffset(c[1], rows[0]),
				img.COffset(c[0], rows[1]), img.COffset(c[1], rows[1]),
			}
			var cb, cr uint
			for _, at := range four {
				cb, cr = cb+uint(img.Cb[at]), cr+uint(img.Cr[at])
			}
			i := y*small.CStride + x
			small.Cb[i], small.Cr[i] = uint8((cb+2)/4), uint8((cr+2)/4)
		}
	}
	return small
}

// samples returns, for each of n pixels over length pixels from start on, the two places at a
// quarter and at three quarters of it.
func samples(start, length, n int) [][2]int {
	places := make([][2]int, n)
	for i := range places {
		places[i] = [2]int{start + (4*i+1)*length/(4*n), start + (4*i+3)*length/(4*n)}
	}
	return places
}
