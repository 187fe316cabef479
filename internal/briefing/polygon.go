package briefing

import "math"

// leastArea is the smallest area of a polygon, as a share of the frame: about two pixels of a
// picture of 1920 x 1080.
const leastArea = 1e-6

// CheckPolygons returns an InvalidError on the field unless there are at most MaxPolygons polygons,
// each with 3 to MaxPolygonPoints points within 0 to 1, no point twice, edges that neither cross
// nor touch, and an area.
func CheckPolygons(field string, polygons []Polygon) error {
	if len(polygons) > MaxPolygons {
		return Refuse(refuseAreas, field, "must be at most %d areas", MaxPolygons)
	}
	for i, p := range polygons {
		if reason, rule := p.fault(); rule != "" {
			return Refuse(reason, field, "area %d must %s", i+1, rule)
		}
	}
	return nil
}

// fault returns the rule that the polygon breaks, as a clause after "must", or "".
func (p Polygon) fault() (Refusal, string) {
	switch {
	case len(p.Points) < 3 || len(p.Points) > MaxPolygonPoints:
		return refusePoints, "have 3 to 32 points"
	case !p.inside():
		return refuseOutside, "have points within the picture, 0 to 1"
	case p.repeats():
		return refuseTwice, "have each point once"
	case p.flat():
		return refuseFlat, "enclose something"
	case p.crosses():
		return refuseCrossing, "have edges that neither cross nor touch"
	case math.Abs(p.area()) < leastArea:
		return refuseFlat, "enclose something"
	}
	return "", ""
}

// inside reports whether all points are within the frame. The comparison is false for NaN.
func (p Polygon) inside() bool {
	within := func(v float64) bool { return v >= 0 && v <= 1 }
	for _, at := range p.Points {
		if !within(at.X) || !within(at.Y) {
			return false
		}
	}
	return true
}

// repeats reports whether a point occurs twice.
func (p Polygon) repeats() bool {
	seen := make(map[Point]bool, len(p.Points))
	for _, at := range p.Points {
		if seen[at] {
			return true
		}
		seen[at] = true
	}
	return false
}

// flat reports whether all points are on one line.
func (p Polygon) flat() bool {
	first, far := p.Points[0], p.Points[0]
	for _, at := range p.Points {
		if distance(first, at) > distance(first, far) {
			far = at
		}
	}
	for _, at := range p.Points {
		if math.Abs(turn(first, far, at)) >= leastArea {
			return false
		}
	}
	return true
}

// crosses reports whether two edges have a point in common that is not the corner between them.
func (p Polygon) crosses() bool {
	n := len(p.Points)
	for i := range n {
		for j := i + 1; j < n; j++ {
			a, b := p.Points[i], p.Points[(i+1)%n]
			c, d := p.Points[j], p.Points[(j+1)%n]
			switch {
			case j == i+1: // b is c
				if onEdge(a, b, d) || onEdge(c, d, a) {
					return true
				}
			case (j+1)%n == i: // d is a
				if onEdge(a, b, c) || onEdge(c, d, b) {
					return true
				}
			case meet(a, b, c, d):
				return true
			}
		}
	}
	return false
}

// area returns the area by the shoelace formula, negative for one direction of the points.
func (p Polygon) area() float64 {
	var sum float64
	for i, a := range p.Points {
		b := p.Points[(i+1)%len(p.Points)]
		sum += a.X*b.Y - b.X*a.Y
	}
	return sum / 2
}

// Contains reports whether a point is in the polygon or on its edge. The edge counts because the
// feet of a person at the bottom of the picture are at 1.
func (p Polygon) Contains(at Point) bool {
	odd := false
	for i, a := range p.Points {
		b := p.Points[(i+1)%len(p.Points)]
		if onEdge(a, b, at) {
			return true
		}
		// A ray to the right passes the edge. Half-open: a corner counts for one of its edges.
		if (a.Y > at.Y) != (b.Y > at.Y) && at.X < a.X+(at.Y-a.Y)*(b.X-a.X)/(b.Y-a.Y) {
			odd = !odd
		}
	}
	return odd
}

// turn is twice the area of the triangle a, b, c: positive for one direction, 0 on one line.
func turn(a, b, c Point) float64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

// distance returns the distance of two points in shares of the frame.
func distance(a, b Point) float64 { return math.Hypot(b.X-a.X, b.Y-a.Y) }

// onEdge reports whether c is on the edge from a to b, within the accuracy of the coordinates.
func onEdge(a, b, c Point) bool {
	const accuracy = 1e-9
	length := distance(a, b)
	return math.Abs(turn(a, b, c)) <= accuracy*length &&
		distance(a, c) <= length+accuracy && distance(b, c) <= length+accuracy
}

// meet reports whether the edges from a to b and from c to d have a point in common.
func meet(a, b, c, d Point) bool {
	apart := func(u, v float64) bool { return u > 0 && v < 0 || u < 0 && v > 0 }
	if apart(turn(a, b, c), turn(a, b, d)) && apart(turn(c, d, a), turn(c, d, b)) {
		return true
	}
	return onEdge(a, b, c) || onEdge(a, b, d) || onEdge(c, d, a) || onEdge(c, d, b)
}
