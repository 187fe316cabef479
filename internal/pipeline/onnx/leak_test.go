//go:build linux

package onnx_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"bis/internal/pipeline/onnx"
)

// addresses returns how much address space the process has, in bytes.
func addresses(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(b))[0])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// This test is not parallel: it measures the process.
func TestModel_leaves_no_memory_behind(t *testing.T) {
	const bound = 256 << 20
	e := engine(t, onnx.Config{Memory: bound})
	m := open(t, e, "misshapen")
	before := addresses(t)
	for range 6 {
		if _, err := m.Run(t.Context(), []onnx.Tensor{floats(5)}); err == nil {
			t.Fatal("a list of three has got the shape of five")
		}
		if _, err := m.Run(t.Context(), []onnx.Tensor{floats(3)}); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Open(t.Context(), graph(t, "unknown")); err == nil {
			t.Fatal("Open of an unknown operator returned nil")
		}
	}
	if after := addresses(t); after > before+bound {
		t.Errorf("after 12 faults the process has %d MiB more", (after-before)>>20)
	}
	_ = m.Close()
	if after := addresses(t); after > before-bound/2 {
		t.Errorf("after Close the process has %d MiB of %d MiB", after>>20, before>>20)
	}
}
