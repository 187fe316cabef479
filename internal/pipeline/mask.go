package pipeline

import (
	"image"
	"image/draw"
	"math"
	"slices"

	"bis/internal/briefing"
)

// Mask returns a copy of an image in which the areas are black. Every pixel that an area touches is
// black, also in part. The image itself does not change, because others may read it. Without areas
// it is returned as it is. An image of a foreign type may panic when its pixels are read.
func Mask(img image.Image, areas []briefing.Polygon) image.Image {
	if len(areas) == 0 {
		return img
	}
	copied := copyOf(img)
	paint(copied, areas)
	return copied
}

// copyOf returns a copy of an image that paint can change.
func copyOf(img image.Image) image.Image {
	switch img := img.(type) {
	case *image.YCbCr:
		c := *img
		c.Y, c.Cb, c.Cr = slices.Clone(img.Y), slices.Clone(img.Cb), slices.Clone(img.Cr)
		return &c
	case *image.RGBA:
		c := *img
		c.Pix = slices.Clone(img.Pix)
		return &c
	case *image.Gray:
		c := *img
		c.Pix = slices.Clone(img.Pix)
		return &c
	}
	c := image.NewRGBA(img.Bounds())
	draw.Draw(c, c.Rect, img, c.Rect.Min, draw.Src)
	return c
}

// paint makes the areas of an image of copyOf black.
func paint(img image.Image, areas []briefing.Polygon) {
	b := img.Bounds()
	for _, area := range areas {
		shape := outlineOf(area, b.Dx(), b.Dy())
		for y := shape.top; y < shape.bottom; y++ {
			for _, s := range shape.row(y) {
				blacken(img, b.Min.X+s.from, b.Min.X+s.to, b.Min.Y+y)
			}
		}
	}
}

// blacken makes the pixels from x0 up to x1 of a row black.
func blacken(img image.Image, x0, x1, y int) {
	switch img := img.(type) {
	case *image.YCbCr:
		clear(img.Y[img.YOffset(x0, y) : img.YOffset(x1-1, y)+1])
		// A neighbour shares the colour of its block and becomes grey. Otherwise the colour of what
		// is masked would remain.
		from, to := img.COffset(x0, y), img.COffset(x1-1, y)+1
		for i := from; i < to; i++ {
			img.Cb[i], img.Cr[i] = 128, 128
		}
	case *image.RGBA:
		row := img.Pix[img.PixOffset(x0, y) : img.PixOffset(x1-1, y)+4]
		for i := 0; i < len(row); i += 4 {
			row[i], row[i+1], row[i+2], row[i+3] = 0, 0, 0, 255
		}
	case *image.Gray:
		clear(img.Pix[img.PixOffset(x0, y) : img.PixOffset(x1-1, y)+1])
	}
}

// outline is a polygon in pixels of an image.
type outline struct {
	points      []briefing.Point
	width       int
	top, bottom int // the rows that it touches
}

// span is a part of a row, from the first pixel up to the one after the last.
type span struct{ from, to int }

// outlineOf returns a polygon as pixels. Points outside the image are moved to its edge.
func outlineOf(p briefing.Polygon, width, height int) outline {
	o := outline{width: width, top: height}
	for _, at := range p.Points {
		at = briefing.Point{
			X: min(max(at.X, 0), 1) * float64(width), Y: min(max(at.Y, 0), 1) * float64(height),
		}
		o.points = append(o.points, at)
		o.top, o.bottom = min(o.top, int(at.Y)), max(o.bottom, int(math.Ceil(at.Y)))
	}
	return o
}

// row returns the pixels of a row that the outline touches: those between its edges at the middle
// of the row, and those that an edge passes. The spans may overlap.
func (o outline) row(y int) []span {
	var spans []span
	var middle []float64
	top, bottom := float64(y), float64(y+1)
	for i, a := range o.points {
		b := o.points[(i+1)%len(o.points)]
		if a.Y > b.Y {
			a, b = b, a
		}
		if b.Y <= top || a.Y >= bottom {
			continue
		}
		at := func(y float64) float64 {
			if a.Y == b.Y {
				return a.X
			}
			return a.X + (min(max(y, a.Y), b.Y)-a.Y)*(b.X-a.X)/(b.Y-a.Y)
		}
		left, right := at(top), at(bottom)
		if a.Y == b.Y {
			right = b.X
		}
		spans = o.add(spans, min(left, right), max(left, right))
		if center := top + .5; a.Y <= center && center < b.Y {
			middle = append(middle, at(center))
		}
	}
	slices.Sort(middle)
	for ; len(middle) > 1; middle = middle[2:] {
		spans = o.add(spans, middle[0], middle[1])
	}
	return spans
}

// add appends the pixels between two places, both in full.
func (o outline) add(spans []span, left, right float64) []span {
	from, to := max(int(left), 0), min(int(math.Ceil(right)), o.width)
	if from >= to {
		return spans
	}
	return append(spans, span{from, to})
}
