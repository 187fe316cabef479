package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Names in the data folder.
const (
	FileName = "camera.key"      // the key
	nextName = "camera.key.next" // the key that replaces it, while a rotation is not complete
	tempName = "camera.key.new"  // a key file that is being written
)

// maxFile bounds a key file, in bytes, so that a wrong file is noticed before it is read.
const maxFile = 1 << 10

// readKey reads a key file. ok is false if there is none. The error is a sentence.
func readKey(dir, name string) (k key, ok bool, err error) {
	path := filepath.Join(dir, name)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return key{}, false, nil
	case err != nil:
		return key{}, false, fmt.Errorf("key file %s cannot be read: %w", path, cause(err))
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return key{}, false, fmt.Errorf("key file %s is no file with a key in it", path)
	case loose(info):
		return key{}, false, fmt.Errorf("key file %s may be read by other users (mode %04o), "+
			"so its key is no secret; run chmod 600 on it, and bis rotate-camera-key if somebody has read it",
			path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return key{}, false, fmt.Errorf("key file %s cannot be read: %w", path, cause(err))
	}
	if k, err = parseKey(strings.TrimSpace(string(text))); err != nil {
		return key{}, false, fmt.Errorf("key file %s %w; put the file of a backup in its place", path, err)
	}
	return k, true, nil
}

// makeKey returns the key of a key file, and makes the file with a new key if there is none. The
// file gets its name when it is complete and on disk, so a key file is never empty. The caller has
// locked the folder.
func makeKey(dir, name string) (key, error) {
	if k, ok, err := readKey(dir, name); ok || err != nil {
		return k, err
	}
	text, path, temporary := newKeyText(), filepath.Join(dir, name), filepath.Join(dir, tempName)
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return key{}, fmt.Errorf("file %s of an earlier start cannot be removed: %w", temporary, cause(err))
	}
	if err := writeFile(temporary, text+"\n"); err != nil {
		return key{}, fmt.Errorf("key file %s cannot be made: %w", path, cause(err))
	}
	if err := errors.Join(os.Rename(temporary, path), syncFolder(dir)); err != nil {
		return key{}, fmt.Errorf("key file %s cannot be made: %w", path, cause(err))
	}
	return parseKey(text)
}

// writeFile writes a new file that only its owner may read, and waits until it is on disk.
func writeFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close(), giveToFolder(path))
}

// cause returns the operating system's message alone. The caller names the path.
func cause(err error) error {
	var (
		path *fs.PathError
		link *os.LinkError
	)
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
