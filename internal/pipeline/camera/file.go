package camera

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bis/internal/pipeline"
)

// files shows the pictures of a folder in a loop, in the order of their names, or one picture for ever.
type files struct {
	cfg  Config
	path string
	last string // the name shown last
}

// openFiles makes sure that there is something to show; pictures may come and go later.
func openFiles(path string, cfg Config) (*files, error) {
	shown := path
	if strings.HasPrefix(path, "//") && strings.Contains(path, "@") { // an address of the network rather than a path
		shown = "//…"
	}
	path = strings.TrimPrefix(path, "//")
	f := &files{cfg: cfg, path: path}
	names, err := f.names()
	switch {
	case path == "":
		return nil, errors.New("camera file:PATH needs a path")
	case err != nil:
		return nil, fmt.Errorf("camera file:%s: %w", shown, err)
	case len(names) == 0:
		return nil, fmt.Errorf("camera file:%s: the folder has no JPEG or PNG pictures", shown)
	}
	return f, nil
}

// names lists the pictures, sorted.
func (f *files) names() ([]string, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, errors.Unwrap(err) // the path is said by the caller
	}
	if !info.IsDir() {
		return []string{f.path}, nil
	}
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	var names []string
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".jpg", ".jpeg", ".png":
			names = append(names, filepath.Join(f.path, e.Name()))
		}
	}
	return names, nil // ReadDir sorts
}

// Frame implements pipeline.Source.
func (f *files) Frame(ctx context.Context) (pipeline.Frame, error) {
	if err := ctx.Err(); err != nil {
		return pipeline.Frame{}, err
	}
	names, err := f.names()
	if err != nil {
		return pipeline.Frame{}, fmt.Errorf("%w: %w", pipeline.ErrOffline, err)
	}
	if len(names) == 0 {
		return pipeline.Frame{}, fmt.Errorf("%w: the folder is empty", pipeline.ErrOffline)
	}
	next, _ := slices.BinarySearch(names, f.last+"\x00")
	f.last = names[next%len(names)]
	file, err := os.Open(f.last)
	if err != nil {
		return pipeline.Frame{}, fmt.Errorf("%w: %w", pipeline.ErrOffline, errors.Unwrap(err))
	}
	defer file.Close()
	b, err := readPicture(file)
	if err != nil {
		return pipeline.Frame{}, err
	}
	img, err := decode(b)
	return pipeline.Frame{Image: img, At: f.cfg.Clock()}, err
}

// Close implements pipeline.Source.
func (f *files) Close() error { return nil }
