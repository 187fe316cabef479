package detect

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"bis/internal/pipeline/onnx"
)

// Kind is a family of networks, told apart by their outputs.
type Kind string

// The kinds of networks; see the package comment.
const (
	DETR    Kind = "detr"
	YOLOX   Kind = "yolox"
	YOLO    Kind = "yolo"
	NanoDet Kind = "nanodet"
)

// Kinds are all kinds.
var Kinds = []Kind{DETR, YOLOX, YOLO, NanoDet}

// The errors of models and their answers.
var (
	// ErrHead means that a model fits no head, or not the given one.
	ErrHead = errors.New("the model is no detector of a known kind")
	// ErrNonsense means that a model's answer cannot be: a score that is no number, for instance.
	ErrNonsense = errors.New("the model's answer is nonsense")
)

// head decodes the outputs of one model.
type head struct {
	kind    Kind
	fit     fitting
	bgr     bool
	mean    [3]float32 // of the channels, in the order of the input
	scale   [3]float32 // by which a value less the mean is multiplied
	classes int        // 0: as many as there are names
	decode  func(in *input, outputs []onnx.Tensor) ([]found, error)
}

// found is a box in pixels of a model's input.
type found struct {
	x0, y0, x1, y1 float64
	class          int
	score          float64
}

// fitting is how a picture is placed in a model's input.
type fitting int

const (
	stretched fitting = iota
	inCorner
	inMiddle
)

// input is a model's input and where the picture is in it.
type input struct {
	width, height            int // of the input
	left, top, across, below int // place and size of the picture in it
	score                    float64
}

// place fits a view into an input.
func (f fitting) place(v view, width, height int, score float64) *input {
	in := &input{width: width, height: height, across: width, below: height, score: score}
	if f == stretched {
		return in
	}
	r := min(float64(width)/float64(v.width), float64(height)/float64(v.height))
	in.across = max(1, int(math.Round(float64(v.width)*r)))
	in.below = max(1, int(math.Round(float64(v.height)*r)))
	if f == inCorner {
		in.across, in.below = max(1, int(float64(v.width)*r)), max(1, int(float64(v.height)*r))
	} else {
		in.left = int(math.Round(float64(width-in.across)/2 - .1))
		in.top = int(math.Round(float64(height-in.below)/2 - .1))
	}
	return in
}

// box returns a found box in pixels of a view.
func (in *input) box(f found, v view) (x0, y0, x1, y1 float64) {
	sx, sy := float64(v.width)/float64(in.across), float64(v.height)/float64(in.below)
	return (f.x0 - float64(in.left)) * sx, (f.y0 - float64(in.top)) * sy,
		(f.x1 - float64(in.left)) * sx, (f.y1 - float64(in.top)) * sy
}

// padding is the grey around a picture that does not fill the input.
const padding = 114

// tensor returns a view of a picture as the model's input.
func (h *head) tensor(p *pixels, v view, in *input) onnx.Tensor {
	small := p.scaled(v, in.across, in.below)
	plane := in.width * in.height
	t := onnx.Tensor{Shape: []int{1, 3, in.height, in.width}, Floats: make([]float32, 3*plane)}
	for c := range 3 {
		from := c
		if h.bgr {
			from = 2 - c
		}
		var values [256]float32
		for i := range values {
			values[i] = (float32(i) - h.mean[c]) * h.scale[c]
		}
		out := t.Floats[c*plane:][:plane]
		if in.across < in.width || in.below < in.height {
			for i := range out {
				out[i] = values[padding]
			}
		}
		for y := range in.below {
			row := out[(in.top+y)*in.width+in.left:][:in.across]
			px := small.rgb[3*y*in.across:]
			for x := range row {
				row[x] = values[px[3*x+from]]
			}
		}
	}
	return t
}

// unit is the scale of values from 0 to 1.
var unit = [3]float32{1 / 255., 1 / 255., 1 / 255.}

// checkScore returns an error unless a score is between 0 and 1. Rounding may exceed the bounds by
// a little.
func checkScore(s float32) error {
	if s >= -1e-3 && s <= 1+1e-3 {
		return nil
	}
	return fmt.Errorf("%w: it has a score of %v", ErrNonsense, s)
}

// describe lists values for an error.
func describe(values []onnx.Value, outputs []onnx.Tensor) string {
	var all []string
	for i, v := range values {
		shape := v.Shape
		if outputs != nil {
			shape = outputs[i].Shape
		}
		all = append(all, fmt.Sprintf("%.40q %v", v.Name, shape))
		if len(all) == 6 {
			break
		}
	}
	return strings.Join(all, ", ")
}
