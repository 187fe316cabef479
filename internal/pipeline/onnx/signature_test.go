package onnx_test

import (
	"errors"
	"math"
	"testing"

	"bis/internal/pipeline/onnx"
)

func TestEngine_Open_survives_any_damage(t *testing.T) {
	t.Parallel()
	e := engine(t, onnx.Config{Memory: 64 << 20})
	whole := graph(t, "double")
	// Few of these reach the runtime: each damage is one that the file's reader accepts or refuses.
	for i := 0; i < len(whole); i += 37 {
		model := append([]byte(nil), whole...)
		model[i] ^= 0x55
		m, err := e.Open(t.Context(), model)
		if err != nil {
			if !errors.Is(err, onnx.ErrModel) && !errors.Is(err, onnx.ErrMemory) {
				t.Errorf("Open with the byte %d changed = %v", i, err)
			}
			continue
		}
		_, _ = m.Run(t.Context(), []onnx.Tensor{floats(1), {Shape: []int{2}, Ints: []int64{0, 0}}})
		_ = m.Close()
	}
}

func TestModel_Run_refuses_a_tensor_of_another_size(t *testing.T) {
	t.Parallel()
	m := open(t, engine(t, onnx.Config{}), "double")
	k := onnx.Tensor{Shape: []int{2}, Ints: []int64{1, 2}}
	for _, x := range []onnx.Tensor{
		{}, {Shape: []int{1, 2}, Floats: []float32{1}}, {Shape: []int{-1}, Floats: []float32{1}},
		{Shape: []int{math.MaxInt32, 2, math.MaxInt32}}, {Shape: []int{1}, Floats: []float32{1}, Ints: []int64{1}},
		{Shape: []int{1}, Ints: []int64{1}}, {Shape: []int{1, 1, 1}, Floats: []float32{1}},
	} {
		if got, err := m.Run(t.Context(), []onnx.Tensor{x, k}); !errors.Is(err, onnx.ErrModel) {
			t.Errorf("Run(%v) = %v, %v; want ErrModel", x, got, err)
		}
	}
}
