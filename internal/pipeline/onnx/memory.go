package onnx

import "github.com/tetratelabs/wazero/experimental"

// bounded allocates the memory of one module.
type bounded struct {
	block block
	full  bool // the module was refused memory
}

// Allocate reserves the memory's address space. A second memory is refused.
func (b *bounded) Allocate(_, limit uint64) experimental.LinearMemory {
	if b.block.reserved == nil {
		b.block.reserve(limit)
	}
	return b
}

// Reallocate makes the first size bytes usable. Their address does not change.
func (b *bounded) Reallocate(size uint64) []byte {
	if size > uint64(len(b.block.reserved)) || !b.block.commit(size) {
		return nil
	}
	return b.block.reserved[:size]
}

// Free returns the memory to the system.
func (b *bounded) Free() { b.block.free() }
