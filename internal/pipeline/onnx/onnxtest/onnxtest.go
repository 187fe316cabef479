// Package onnxtest gives tests the compiled runtime of package onnx. Only tests may import it.
package onnxtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

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

// Main runs the tests of a package with the folder of Cache, and returns the exit code. On a
// processor without neural networks it says that nothing ran.
func Main(m *testing.M, cache *string) (code int) {
	if !onnx.Supported() {
		fmt.Fprintln(os.Stderr, "DID NOT RUN: neural networks do not run on this processor")
		return 0
	}
	var err error
	if *cache, err = Cache(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Copy copies the compiled runtime into a folder that only this user can read or change, as Compile
// leaves it.
func Copy(dir string) error {
	cache, err := Cache()
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(cache)); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}
