package onnx_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bis/internal/pipeline/onnx"
	"bis/internal/pipeline/onnx/onnxtest"
)

// copied returns a copy of the compiled runtime, and the path of its code.
func copied(t *testing.T) (dir, code string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "cache")
	if err := onnxtest.Copy(dir); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !d.IsDir() && info.Size() > 1<<20 {
			code = path
		}
		return nil
	})
	if err != nil || code == "" {
		t.Fatalf("no code in %s: %v", dir, err)
	}
	return dir, code
}

func TestNew_uses_only_a_sound_cache(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(dir, code string) error
		want  error
	}{
		{"sound", func(string, string) error { return nil }, nil},
		{"read-only", func(dir, code string) error {
			return errors.Join(os.Chmod(code, 0o400), os.Chmod(filepath.Dir(code), 0o500), os.Chmod(dir, 0o500))
		}, nil},
		{"missing", func(dir, _ string) error { return os.RemoveAll(dir) }, onnx.ErrNotCompiled},
		{"cut", func(_, code string) error { return os.Truncate(code, 1<<20) }, onnx.ErrNotCompiled},
		{"changed", func(_, code string) error { return changeByte(code) }, onnx.ErrNotCompiled},
		{"without sums", func(_, code string) error {
			return os.Remove(filepath.Join(filepath.Dir(filepath.Dir(code)), "sums"))
		}, onnx.ErrNotCompiled},
		{"writable by others", func(dir, _ string) error { return os.Chmod(dir, 0o777) }, onnx.ErrNotCompiled},
		{"with a file that others can write", func(_, code string) error { return os.Chmod(code, 0o666) }, onnx.ErrNotCompiled},
		{"a link", func(dir, _ string) error {
			return errors.Join(os.Rename(dir, dir+"2"), os.Symlink(dir+"2", dir))
		}, onnx.ErrNotCompiled},
		{"a file", func(dir, _ string) error {
			return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600))
		}, onnx.ErrNotCompiled},
		{"foreign", func(_, code string) error { return os.Chown(code, 12345, 12345) }, onnx.ErrNotCompiled},
	} {
		if c.name == "foreign" && os.Geteuid() != 0 {
			continue // only root can give a file away
		}
		dir, code := copied(t)
		if err := c.spoil(dir, code); err != nil {
			t.Fatal(err)
		}
		if want := c.name != "missing" && c.name != "a file" && c.name != "without sums"; onnx.Cached(dir) != want {
			t.Errorf("Cached of a cache that is %s = %v", c.name, !want)
		}
		e, err := onnx.New(t.Context(), onnx.Config{Cache: dir, CachedOnly: true})
		if !errors.Is(err, c.want) || (err == nil) != (e != nil) {
			t.Errorf("New with a cache that is %s = %v, %v; want %v", c.name, e, err, c.want)
		}
		if e != nil {
			_ = e.Close()
		}
		_ = os.Chmod(filepath.Dir(code), 0o700) // so that it can be removed
		_ = os.Chmod(dir, 0o700)
	}
}

// changeByte changes one byte in the middle of a file.
func changeByte(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, 2<<20); err != nil {
		return err
	}
	b[0] ^= 1
	_, err = f.WriteAt(b, 2<<20)
	return err
}

func TestCompile_refuses_a_folder_that_is_not_private(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := onnx.Compile(t.Context(), dir); err == nil {
		t.Error("Compile into a folder that others can write returned nil")
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := onnx.Compile(t.Context(), name); err == nil {
		t.Error("Compile into a file returned nil")
	}
}

func TestCompile_leaves_a_sound_cache(t *testing.T) {
	t.Parallel()
	dir, code := copied(t)
	before, err := os.Stat(code)
	if err != nil {
		t.Fatal(err)
	}
	if err := onnx.Compile(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(code)
	if err != nil || !after.ModTime().Equal(before.ModTime()) || !os.SameFile(before, after) {
		t.Errorf("Compile wrote a sound cache anew: %v", err)
	}
}

func TestNew_removes_what_a_killed_compilation_left(t *testing.T) {
	t.Parallel()
	dir, _ := copied(t)
	for name, age := range map[string]time.Duration{"ort-new-1": 2 * time.Hour, "ort-new-2": 0, "other": 2 * time.Hour} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if at := time.Now().Add(-age); os.Chtimes(path, at, at) != nil {
			t.Fatal("the time of a folder cannot be set")
		}
	}
	e, err := onnx.New(t.Context(), onnx.Config{Cache: dir, CachedOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for name, want := range map[string]bool{"ort-new-1": false, "ort-new-2": true, "other": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v, want there %v", name, err, want)
		}
	}
}
