package detect

import (
	"math"

	"bis/internal/pipeline/onnx"
)

// place is a place of a grid: its column, its row and the grid's stride.
type place struct{ x, y, stride float64 }

// places lists the places of all grids in the order of outputs.
func places(width, height int, strides []int) []place {
	var all []place
	for _, s := range strides {
		for y := range (height + s - 1) / s {
			for x := range (width + s - 1) / s {
				all = append(all, place{float64(x), float64(y), float64(s)})
			}
		}
	}
	return all
}

// best returns the class with the highest score of a row.
func best(scores []float32) (class int, score float32, err error) {
	score = -1
	for i, s := range scores {
		if err := checkScore(s); err != nil {
			return 0, 0, err
		}
		if s > score {
			class, score = i, s
		}
	}
	return class, score, nil
}

// yoloHead has a row for each value, or a column if the output is transposed.
func yoloHead(classes, n int, transposed bool) *head {
	return &head{kind: YOLO, fit: inMiddle, scale: unit, classes: classes, decode: func(in *input, out []onnx.Tensor) ([]found, error) {
		values := out[0].Floats
		row := make([]float32, 4+classes)
		var all []found
		for i := range n {
			if transposed {
				copy(row, values[i*len(row):])
			} else {
				for k := range row {
					row[k] = values[k*n+i]
				}
			}
			class, score, err := best(row[4:])
			if err != nil {
				return nil, err
			}
			if float64(score) >= in.score {
				all = append(all, centered(row, class, float64(score)))
			}
		}
		return all, nil
	}}
}

// centered is a box of which a row has the center and the size.
func centered(row []float32, class int, score float64) found {
	x, y, w, h := float64(row[0]), float64(row[1]), float64(row[2])/2, float64(row[3])/2
	return found{x - w, y - h, x + w, y + h, class, score}
}

// yoloxHead has a row for each place: center, size, whether it is a thing, and the classes.
func yoloxHead(classes int, strides []int) *head {
	return &head{kind: YOLOX, fit: inCorner, bgr: true, scale: [3]float32{1, 1, 1}, classes: classes, decode: func(in *input, out []onnx.Tensor) ([]found, error) {
		n := 5 + classes
		values := out[0].Floats
		decoded := isDecoded(values, n)
		var all []found
		for i, p := range places(in.width, in.height, strides) {
			row := values[i*n:][:n]
			if err := checkScore(row[4]); err != nil {
				return nil, err
			}
			class, score, err := best(row[5:])
			if err != nil {
				return nil, err
			}
			s := float64(score) * float64(row[4])
			if s < in.score {
				continue
			}
			if !decoded {
				row = []float32{
					float32((float64(row[0]) + p.x) * p.stride), float32((float64(row[1]) + p.y) * p.stride),
					float32(math.Exp(float64(row[2])) * p.stride), float32(math.Exp(float64(row[3])) * p.stride),
				}
			}
			all = append(all, centered(row, class, s))
		}
		return all, nil
	}}
}

// isDecoded reports whether the model has turned offsets in its grids into pixels. Offsets are
// small numbers, and centers in pixels are large on average.
func isDecoded(values []float32, n int) bool {
	sum, rows := 0., 0
	for i := 0; i < len(values); i += n {
		sum += math.Abs(float64(values[i])) + math.Abs(float64(values[i+1]))
		rows++
	}
	return sum > 16*2*float64(rows)
}

// NanoDet-Plus has a distribution over 8 distances for each of the four sides.
const (
	bins      = 8
	distances = 4 * bins
)

// nanoDetHead has a row for each place: the classes, and the distributions of the distances from
// the place to the four sides in strides.
func nanoDetHead(classes int, strides []int) *head {
	return &head{
		kind: NanoDet, fit: stretched, bgr: true, classes: classes,
		mean:  [3]float32{103.53, 116.28, 123.675},
		scale: [3]float32{1 / 57.375, 1 / 57.12, 1 / 58.395},
		decode: func(in *input, out []onnx.Tensor) ([]found, error) {
			n := classes + distances
			var all []found
			for i, p := range places(in.width, in.height, strides) {
				row := out[0].Floats[i*n:][:n]
				class, score, err := best(row[:classes])
				if err != nil {
					return nil, err
				}
				if float64(score) < in.score {
					continue
				}
				var d [4]float64
				for side := range d {
					d[side] = expectation(row[classes+side*bins:][:bins]) * p.stride
				}
				x, y := p.x*p.stride, p.y*p.stride
				all = append(all, found{
					max(0, x-d[0]), max(0, y-d[1]), min(float64(in.width), x+d[2]), min(float64(in.height), y+d[3]),
					class, float64(score),
				})
			}
			return all, nil
		},
	}
}

// expectation returns the mean of a distribution whose logarithms are given.
func expectation(logits []float32) float64 {
	top := math.Inf(-1)
	for _, l := range logits {
		top = max(top, float64(l))
	}
	sum, mean := 0., 0.
	for i, l := range logits {
		e := math.Exp(float64(l) - top)
		sum, mean = sum+e, mean+e*float64(i)
	}
	return mean / sum
}
