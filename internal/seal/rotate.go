package seal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Rotation replaces the key. Its Sealer opens what the old keys have sealed, and seals with the new
// one. A rotation that was interrupted is continued by the next Rotate: the old key stays until
// Finish.
type Rotation struct {
	*Sealer
	dir string // the folder whose key file is replaced; empty: the keys are settings
}

// errOneKey is the error of a rotation without a second key.
var errOneKey = errors.New("set BIS_CAMERA_KEY to the new key and BIS_CAMERA_OLD_KEY to the old one; " +
	"`openssl rand -hex 32` prints a new key")

// Rotate prepares a new key. With a key file it makes the new one beside it; with settings the new
// key is Config.Key. The caller has locked the data folder.
func Rotate(cfg Config) (*Rotation, error) {
	s, err := New(cfg)
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.Key != "" && len(s.keys) < 2, cfg.Key == "" && cfg.Dir == "":
		return nil, errOneKey
	case cfg.Key != "":
		return &Rotation{Sealer: s}, nil
	case !s.seals:
		return nil, fmt.Errorf("there is no key file %s yet, so there is nothing to replace",
			filepath.Join(cfg.Dir, FileName))
	}
	next, err := makeKey(cfg.Dir, nextName)
	if err != nil {
		return nil, err
	}
	s.keys = append([]key{next}, s.keys...)
	return &Rotation{Sealer: s, dir: cfg.Dir}, nil
}

// Finish removes the old key file. The caller has sealed everything with the new key.
func (r *Rotation) Finish() error {
	if r.dir == "" {
		return nil
	}
	path := filepath.Join(r.dir, FileName)
	if err := errors.Join(os.Rename(filepath.Join(r.dir, nextName), path), syncFolder(r.dir)); err != nil {
		return fmt.Errorf("key file %s cannot be replaced: %w", path, cause(err))
	}
	return nil
}
