package onnx

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/cpu"
)

// sumsName is the file with the sums of an entry's other files. It is written last, so an entry
// without it is not complete.
const sumsName = "sums"

// Compile compiles the runtime into a folder, unless the folder already has it. The folder is
// created with the mode 0700. Entries of other versions are removed. Compiling takes seconds of
// processor time and half a gigabyte of memory, so a short-lived process should call it.
//
// A folder that another user owns or can write to is an error, and so is one that cannot be
// written. Several processes may call Compile at once.
func Compile(ctx context.Context, dir string) error {
	if !Supported() {
		return ErrUnsupported
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := checkPrivate(dir, true); err != nil {
		return err
	}
	if checkCache(dir) == nil {
		removeUnfinished(dir)
		return nil
	}
	temporary, err := os.MkdirTemp(dir, entryPrefix+"new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	e, err := open(ctx, Config{}, temporary)
	if err != nil {
		return fmt.Errorf("compile into %s: %w", dir, err)
	}
	if err := errors.Join(e.Close(), writeSums(temporary), removeOld(dir, temporary)); err != nil {
		return err
	}
	if err := os.Rename(temporary, entry(dir)); err != nil && checkCache(dir) != nil {
		return err // and no other process was faster
	}
	return nil
}

// removeUnfinished removes the entries that a killed process has left. They are only a waste.
func removeUnfinished(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, entryPrefix+"new-*"))
	for _, path := range left {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) >= time.Hour {
			_ = os.RemoveAll(path)
		}
	}
}

// removeOld removes all entries of a cache but one, and unfinished ones that nobody completes any
// more.
func removeOld(dir, but string) error {
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range old {
		path := filepath.Join(dir, e.Name())
		if path == but || !strings.HasPrefix(e.Name(), entryPrefix) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // another process has removed it
		}
		if strings.HasPrefix(e.Name(), entryPrefix+"new-") && time.Since(info.ModTime()) < time.Hour {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// entryPrefix begins the names of a cache's entries.
const entryPrefix = "ort-"

// entry returns the folder of this program's code in a cache. Its name depends on all that the code
// depends on: the runtime, the compiler and the processor.
func entry(dir string) string {
	h := sha256.New()
	h.Write(packed)
	fmt.Fprintln(h, runtime.GOOS, runtime.GOARCH, cpu.X86, cpu.ARM64)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/tetratelabs/wazero" {
				fmt.Fprintln(h, m.Version, m.Sum)
			}
		}
	}
	return filepath.Join(dir, entryPrefix+hex.EncodeToString(h.Sum(nil)[:12]))
}

// Cached reports whether a folder seems to have the code of this program. It is quick; New checks.
func Cached(dir string) bool {
	_, err := os.Stat(filepath.Join(entry(dir), sumsName))
	return err == nil && Supported()
}

// checkCache returns an error unless the cache has the code of this program, complete and
// unchanged, and nobody else can write to it.
func checkCache(dir string) error {
	if err := checkPrivate(dir, true); err != nil {
		return err
	}
	within := entry(dir)
	if err := checkPrivate(within, true); err != nil {
		return err
	}
	sums, err := readSums(within)
	if err != nil {
		return err
	}
	found := 0
	err = walk(within, func(name, path string) error {
		sum, err := sumOf(path)
		if err != nil {
			return err
		}
		if sums[name] != sum {
			return fmt.Errorf("%s is damaged", path)
		}
		found++
		return nil
	})
	if err == nil && (found == 0 || found < len(sums)) {
		err = fmt.Errorf("%s is not complete", within)
	}
	return err
}

// walk calls do for each file of an entry but the sums. Files and folders must be private.
func walk(within string, do func(name, path string) error) error {
	return filepath.WalkDir(within, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := checkPrivate(path, d.IsDir()); err != nil {
			return err
		}
		name, err := filepath.Rel(within, path)
		if err != nil || d.IsDir() || name == sumsName {
			return err
		}
		return do(filepath.ToSlash(name), path)
	})
}

// checkPrivate returns an error unless a path is a folder or a file, as wanted and no link, that
// belongs to this user and that only this user can change.
func checkPrivate(path string, folder bool) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.IsDir() != folder || !folder && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is of the wrong kind", path)
	}
	if !owned(info) {
		return fmt.Errorf("%s belongs to another user", path)
	}
	if info.Mode().Perm()&0o022 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%s can be changed by other users", path)
	}
	return nil
}

// writeSums completes an entry.
func writeSums(within string) error {
	var b strings.Builder
	err := walk(within, func(name, path string) error {
		sum, err := sumOf(path)
		fmt.Fprintf(&b, "%s %s\n", sum, name)
		return err
	})
	if err != nil {
		return err
	}
	temporary := filepath.Join(within, sumsName+".new")
	if err := os.WriteFile(temporary, []byte(b.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(within, sumsName))
}

// readSums returns the sums of an entry's files by their names.
func readSums(within string) (map[string]string, error) {
	f, err := os.Open(filepath.Join(within, sumsName))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sums := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() && len(sums) < 100 {
		if sum, name, ok := strings.Cut(lines.Text(), " "); ok {
			sums[name] = sum
		}
	}
	if len(sums) == 0 {
		return nil, errors.Join(lines.Err(), fmt.Errorf("%s has no sums", within))
	}
	return sums, lines.Err()
}

// sumOf returns the SHA-256 of a file.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
