//go:build unix

package onnx

import "golang.org/x/sys/unix"

// block is address space of which a growing part is usable. It is not of Go's heap, so that its
// size does not count for the garbage collector, and that it is returned at once.
type block struct {
	reserved []byte
	usable   uint64
}

// reserve reserves address space. After a failure the block has none.
func (b *block) reserve(size uint64) {
	b.reserved, _ = unix.Mmap(-1, 0, int(size), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
}

// commit makes the first size bytes usable. It reports whether the system has that much.
func (b *block) commit(size uint64) bool {
	if size <= b.usable {
		return true
	}
	if unix.Mprotect(b.reserved[b.usable:size], unix.PROT_READ|unix.PROT_WRITE) != nil {
		return false
	}
	b.usable = size
	return true
}

// free returns the address space. Nothing may use the block any more.
func (b *block) free() {
	if b.reserved != nil {
		_ = unix.Munmap(b.reserved)
	}
	*b = block{}
}
