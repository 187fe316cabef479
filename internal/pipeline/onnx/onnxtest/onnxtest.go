// Package onnxtest gives tests the compiled runtime of package onnx. Only tests may import it.
package onnxtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"bis/internal/pipeline/onnx"
)

// Cache returns a folder with the compiled runtime, which all test programs share: .cache/onnx in
// the project's folder. The first call compiles, which takes seconds; later ones load.
func Cache() (dir string, err error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			return "", errors.New("there is no go.mod")
		}
		root = filepath.Dir(root)
	}
	dir = filepath.Join(root, ".cache", "onnx")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	lock := flock.New(dir + ".lock")
	if err := lock.Lock(); err != nil {
		return "", err
	}
	defer lock.Close()
	return dir, onnx.Compile(context.Background(), dir)
}
