package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Type is the type of a tensor's numbers, as the ONNX format numbers it.
type Type int

// The types that a Tensor can have.
const (
	Float32 Type = 1
	Int64   Type = 7
)

// Value describes an input or an output of a model.
type Value struct {
	Name string
	// Type is as the ONNX format numbers it. Zero means that the model does not say it.
	Type Type
	// Shape has the sizes of the dimensions, and -1 for each that the model leaves open. Nil means
	// that the model does not even say how many there are.
	Shape []int
}

// Tensor is an array of numbers in any number of dimensions, the last one varying fastest. Either
// Floats or Ints has the numbers.
type Tensor struct {
	Shape  []int
	Floats []float32
	Ints   []int64
}

// size returns how many numbers a shape has, or -1 if that is more than a memory can hold.
func size(shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt32/d {
			return -1
		}
		n *= d
	}
	return n
}

// encoded is a tensor as the runtime reads it.
type encoded struct {
	kind    Type
	shape   []uint32
	numbers []byte
}

// encode returns an error unless the tensor has as many numbers as its shape says.
func (t Tensor) encode() (encoded, error) {
	e := encoded{kind: Float32}
	for _, d := range t.Shape {
		e.shape = append(e.shape, uint32(d))
	}
	n := size(t.Shape)
	switch {
	case t.Ints == nil && n == len(t.Floats):
		e.numbers = make([]byte, 4*n)
		for i, v := range t.Floats {
			binary.LittleEndian.PutUint32(e.numbers[4*i:], math.Float32bits(v))
		}
	case t.Floats == nil && n == len(t.Ints):
		e.kind, e.numbers = Int64, make([]byte, 8*n)
		for i, v := range t.Ints {
			binary.LittleEndian.PutUint64(e.numbers[8*i:], uint64(v))
		}
	default:
		return e, fmt.Errorf("%w: an input of the shape %v has %d numbers", ErrModel, t.Shape, len(t.Floats)+len(t.Ints))
	}
	return e, nil
}

// widths has the bytes of a number of each type that can be read.
var widths = map[Type]int{1: 4, 2: 1, 3: 1, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}

// decode returns a tensor from its numbers. Integers of all types become Ints, others Floats.
func decode(t Type, shape []int, b []byte) Tensor {
	n := size(shape)
	out := Tensor{Shape: shape}
	if t == 1 || t == 10 || t == 11 {
		out.Floats = make([]float32, n)
	} else {
		out.Ints = make([]int64, n)
	}
	le := binary.LittleEndian
	for i := range n {
		switch t {
		case 1:
			out.Floats[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		case 10:
			out.Floats[i] = half(le.Uint16(b[2*i:]))
		case 11:
			out.Floats[i] = float32(math.Float64frombits(le.Uint64(b[8*i:])))
		case 3:
			out.Ints[i] = int64(int8(b[i]))
		case 5:
			out.Ints[i] = int64(int16(le.Uint16(b[2*i:])))
		case 6:
			out.Ints[i] = int64(int32(le.Uint32(b[4*i:])))
		case 7:
			out.Ints[i] = int64(le.Uint64(b[8*i:]))
		default: // unsigned bytes and truth values
			out.Ints[i] = int64(b[i])
		}
	}
	return out
}

// half converts a 16-bit floating-point number.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, int(h>>10&31), float64(h&1023)
	v := float32(math.Ldexp(fraction, -24))
	switch exponent {
	case 0:
	case 31:
		v = float32(math.Inf(1))
		if fraction != 0 {
			v = float32(math.NaN())
		}
	default:
		v = float32(math.Ldexp(1024+fraction, exponent-25))
	}
	return math.Float32frombits(math.Float32bits(v) | sign)
}
