package main

import (
	"encoding/binary"
	"fmt"
)

// between is how many checks pass between two calls of the host: about a tenth of a millisecond. A
// call costs a tenth of a microsecond.
const between = 2048

// checks is what adding checks to a module needs to know.
type checks struct {
	global uint64 // the number of the global variable that counts down
	host   uint64 // the number of the host's function
	added  int
}

// code is the check: it counts down, and calls the host when it is at zero.
func (c *checks) code() []byte {
	code := binary.AppendUvarint([]byte{0x23}, c.global) // global.get
	code = append(code, 0x41, 0x01, 0x6b)                // i32.const 1, i32.sub
	code = binary.AppendUvarint(append(code, 0x24), c.global)
	code = binary.AppendUvarint(append(code, 0x23), c.global)
	code = append(code, 0x45, 0x04, 0x40) // i32.eqz, if
	code = binary.AppendUvarint(append(code, 0x10), c.host)
	code = append(code, 0x41)
	code = append(code, signed(between)...)
	code = binary.AppendUvarint(append(code, 0x24), c.global)
	return append(code, 0x0b) // end
}

// signed encodes a positive signed number.
func signed(n uint64) []byte {
	b := binary.AppendUvarint(nil, n)
	if last := len(b) - 1; b[last]&0x40 != 0 {
		b[last] |= 0x80
		b = append(b, 0)
	}
	return b
}

// interruptible returns the module with a check at the start of each loop that contains a loop or a
// call. An innermost loop without a call runs over data, so it ends by itself. The second result is
// the number of checks.
func (m *module) interruptible(exported string, host int) (wasm []byte, added int, err error) {
	c := &checks{host: uint64(host)}
	wasm = []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range m.sections {
		body := s.body
		switch s.id {
		case sectionGlobal:
			// A mutable i32 that starts with between.
			variable := append(append([]byte{0x7f, 0x01, 0x41}, signed(between)...), 0x0b)
			c.global, body, err = appended(body, variable)
		case sectionExport:
			e := append(binary.AppendUvarint(nil, uint64(len(exported))), exported...)
			_, body, err = appended(body, binary.AppendUvarint(append(e, 0x03), c.global))
		case sectionCode:
			body, err = c.addAll(body)
		}
		if err != nil {
			return nil, 0, err
		}
		wasm = append(wasm, s.id)
		wasm = binary.AppendUvarint(wasm, uint64(len(body)))
		wasm = append(wasm, body...)
	}
	return wasm, c.added, nil
}

// appended adds an entry to a section that is a list. It also returns the entry's number.
func appended(list, entry []byte) (n uint64, out []byte, err error) {
	r := &reader{b: list}
	n = r.uint()
	out = append(binary.AppendUvarint(nil, n+1), list[r.at:]...)
	return n, append(out, entry...), r.err
}

// addAll adds the checks to all functions of a code section.
func (c *checks) addAll(code []byte) (out []byte, err error) {
	r := &reader{b: code}
	n := r.uint()
	out = binary.AppendUvarint(nil, n)
	for i := range n {
		f, err := c.add(r.bytes(r.uint()))
		if err != nil {
			return nil, fmt.Errorf("function %d: %w", i, err)
		}
		out = binary.AppendUvarint(out, uint64(len(f)))
		out = append(out, f...)
	}
	if r.more() {
		r.fail("bytes after the last function")
	}
	return out, r.err
}

// block is an open block of a function.
type block struct {
	start int  // of a loop: where its first instruction is; otherwise zero
	outer bool // it contains a loop or a call
}

// add adds the checks to one function.
func (c *checks) add(f []byte) (out []byte, err error) {
	r := &reader{b: f}
	for range r.uint() { // local variables
		r.uint()
		r.byte()
	}
	open := []block{{}}
	guarded := map[int]bool{}
	for len(open) > 0 && r.err == nil {
		op := r.byte()
		r.operands(op)
		top := &open[len(open)-1]
		switch op {
		case 0x02, 0x04: // block, if
			open = append(open, block{})
		case 0x03: // loop
			open = append(open, block{start: r.at})
		case 0x10, 0x11: // call, call_indirect
			top.outer = true
		case 0x0b: // end
			done := *top
			open = open[:len(open)-1]
			if done.start > 0 && done.outer {
				guarded[done.start] = true
			}
			if len(open) > 0 && (done.outer || done.start > 0) {
				open[len(open)-1].outer = true
			}
		}
	}
	if r.more() {
		r.fail("bytes after the end")
	}
	c.added += len(guarded)
	code := c.code()
	for i, b := range f {
		if guarded[i] {
			out = append(out, code...)
		}
		out = append(out, b)
	}
	return out, r.err
}

// operands skips what follows an opcode.
func (r *reader) operands(op byte) {
	switch {
	case op == 0x02 || op == 0x03 || op == 0x04: // block, loop, if
		r.int()
	case op == 0x0c || op == 0x0d || op == 0x10: // br, br_if, call
		r.uint()
	case op == 0x0e: // br_table
		for range r.uint() + 1 {
			r.uint()
			if r.err != nil {
				return
			}
		}
	case op == 0x11: // call_indirect
		r.uint()
		r.uint()
	case op >= 0x20 && op <= 0x26: // locals, globals, tables
		r.uint()
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.uint()
		r.uint()
	case op == 0x3f || op == 0x40: // memory.size, memory.grow
		r.uint()
	case op == 0x41 || op == 0x42: // i32.const, i64.const
		r.int()
	case op == 0x43: // f32.const
		r.bytes(4)
	case op == 0x44: // f64.const
		r.bytes(8)
	case op == 0xfc:
		r.wide(r.uint())
	case op == 0xfd:
		r.vector(r.uint())
	case op <= 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xc4:
	default:
		r.fail("unknown instruction %#x", op)
	}
}

// wide skips the operands of the instructions with the prefix 0xfc.
func (r *reader) wide(op uint64) {
	switch {
	case op <= 7: // saturating conversions
	case op == 8, op == 10, op == 12, op == 14: // init and copy
		r.uint()
		r.uint()
	case op == 9, op == 11, op == 13, op >= 15 && op <= 17:
		r.uint()
	default:
		r.fail("unknown instruction 0xfc %d", op)
	}
}

// vector skips the operands of the instructions with the prefix 0xfd.
func (r *reader) vector(op uint64) {
	switch {
	case op <= 11, op == 92, op == 93: // loads and stores
		r.uint()
		r.uint()
	case op == 12, op == 13: // v128.const, i8x16.shuffle
		r.bytes(16)
	case op >= 21 && op <= 34: // lanes
		r.byte()
	case op >= 84 && op <= 91: // loads and stores of a lane
		r.uint()
		r.uint()
		r.byte()
	case op > 275:
		r.fail("unknown instruction 0xfd %d", op)
	}
}
