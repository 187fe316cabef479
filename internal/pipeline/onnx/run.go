package onnx

import (
	"context"
	"fmt"
)

// run computes the session's outputs. It releases all that it allocates, unless it fails.
func (in *instance) run(ctx context.Context, inputs []encoded) ([]Tensor, error) {
	var owned []uint32 // allocated memory
	free := func(at uint32, err error) (uint32, error) {
		owned = append(owned, at)
		return at, err
	}
	tensors := make([]uint32, len(inputs))
	for i, t := range inputs {
		at, err := free(in.put(ctx, t.numbers))
		if err != nil {
			return nil, err
		}
		dims, err := free(in.putAll(ctx, t.shape))
		if err != nil {
			return nil, err
		}
		const inMemory = 1
		tensors[i], err = in.handle(ctx, fnOrtCreateTensor,
			uint64(t.kind), uint64(at), uint64(len(t.numbers)), uint64(dims), uint64(len(t.shape)), inMemory)
		if err != nil {
			return nil, err
		}
	}
	lists := [4]uint32{}
	for i, list := range [][]uint32{in.inputs, tensors, in.outputs, make([]uint32, len(in.outputs))} {
		var err error
		if lists[i], err = free(in.putAll(ctx, list)); err != nil {
			return nil, err
		}
	}
	err := in.must(ctx, fnOrtRun, uint64(in.session), uint64(lists[0]), uint64(lists[1]), uint64(len(inputs)),
		uint64(lists[2]), uint64(len(in.outputs)), uint64(lists[3]), 0)
	if err != nil {
		return nil, err
	}
	outputs := make([]Tensor, len(in.outputs))
	for i := range outputs {
		t, _ := in.mod.Memory().ReadUint32Le(lists[3] + 4*uint32(i))
		if outputs[i], err = in.read(ctx, t); err != nil {
			return nil, err
		}
		tensors = append(tensors, t)
	}
	return outputs, in.release(ctx, tensors, owned)
}

// release releases tensors and memory.
func (in *instance) release(ctx context.Context, tensors, owned []uint32) error {
	for _, t := range tensors {
		if _, err := in.call(ctx, fnOrtReleaseTensor, uint64(t)); err != nil {
			return err
		}
	}
	for _, at := range owned {
		if _, err := in.call(ctx, fnFree, uint64(at)); err != nil {
			return err
		}
	}
	return nil
}

// read copies a tensor out of the memory.
func (in *instance) read(ctx context.Context, tensor uint32) (t Tensor, err error) {
	at, err := in.put(ctx, make([]byte, 16)) // type, data, dimensions, their number
	if err != nil {
		return t, err
	}
	err = in.must(ctx, fnOrtGetTensorData, uint64(tensor), uint64(at), uint64(at+4), uint64(at+8), uint64(at+12))
	if err != nil {
		return t, err
	}
	var head [4]uint32
	for i := range head {
		head[i], _ = in.mod.Memory().ReadUint32Le(at + 4*uint32(i))
	}
	kind, data, dims, rank := Type(head[0]), head[1], head[2], head[3]
	width := widths[kind]
	if width == 0 || rank > 16 {
		return t, errRuntime(fmt.Sprintf("an output of the type %d with %d dimensions cannot be read", kind, rank))
	}
	shape := make([]int, rank)
	for i := range shape {
		d, _ := in.mod.Memory().ReadUint32Le(dims + 4*uint32(i))
		shape[i] = int(d)
	}
	n := size(shape)
	if n < 0 || n > MaxModel/8 {
		return t, errRuntime(fmt.Sprintf("an output of the shape %v is too large", shape))
	}
	b, ok := in.mod.Memory().Read(data, uint32(n*width))
	if !ok {
		return t, errRuntime("an output is outside of the memory")
	}
	t = decode(kind, shape, b)
	if _, err := in.call(ctx, fnOrtFree, uint64(dims)); err != nil {
		return t, err
	}
	_, err = in.call(ctx, fnFree, uint64(at))
	return t, err
}
