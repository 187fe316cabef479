package measure

import (
	"errors"
	"image"
	"math"

	"bis/internal/briefing"
)

// checkMasks returns an error unless each mask is an area.
func checkMasks(masks []briefing.Polygon) error {
	for _, m := range masks {
		if len(m.Points) < 3 {
			return errors.New("measure: a mask needs at least three points")
		}
		for _, p := range m.Points {
			if math.IsNaN(p.X) || math.IsInf(p.X, 0) || math.IsNaN(p.Y) || math.IsInf(p.Y, 0) {
				return errors.New("measure: a mask has a point that is no place")
			}
		}
	}
	return nil
}

// hide returns which pixels of the plane of a picture the masks cover, or nil if they cover none.
// A pixel is hidden if a mask reaches its block of the picture. The blocks are widened, because the
// detail of a block is measured with its neighbours, and a colour belongs to two pixels each way.
func hide(masks []briefing.Polygon, picture image.Rectangle) []bool {
	if len(masks) == 0 {
		return nil
	}
	w, h := planeSize(picture)
	wide, high := float64(picture.Dx()), float64(picture.Dy())
	margin := float64(max(detailStep(picture.Dy()), 2))
	hidden, some := make([]bool, w*h), false
	for y := range h {
		y0, y1 := span(y, h, picture.Dy())
		top, bottom := (float64(y0)-margin)/high, (float64(y1)+margin)/high
		for x := range w {
			x0, x1 := span(x, w, picture.Dx())
			block := box{(float64(x0) - margin) / wide, top, (float64(x1) + margin) / wide, bottom}
			for _, m := range masks {
				if block.touches(m) {
					hidden[y*w+x], some = true, true
					break
				}
			}
		}
	}
	if !some {
		return nil
	}
	return hidden
}

// box is a rectangle in shares of a frame.
type box struct{ x0, y0, x1, y1 float64 }

// touches reports whether the box and the polygon have a point in common: an edge of the polygon
// passes through the box, or the box lies inside.
func (b box) touches(p briefing.Polygon) bool {
	inside := false
	for i, to := range p.Points {
		from := p.Points[(i+len(p.Points)-1)%len(p.Points)]
		if b.cut(from, to) {
			return true
		}
		// A ray from the box to the right crosses the outline an odd number of times from inside.
		if (from.Y > b.y0) != (to.Y > b.y0) && b.x0 < from.X+(to.X-from.X)*(b.y0-from.Y)/(to.Y-from.Y) {
			inside = !inside
		}
	}
	return inside
}

// cut reports whether a part of the line between two points lies in the box. It cuts off what is
// outside each side in turn (Liang and Barsky, 1984).
func (b box) cut(from, to briefing.Point) bool {
	dx, dy := to.X-from.X, to.Y-from.Y
	begin, end := 0.0, 1.0
	for _, side := range [4][2]float64{
		{-dx, from.X - b.x0}, {dx, b.x1 - from.X}, {-dy, from.Y - b.y0}, {dy, b.y1 - from.Y},
	} {
		along, room := side[0], side[1]
		switch {
		case along == 0 && room < 0:
			return false
		case along < 0:
			begin = max(begin, room/along)
		case along > 0:
			end = min(end, room/along)
		}
	}
	return begin <= end
}
