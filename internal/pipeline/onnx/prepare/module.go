package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sections of a module that are read here.
const (
	sectionType   = 1
	sectionImport = 2
	sectionGlobal = 6
	sectionExport = 7
	sectionCode   = 10
)

// section is a section's number and content.
type section struct {
	id   byte
	body []byte
}

// signature is a function's parameters and results, a byte for each type.
type signature struct{ params, results string }

// imported is a function that the module imports.
type imported struct {
	module, name string
	signature
}

// module is a WebAssembly module, cut into its sections.
type module struct {
	sections []section
	imports  []imported
}

// reader reads the binary format. After the first fault it has an error and returns zeros.
type reader struct {
	b   []byte
	at  int
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("byte %d: %s", r.at, fmt.Sprintf(format, args...))
	}
}

func (r *reader) byte() byte {
	if r.err != nil || r.at >= len(r.b) {
		r.fail("unexpected end")
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

// int skips a signed number.
func (r *reader) int() {
	for r.byte() >= 0x80 {
		continue
	}
}

// uint reads an unsigned number.
func (r *reader) uint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.b[r.at:])
	if n <= 0 {
		r.fail("malformed number")
		return 0
	}
	r.at += n
	return v
}

func (r *reader) bytes(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)-r.at) {
		r.fail("unexpected end")
		return nil
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at]
}

func (r *reader) text() string { return string(r.bytes(r.uint())) }

func (r *reader) more() bool { return r.err == nil && r.at < len(r.b) }

// parse cuts a module into its sections and reads its imports.
func parse(wasm []byte) (*module, error) {
	const magic = "\x00asm\x01\x00\x00\x00"
	if !bytes.HasPrefix(wasm, []byte(magic)) {
		return nil, errors.New("not a WebAssembly module of version 1")
	}
	m, r := &module{}, &reader{b: wasm, at: len(magic)}
	var types []signature
	for r.more() {
		s := section{id: r.byte(), body: r.bytes(r.uint())}
		m.sections = append(m.sections, s)
		in := &reader{b: s.body}
		switch s.id {
		case sectionType:
			types = readTypes(in)
		case sectionImport:
			m.imports = readImports(in, types)
		}
		if in.err != nil {
			return nil, fmt.Errorf("section %d: %w", s.id, in.err)
		}
	}
	return m, r.err
}

func readTypes(r *reader) []signature {
	var types []signature
	for range r.uint() {
		if form := r.byte(); form != 0x60 {
			r.fail("type %#x is no function", form)
		}
		types = append(types, signature{params: r.text(), results: r.text()})
		if r.err != nil {
			return nil
		}
	}
	return types
}

func readImports(r *reader, types []signature) []imported {
	var all []imported
	for range r.uint() {
		f := imported{module: r.text(), name: r.text()}
		if kind := r.byte(); kind != 0 {
			r.fail("import %s of kind %d is no function", f.name, kind)
		}
		t := r.uint()
		if r.err != nil || t >= uint64(len(types)) {
			r.fail("import %s has no type", f.name)
			return nil
		}
		f.signature = types[t]
		all = append(all, f)
	}
	return all
}
