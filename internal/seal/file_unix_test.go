//go:build unix

package seal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bis/internal/seal"
)

func TestKeyFile_mode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sealed(t, open(t, seal.Config{Dir: dir}))
	info, err := os.Lstat(filepath.Join(dir, seal.FileName))
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestKeyFile_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"readable by others": {func(t *testing.T, path string) { write(t, path, keyA, 0o644) }, "chmod 600"},
		"writable by the group": {func(t *testing.T, path string) {
			write(t, path, keyA, 0o620)
		}, "chmod 600"},
		"a link": {func(t *testing.T, path string) {
			write(t, path+".real", keyA, 0o600)
			if err := os.Symlink(path+".real", path); err != nil {
				t.Fatal(err)
			}
		}, "no file with a key"},
		"a folder": {func(t *testing.T, path string) { _ = os.Mkdir(path, 0o700) }, "no file with a key"},
		"empty":    {func(t *testing.T, path string) { write(t, path, "", 0o600) }, "64 hexadecimal digits"},
		"no key":   {func(t *testing.T, path string) { write(t, path, "hunter2hunter2", 0o600) }, "64 hexadecimal digits"},
		"too long": {func(t *testing.T, path string) { write(t, path, strings.Repeat("0", 2_000), 0o600) }, "no file with a key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c.make(t, filepath.Join(dir, seal.FileName))
			_, err := seal.New(seal.Config{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("New: %v, want %q", err, c.want)
			}
		})
	}
}
