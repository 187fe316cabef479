package remote

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
)

// Bounds of an answer.
const (
	maxBoxes = 1000
	maxLabel = 64 // bytes
)

// prediction is a found thing. Its edges are pixels of the picture.
type prediction struct {
	Label      string
	Confidence *float64
	XMin       *float64 `json:"x_min"`
	YMin       *float64 `json:"y_min"`
	XMax       *float64 `json:"x_max"`
	YMax       *float64 `json:"y_max"`
}

// boxes returns the boxes of an answer for a picture of a size, by falling score.
func boxes(answer []byte, width, height int, score float64) ([]pipeline.Box, error) {
	var a struct {
		Success     *bool
		Predictions []prediction
	}
	if err := json.Unmarshal(answer, &a); err != nil || a.Success == nil {
		return nil, counting.Faultf(counting.Nonsense, "the detector's answer is no list of predictions")
	}
	if !*a.Success {
		return nil, counting.Faultf(counting.Refused, "the detector reports a failure")
	}
	if len(a.Predictions) > maxBoxes {
		return nil, counting.Faultf(counting.Nonsense, "the detector's answer has more than %d boxes", maxBoxes)
	}
	found := []pipeline.Box{}
	for _, p := range a.Predictions {
		b, ok := p.box(float64(width), float64(height))
		if !ok {
			return nil, counting.Faultf(counting.Nonsense, "the detector's answer has a box that cannot be")
		}
		if b.Score >= score && b.X0 < b.X1 && b.Y0 < b.Y1 { // else it is a line, at an edge
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b pipeline.Box) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return found, nil
}

// box returns a prediction as a box, cut at the picture's edges. It reports whether the prediction
// can be: all numbers are there and in order, and some of the box lies in the picture.
func (p prediction) box(width, height float64) (b pipeline.Box, ok bool) {
	for _, v := range []*float64{p.Confidence, p.XMin, p.YMin, p.XMax, p.YMax} {
		if v == nil {
			return b, false
		}
	}
	b = pipeline.Box{
		X0: max(0, *p.XMin/width), Y0: max(0, *p.YMin/height),
		X1: min(1, *p.XMax/width), Y1: min(1, *p.YMax/height),
		Name: label(p.Label), Score: *p.Confidence,
	}
	return b, b.Name != "" && b.X0 <= b.X1 && b.Y0 <= b.Y1 && b.Score >= 0 && b.Score <= 1
}

// label returns a label in the usual form of a class, or "" if it cannot be one.
func label(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if len(s) > maxLabel || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return s
}
