package detect

import (
	"fmt"
	"math"

	"bis/internal/pipeline/onnx"
)

// detrHead decodes the outputs with the given numbers.
func detrHead(labels, boxes, scores int) *head {
	return &head{kind: DETR, fit: stretched, scale: unit, decode: func(in *input, out []onnx.Tensor) ([]found, error) {
		return decodeDETR(in, out[labels], out[boxes], out[scores])
	}}
}

// decodeDETR returns the boxes as the model has them; see unscale.
func decodeDETR(in *input, labels, boxes, scores onnx.Tensor) ([]found, error) {
	var all []found
	for i, s := range scores.Floats {
		if err := checkScore(s); err != nil {
			return nil, err
		}
		if float64(s) < in.score {
			continue
		}
		label := -1
		if labels.Ints != nil {
			label = int(labels.Ints[i])
		} else if f := labels.Floats[i]; f == float32(math.Trunc(float64(f))) && f >= 0 && f < maxClasses {
			label = int(f)
		}
		if label < 0 || label >= maxClasses {
			return nil, fmt.Errorf("%w: it has an unknown class", ErrNonsense)
		}
		b := boxes.Floats[4*i:]
		all = append(all, found{
			float64(b[0]), float64(b[1]), float64(b[2]), float64(b[3]), label, float64(s),
		})
	}
	return all, nil
}

// unscale converts boxes of a model without an input for the picture's size, which are in shares of
// the input or in its pixels. Boxes of all queries tell, since nearly all are larger than a pixel.
func unscale(all []found, boxes onnx.Tensor, in *input) {
	for _, v := range boxes.Floats {
		if v > 2 {
			return
		}
	}
	for i := range all {
		f := &all[i]
		f.x0, f.x1 = f.x0*float64(in.width), f.x1*float64(in.width)
		f.y0, f.y1 = f.y0*float64(in.height), f.y1*float64(in.height)
	}
}
