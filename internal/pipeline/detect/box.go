package detect

import (
	"cmp"
	"slices"
)

// Box is a thing that was found in a picture.
type Box struct {
	// X0, Y0, X1 and Y1 are the left, upper, right and lower edge, in pixels of the picture.
	X0, Y0, X1, Y1 float64
	Class          string  // lower-case, such as "person"
	Score          float64 // 0 to 1
}

func (b Box) area() float64 { return max(0, b.X1-b.X0) * max(0, b.Y1-b.Y0) }

// common returns the area that two boxes share.
func (b Box) common(o Box) float64 {
	w := min(b.X1, o.X1) - max(b.X0, o.X0)
	h := min(b.Y1, o.Y1) - max(b.Y0, o.Y0)
	return max(0, w) * max(0, h)
}

// overlap returns the shared area of two boxes in shares of the area that they cover together.
func (b Box) overlap(o Box) float64 {
	common := b.common(o)
	if common == 0 {
		return 0
	}
	return common / (b.area() + o.area() - common)
}

// seen is a box and the view of the picture that it was found in.
type seen struct {
	Box
	view int
}

// merge removes boxes of which another of the same class is the better one: boxes that overlap by
// more than overlap with a box of a higher score, and boxes of which more than within lies in a box
// of another view. The latter are people whom the edge of a view cuts. The result is sorted by
// score.
func merge(all []seen, overlap, within float64) []Box {
	slices.SortStableFunc(all, func(a, b seen) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.X0, b.X0), cmp.Compare(a.Y0, b.Y0),
			cmp.Compare(a.Class, b.Class), cmp.Compare(a.view, b.view))
	})
	var left []seen
	for _, b := range all {
		if !slices.ContainsFunc(left, func(o seen) bool { return o.Class == b.Class && o.overlap(b.Box) > overlap }) {
			left = append(left, b)
		}
	}
	boxes := []Box{}
	for _, b := range left {
		if !slices.ContainsFunc(left, func(o seen) bool { return contains(o, b, within) }) {
			boxes = append(boxes, b.Box)
		}
	}
	return boxes
}

// contains reports whether so much of a box lies in a larger one of another view.
func contains(o, b seen, within float64) bool {
	return o.view != b.view && o.Class == b.Class && o.area() > b.area() && o.common(b.Box) > within*b.area()
}
