package measure

import (
	"cmp"
	"math"
	"slices"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// foundIn returns the boxes of the people of each counted look, in the order of time.
func foundIn(looks []look) [][]pipeline.Box {
	found := make([][]pipeline.Box, 0, len(looks))
	for i := range looks {
		if looks[i].verdict == known {
			found = append(found, looks[i].found())
		}
	}
	return found
}

// found returns the boxes of a look's people, from left to right. A group is cut into boxes side by
// side.
func (l *look) found() []pipeline.Box {
	boxes := make([]pipeline.Box, 0, l.people)
	w, h := float64(l.size.X), float64(l.size.Y)
	for i := range l.blobs {
		b := &l.blobs[i]
		if !b.person {
			continue
		}
		n := float64(b.people)
		wide := float64(b.w()) / n
		for k := range b.people {
			left := float64(b.x0) + float64(k)*wide
			boxes = append(boxes, pipeline.Box{
				X0: decimals(left / w), Y0: decimals(float64(b.y0) / h),
				X1: decimals((left + wide) / w), Y1: decimals(float64(b.y1) / h),
				Name: briefing.Person,
			})
		}
	}
	slices.SortFunc(boxes, func(a, b pipeline.Box) int { return cmp.Compare(a.X0, b.X0) })
	return boxes
}

// decimals rounds to four decimals.
func decimals(v float64) float64 { return math.Round(v*1e4) / 1e4 }
