package detect

import (
	"fmt"
	"strings"

	"bis/internal/pipeline/onnx"
)

// points returns how many places the grids of some strides have on an input.
func points(width, height int, strides []int) int {
	n := 0
	for _, s := range strides {
		n += (width + s - 1) / s * ((height + s - 1) / s)
	}
	return n
}

// The strides of grids, in pixels of the input.
var (
	three = []int{8, 16, 32}
	four  = []int{8, 16, 32, 64}
)

// grid returns the strides whose grids have n places, or nil.
func grid(n, width, height int) []int {
	for _, strides := range [][]int{three, four} {
		if n == points(width, height, strides) {
			return strides
		}
	}
	return nil
}

// expected says which outputs are known.
const expected = "expected are labels, boxes and scores (detr), [1, places, 5 + classes] (yolox), " +
	"[1, 4 + classes, places] (yolo) or [1, places, classes + 32] (nanodet)"

// recognise returns the head that fits a model's outputs, of a kind if one is given. names is how
// many class names are known; 0 means that nobody knows.
func recognise(kind Kind, values []onnx.Value, outputs []onnx.Tensor, width, height, names int) (*head, error) {
	if h := recogniseDETR(values, outputs); h != nil && (kind == "" || kind == DETR) {
		return h, nil
	}
	var fits []*head
	if len(outputs) == 1 {
		for _, h := range denseHeads(outputs[0], width, height) {
			if (kind == "" || kind == h.kind) && (names == 0 || names == h.classes) {
				fits = append(fits, h)
			}
		}
	}
	found := fmt.Sprintf("its outputs are %s for an input of %d x %d", describe(values, outputs), width, height)
	if names > 0 {
		found += fmt.Sprintf(" and %d class names", names)
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		// Without names only the classes of COCO tell the kinds apart.
		for _, h := range fits {
			if h.classes == len(coco) {
				return h, nil
			}
		}
		return nil, fmt.Errorf("%w: %s, which may be %s or %s; its kind must be given",
			ErrHead, found, fits[0].kind, fits[1].kind)
	case kind != "":
		return nil, fmt.Errorf("%w: %s, which is not %s; %s", ErrHead, found, kind, expected)
	}
	return nil, fmt.Errorf("%w: %s; %s", ErrHead, found, expected)
}

// denseHeads returns the heads that one output with a row or a column for each place may have.
func denseHeads(t onnx.Tensor, width, height int) []*head {
	if len(t.Shape) != 3 || t.Shape[0] != 1 || t.Floats == nil {
		return nil
	}
	rows, columns := t.Shape[1], t.Shape[2]
	var all []*head
	if grid(columns, width, height) != nil && rows > 4 {
		all = append(all, yoloHead(rows-4, columns, false))
	}
	strides := grid(rows, width, height)
	if strides == nil {
		return all
	}
	// NanoDet-Plus has four strides, the others have three, or four for large inputs.
	if columns > distances {
		all = append(all, nanoDetHead(columns-distances, strides))
	}
	if len(strides) == 3 || len(all) == 0 {
		if columns > 5 {
			all = append(all, yoloxHead(columns-5, strides))
		}
		if columns > 4 {
			all = append(all, yoloHead(columns-4, rows, true))
		}
	}
	return all
}

// recogniseDETR returns the head of outputs for boxes, scores and labels, or nil.
func recogniseDETR(values []onnx.Value, outputs []onnx.Tensor) *head {
	labels, boxes, scores := -1, -1, -1
	for i, t := range outputs {
		name := strings.ToLower(values[i].Name)
		switch {
		case len(t.Shape) == 3 && t.Shape[2] == 4 && t.Floats != nil:
			boxes = i
		case len(t.Shape) == 2 && strings.Contains(name, "score") && t.Floats != nil:
			scores = i
		case len(t.Shape) == 2 && (t.Ints != nil || strings.Contains(name, "label")):
			labels = i
		case len(t.Shape) == 2 && t.Floats != nil && scores < 0:
			scores = i
		}
	}
	if labels < 0 || boxes < 0 || scores < 0 || len(outputs) != 3 {
		return nil
	}
	n := outputs[boxes].Shape[1]
	if outputs[scores].Shape[1] != n || outputs[labels].Shape[1] != n || outputs[boxes].Shape[0] != 1 {
		return nil
	}
	return detrHead(labels, boxes, scores)
}
