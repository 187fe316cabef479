package detect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"bis/internal/pipeline/onnx"
)

// Config has the settings of a Detector.
type Config struct {
	Engine *onnx.Engine
	// Model is the content of the model's file; see ReadModel. The detector retains it.
	Model []byte
	// Kind is the kind of the model. Empty means that it is recognised.
	Kind Kind
	// Classes are the names of the model's classes. Nil means those of the model's metadata, or
	// COCO's if the model has 80 classes and no names.
	Classes []string
	// Score is the least score of a box. Zero means 0.25.
	Score float64
	// Overlap is the share of two boxes of a class from which on they are one. Zero means 0.6.
	Overlap float64
	// Within is the share of a box that may lie in a box of another tile. Zero means 0.75.
	Within float64
	// Whole makes the detector read pictures as a whole alone, which takes a third of the time.
	Whole bool
}

// Detector finds things in pictures. It is safe for concurrent use; one picture is read at a time.
type Detector struct {
	cfg           Config
	model         *onnx.Model
	head          *head
	width, height int // of the input
	picture       int // number of the input for the picture
	sizes         int // number of the input for the picture's size; -1: none
}

// defaultSide is the width and height of an input whose size the model leaves open.
const defaultSide = 640

// ReadModel reads a model's file. A file that is too large is refused before it is read.
func ReadModel(name string) ([]byte, error) { return readFile(name, onnx.MaxModel) }

// New opens a model and runs it once. The error is onnx's, or ErrHead if the model fits no head, or
// ErrNonsense.
func New(ctx context.Context, cfg Config) (*Detector, error) {
	if cfg.Engine == nil {
		return nil, errors.New("detect: an engine is missing")
	}
	if cfg.Kind != "" && !slices.Contains(Kinds, cfg.Kind) {
		return nil, fmt.Errorf("detect: there is no kind %q", cfg.Kind)
	}
	for _, share := range []float64{cfg.Score, cfg.Overlap, cfg.Within} {
		if !(share >= 0 && share <= 1) {
			return nil, errors.New("detect: thresholds must be between 0 and 1")
		}
	}
	cfg.Score, cfg.Overlap, cfg.Within = cmp.Or(cfg.Score, .25), cmp.Or(cfg.Overlap, .6), cmp.Or(cfg.Within, .75)
	m, err := cfg.Engine.Open(ctx, cfg.Model)
	if err != nil {
		return nil, err
	}
	cfg.Model = nil
	d := &Detector{cfg: cfg, model: m}
	if err := d.prepare(ctx); err != nil {
		_ = m.Close()
		return nil, err
	}
	return d, nil
}

// Kind returns the kind of the model.
func (d *Detector) Kind() Kind { return d.head.kind }

// Classes returns the names of the classes that the detector can find.
func (d *Detector) Classes() []string { return slices.Clone(d.cfg.Classes) }

// Prepare makes the detector ready again after a picture that was not read; see onnx.Model.Prepare.
func (d *Detector) Prepare(ctx context.Context) error { return d.model.Prepare(ctx) }

// Close releases the model. It waits for a picture that is being read.
func (d *Detector) Close() error { return d.model.Close() }

// prepare finds the model's inputs, its head and its classes. It runs the model on a grey picture.
func (d *Detector) prepare(ctx context.Context) error {
	if err := d.findInputs(); err != nil {
		return err
	}
	names := d.cfg.Classes
	if names == nil {
		names = metadataClasses(d.model.Metadata())
	} else {
		var err error
		if names, err = checkClasses(names); err != nil {
			return fmt.Errorf("%w: %w", ErrHead, err)
		}
	}
	grey := &head{scale: unit}
	p := newPixels(image.NewRGBA(image.Rect(0, 0, d.width, d.height)))
	for i := range p.rgb {
		p.rgb[i] = padding
	}
	whole := view{width: d.width, height: d.height}
	outputs, err := d.run(ctx, grey.tensor(p, whole, stretched.place(whole, d.width, d.height, 1)), whole)
	if err != nil {
		return err
	}
	d.head, err = recognise(d.cfg.Kind, d.model.Outputs(), outputs, d.width, d.height, len(names))
	if err != nil {
		return err
	}
	if names == nil {
		if n := d.head.classes; n != 0 && n != len(coco) {
			return fmt.Errorf("%w: it has %d classes and no names for them; the names must be given", ErrHead, n)
		}
		names = coco
	}
	d.cfg.Classes = names
	_, err = d.read(ctx, p, whole)
	return err
}

// findInputs finds the input for the picture, its size, and the input for the picture's size.
func (d *Detector) findInputs() error {
	d.picture, d.sizes = -1, -1
	all := d.model.Inputs()
	for i, v := range all {
		switch {
		case len(v.Shape) == 4 && v.Type == onnx.Float32 && d.picture < 0:
			d.picture = i
		case v.Type == onnx.Int64 && len(v.Shape) <= 2 && d.sizes < 0:
			d.sizes = i
		default:
			d.picture = len(all) // one input too many
		}
	}
	if d.picture < 0 || d.picture >= len(all) {
		return fmt.Errorf("%w: its inputs are %s; expected is one of [1, 3, height, width] in 32-bit numbers, "+
			"and perhaps orig_target_sizes [1, 2]", ErrHead, describe(all, nil))
	}
	s := all[d.picture].Shape
	if s[0] > 1 || s[1] != 3 && s[1] != -1 {
		return fmt.Errorf("%w: its input is %s; expected is [1, 3, height, width]", ErrHead, describe(all, nil))
	}
	side := metadataSide(d.model.Metadata())
	d.height, d.width = s[2], s[3]
	if d.height < 0 {
		d.height = side[0]
	}
	if d.width < 0 {
		d.width = side[1]
	}
	const least, most = 32, 2048
	if min(d.width, d.height) < least || max(d.width, d.height) > most {
		return fmt.Errorf("%w: its input has %d x %d pixels; %d to %d are possible", ErrHead, d.width, d.height, least, most)
	}
	return nil
}

// metadataSide returns the height and width that the model's metadata suggests.
func metadataSide(metadata map[string]string) [2]int {
	side := [2]int{defaultSide, defaultSide}
	parts := strings.Split(strings.Trim(metadata["imgsz"], "[]() "), ",")
	for i := range side {
		n, err := strconv.Atoi(strings.TrimSpace(parts[min(i, len(parts)-1)]))
		if err != nil {
			return [2]int{defaultSide, defaultSide}
		}
		side[i] = n
	}
	return side
}

// run runs the model on a view of a picture.
func (d *Detector) run(ctx context.Context, picture onnx.Tensor, v view) ([]onnx.Tensor, error) {
	inputs := make([]onnx.Tensor, 1, 2)
	inputs[0] = picture
	if d.sizes >= 0 {
		size := onnx.Tensor{Shape: []int{1, 2}, Ints: []int64{int64(v.width), int64(v.height)}}
		inputs = slices.Insert(inputs, d.sizes, size)
	}
	return d.model.Run(ctx, inputs)
}

// read returns the boxes of a view that have a sufficient score, in pixels of the picture.
func (d *Detector) read(ctx context.Context, p *pixels, v view) ([]Box, error) {
	in := d.head.fit.place(v, d.width, d.height, d.cfg.Score)
	outputs, err := d.run(ctx, d.head.tensor(p, v, in), v)
	if err != nil {
		return nil, err
	}
	// The shapes may depend on the picture, and the head was recognised on another.
	again, err := recognise(d.head.kind, d.model.Outputs(), outputs, d.width, d.height, d.head.classes)
	if err != nil || again.classes != d.head.classes {
		return nil, fmt.Errorf("%w: its outputs have changed to %s", ErrNonsense, describe(d.model.Outputs(), outputs))
	}
	all, err := again.decode(in, outputs)
	if err != nil {
		return nil, err
	}
	if d.head.kind == DETR {
		if d.sizes >= 0 {
			in.width, in.height, in.across, in.below = v.width, v.height, v.width, v.height
		} else {
			unscale(all, boxesOf(outputs), in)
		}
	}
	boxes := []Box{}
	for _, f := range all {
		b, ok, err := d.box(f, in, v)
		if err != nil {
			return nil, err
		}
		if ok {
			boxes = append(boxes, b)
		}
	}
	return boxes, nil
}

// boxesOf returns the output that has boxes.
func boxesOf(outputs []onnx.Tensor) onnx.Tensor {
	return outputs[slices.IndexFunc(outputs, func(t onnx.Tensor) bool { return len(t.Shape) == 3 })]
}

// box returns a found box in pixels of the picture, cut at the edges of the view. It reports
// whether anything of it lies in the view and its class has a name.
func (d *Detector) box(f found, in *input, v view) (b Box, ok bool, err error) {
	b.X0, b.Y0, b.X1, b.Y1 = in.box(f, v)
	for _, side := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
		if math.IsNaN(side) || math.IsInf(side, 0) {
			return b, false, fmt.Errorf("%w: it has a box at %v", ErrNonsense, side)
		}
	}
	width, height := float64(v.width), float64(v.height)
	b.X0, b.X1 = float64(v.x)+min(width, max(0, b.X0)), float64(v.x)+min(width, max(0, b.X1))
	b.Y0, b.Y1 = float64(v.y)+min(height, max(0, b.Y0)), float64(v.y)+min(height, max(0, b.Y1))
	if f.class >= len(d.cfg.Classes) || b.area() <= 0 {
		return b, false, nil
	}
	b.Class, b.Score = d.cfg.Classes[f.class], min(1, f.score)
	return b, true, nil
}
