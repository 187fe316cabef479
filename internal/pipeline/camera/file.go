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

// files returns the pictures of a folder, one per frame, in the order of their names, and then from
// the first again. If path is a file, it returns that picture each time. The folder is read again
// for each frame, so another program may add and remove pictures.
type files struct {
	cfg  Config
	path string
	last string // path of the last picture
}

// openFiles checks that there is a picture now, so that a wrong path is an error at the start and
// not a camera that is always offline.
func openFiles(path string, cfg Config) (*files, error) {
	shown := path
	if strings.HasPrefix(path, "//") && strings.Contains(path, "@") {
		shown = "//…" // an address with credentials, written with the wrong scheme
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

// names lists the paths of the pictures, sorted. Its errors leave out the path. The caller adds it
// in a form without credentials.
func (f *files) names() ([]string, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, errors.Unwrap(err)
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

// Frame implements pipeline.Source. It returns the first picture whose name comes after that of the
// last one, even if the last one no longer exists. The moment of the frame is now, not the file's.
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
	next, _ := slices.BinarySearch(names, f.last+"\x00") // the smallest string after f.last
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
	frame, err := frameOf(ctx, b, f.cfg.Clock())
	frame.Still = true
	return frame, err
}

// Close implements pipeline.Source. Files are open only during Frame.
func (f *files) Close() error { return nil }
