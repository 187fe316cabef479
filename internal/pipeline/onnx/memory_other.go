//go:build !unix

package onnx

// block is memory of which a growing part is usable.
type block struct{ reserved []byte }

// reserve reserves memory, which the system provides when it is first used.
func (b *block) reserve(size uint64) { b.reserved = make([]byte, size) }

// commit reports whether the first size bytes are usable.
func (b *block) commit(size uint64) bool { return size <= uint64(len(b.reserved)) }

// free releases the memory. Nothing may use the block any more.
func (b *block) free() { b.reserved = nil }
