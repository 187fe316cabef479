// Package local counts by a model file on this machine. It offers Model, a counting.Backend on
// packages detect and onnx.
//
// It promises that a model file is checked before it is believed: it is a regular file of at most
// onnx.MaxModel bytes, it fits a known head, and it has run once. After that the file may change or
// disappear, because the model is in memory. An error says why there is no model, by its Fault.
package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"bis/internal/pipeline/counting"
	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/onnx"
)

// Config has the settings of a Model.
type Config struct {
	File    string      // of the model; required
	Classes string      // file of the names of classes; empty: those of the model, or COCO's
	Kind    detect.Kind // empty: it is recognised
	Score   float64     // least score of a box; zero: detect's default
	Cache   string      // folder of the compiled runtime; required
	// Compile fills the folder, as onnx.Compile does. It is called if the folder has no usable
	// code. Its error is NoCache unless that is a Fault. Nil means onnx.Compile, which needs half a
	// gigabyte.
	Compile func(ctx context.Context, dir string) error
	// Uncached compiles in memory if the folder cannot be used.
	Uncached bool
}

// Bounds of one model. They apply to each reader.
const (
	openTime = 20 * time.Second
	runTime  = 10 * time.Second
)

// Model opens readers of a model file.
type Model struct {
	cfg     Config
	engine  *onnx.Engine // nil: not loaded
	bytes   []byte
	classes []string
	readers atomic.Int32

	refused error // of a file that cannot be used
	of      stamp // of that file
}

var _ counting.Backend = (*Model)(nil)

// New returns a model that is not loaded.
func New(cfg Config) (*Model, error) {
	if cfg.File == "" || cfg.Cache == "" {
		return nil, errors.New("local: a file and a cache are required")
	}
	if cfg.Compile == nil {
		cfg.Compile = onnx.Compile
	}
	return &Model{cfg: cfg}, nil
}

// mostName is how many letters of a file's name are shown.
const mostName = 60

// Name returns the name of a model for people and facts: that of its file, in printable letters.
func Name(file string) string {
	name := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, filepath.Base(file)))
	if len(name) == 0 {
		return "model"
	}
	return string(name[:min(mostName, len(name))])
}

// Check returns an error if a file cannot be a model, without reading it.
func Check(file string) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return counting.Faultf(counting.Missing, "there is no file %s", file)
	case err != nil:
		return &counting.Fault{Reason: counting.NoFile, Err: err}
	case !info.Mode().IsRegular():
		return counting.Faultf(counting.NoFile, "%s is no regular file", file)
	case info.Size() > onnx.MaxModel:
		return counting.Faultf(counting.TooLarge, "%s has %d bytes; at most %d are possible", file, info.Size(), onnx.MaxModel)
	}
	return nil
}

// stamp tells versions of files apart.
type stamp [2]struct {
	size    int64
	changed time.Time
}

// stamp returns the present one.
func (m *Model) stamp() (s stamp) {
	for i, name := range []string{m.cfg.File, m.cfg.Classes} {
		if info, err := os.Stat(name); err == nil {
			s[i].size, s[i].changed = info.Size(), info.ModTime()
		}
	}
	return s
}

// Open implements counting.Backend. The first call loads the model, and compiles the runtime before
// that if the cache has no usable code. A file that was refused is read again when it has changed.
func (m *Model) Open(ctx context.Context) (counting.Reader, error) {
	now := m.stamp()
	if m.refused != nil && m.of == now {
		return nil, m.refused
	}
	m.refused = nil
	if m.engine == nil {
		if err := m.load(ctx); err != nil {
			return nil, err
		}
	}
	d, err := detect.New(ctx, detect.Config{
		Engine: m.engine, Model: m.bytes, Kind: m.cfg.Kind, Classes: m.classes, Score: m.cfg.Score,
	})
	if err != nil {
		err = explained(err)
		if m.readers.Load() == 0 {
			_ = m.Close()
			if permanent(err) {
				m.refused, m.of = err, now
			}
		}
		return nil, err
	}
	m.readers.Add(1)
	return &reader{Detector: d, model: m}, nil
}

// load reads the files and the runtime.
func (m *Model) load(ctx context.Context) (err error) {
	if !onnx.Supported() {
		return &counting.Fault{Reason: counting.Unsupported, Err: onnx.ErrUnsupported}
	}
	if err := Check(m.cfg.File); err != nil {
		return err
	}
	if m.bytes, err = detect.ReadModel(m.cfg.File); err != nil {
		return &counting.Fault{Reason: counting.NoFile, Err: err}
	}
	if m.cfg.Classes != "" {
		if m.classes, err = detect.ReadClasses(m.cfg.Classes); err != nil {
			return &counting.Fault{Reason: counting.BadClasses, Err: err}
		}
	}
	if m.engine, err = m.runtime(ctx); err != nil {
		m.bytes = nil
	}
	return err
}

// runtime returns the compiled runtime.
func (m *Model) runtime(ctx context.Context) (*onnx.Engine, error) {
	cfg := onnx.Config{Cache: m.cfg.Cache, CachedOnly: true, Open: openTime, Time: runTime}
	e, err := onnx.New(ctx, cfg)
	if err == nil {
		return e, nil
	}
	if err = m.cfg.Compile(ctx, m.cfg.Cache); err == nil {
		e, err = onnx.New(ctx, cfg)
	}
	switch {
	case err == nil:
		return e, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case m.cfg.Uncached:
		cfg.CachedOnly, cfg.Cache = false, ""
		return onnx.New(ctx, cfg)
	case errors.Is(err, onnx.ErrUnsupported):
		return nil, &counting.Fault{Reason: counting.Unsupported, Err: err}
	}
	if f, ok := errors.AsType[*counting.Fault](err); ok {
		return nil, f
	}
	return nil, &counting.Fault{Reason: counting.NoCache, Err: err}
}

// Close implements counting.Backend. A later Open loads the model again.
func (m *Model) Close() (err error) {
	if m.engine != nil {
		err = m.engine.Close()
	}
	m.engine, m.bytes, m.classes = nil, nil, nil
	return err
}

// explained returns an error with the reason that it stands for.
func explained(err error) error {
	for _, e := range []struct {
		kind   error
		reason counting.Reason
	}{
		{detect.ErrHead, counting.UnknownHead},
		{detect.ErrNonsense, counting.Nonsense},
		{onnx.ErrMemory, counting.NoMemory},
		{onnx.ErrTime, counting.Slow},
		{onnx.ErrModel, counting.NoModel},
		{onnx.ErrUnsupported, counting.Unsupported},
	} {
		if errors.Is(err, e.kind) {
			return &counting.Fault{Reason: e.reason, Err: err}
		}
	}
	return err
}

// permanent reports whether an error depends on the file alone. Time also depends on the machine.
func permanent(err error) bool {
	f, ok := errors.AsType[*counting.Fault](err)
	return ok && f.Reason != counting.Slow
}
