package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzSignature checks that any file is read or refused as a model.
func FuzzSignature(f *testing.F) {
	names, err := filepath.Glob("testdata/*.onnx")
	if err != nil || len(names) == 0 {
		f.Fatalf("no networks in testdata: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := readSignature(b); err != nil && !errors.Is(err, ErrModel) {
			t.Errorf("readSignature = %v, %v; want ErrModel", s, err)
		}
	})
}
