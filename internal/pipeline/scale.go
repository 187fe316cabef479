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

// maxLeaving bounds the sides of a picture that leaves.
const maxLeaving = 1024

// Leaving returns the size in which a picture of the given size leaves: its longest side has at
// most 1,024 pixels.
func Leaving(width, height int) (w, h int) {
	longest := max(width, height)
	if longest <= maxLeaving {
		return width, height
	}
	return max(1, width*maxLeaving/longest), max(1, height*maxLeaving/longest)
}

// Scaled returns a smaller copy of an image, as *image.YCbCr or *image.RGBA.
func Scaled(img image.Image, width, height int) image.Image { return scaled(img, width, height) }

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

// scaledYCbCr is scaled without a conversion of colours, which takes most of the time.
func scaledYCbCr(img *image.YCbCr, width, height int) *image.YCbCr {
	b := img.Rect
	small := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	light := samples(b.Min.X, b.Dx(), width, func(x int) int { return x - b.Min.X })
	for y, rows := range samples(b.Min.Y, b.Dy(), height, func(y int) int {
		return img.YOffset(b.Min.X, y)
	}) {
		shrink(small.Y[y*small.YStride:], img.Y[rows[0]:], img.Y[rows[1]:], light)
	}
	colour := samples(b.Min.X, b.Dx(), (width+1)/2, func(x int) int {
		return img.COffset(x, b.Min.Y) - img.COffset(b.Min.X, b.Min.Y)
	})
	for y, rows := range samples(b.Min.Y, b.Dy(), (height+1)/2, func(y int) int {
		return img.COffset(b.Min.X, y)
	}) {
		shrink(small.Cb[y*small.CStride:], img.Cb[rows[0]:], img.Cb[rows[1]:], colour)
		shrink(small.Cr[y*small.CStride:], img.Cr[rows[0]:], img.Cr[rows[1]:], colour)
	}
	return small
}

// shrink writes a row whose values are the means of those at two columns of two rows.
func shrink(row, top, low []byte, columns [][2]int) {
	row = row[:len(columns)]
	for x, c := range columns {
		sum := uint(top[c[0]]) + uint(top[c[1]]) + uint(low[c[0]]) + uint(low[c[1]])
		row[x] = uint8((sum + 2) / 4)
	}
}

// samples returns, for each of n pixels over length pixels from start on, the indices of the two
// places at a quarter and at three quarters of it.
func samples(start, length, n int, index func(int) int) [][2]int {
	places := make([][2]int, n)
	for i := range places {
		places[i] = [2]int{
			index(start + (4*i+1)*length/(4*n)), index(start + (4*i+3)*length/(4*n)),
		}
	}
	return places
}
