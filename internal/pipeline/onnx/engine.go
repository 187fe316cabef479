package onnx

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/tetratelabs/wazero"
)

// The kinds of errors. All errors but those of a context are one of them.
var (
	// ErrUnsupported means that networks cannot run on this kind of processor or system.
	ErrUnsupported = errors.New("neural networks do not run on this machine")
	// ErrNotCompiled means that the cache has no usable code and that New may not compile.
	ErrNotCompiled = errors.New("the runtime of neural networks is not compiled")
	// ErrModel means that the runtime does not accept the bytes as a model, or not these inputs.
	ErrModel = errors.New("the model cannot be run")
	// ErrFailed means that a run has ended with a fault of the model or the runtime.
	ErrFailed = errors.New("the model's run failed")
	// ErrMemory means that the model needs more memory than it may use.
	ErrMemory = errors.New("the model needs too much memory")
	// ErrTime means that opening or running the model takes longer than it may.
	ErrTime = errors.New("the model takes too long")
	// ErrClosed means that the model or its engine is closed.
	ErrClosed = errors.New("the model is closed")
)

// MaxModel is how many bytes a model may have.
const MaxModel = 128 << 20

// pageSize is the unit in which a module's memory grows.
const pageSize = 64 << 10

// packed is the runtime. Zstandard makes it a third smaller than gzip, and its decoder is part of
// the program anyway.
//
//go:embed assets/ort.wasm.zst
var packed []byte

// Config has the settings of an Engine.
type Config struct {
	// Cache is the folder of compiled code, as Compile fills it. Empty means none.
	Cache string
	// CachedOnly makes New return ErrNotCompiled if it would have to compile.
	CachedOnly bool
	// Memory bounds the memory of each model, in bytes. Zero means 512 MiB; the most is 2 GiB.
	Memory int
	// Open bounds how long a model may take to open. Zero means 30 s.
	Open time.Duration
	// Time bounds how long a run may take, without the time for its turn. Zero means 20 s.
	Time time.Duration
}

// Engine is the compiled runtime. It opens models.
type Engine struct {
	cfg   Config // with the defaults
	run   wazero.Runtime
	cache wazero.CompilationCache // nil: none
	code  wazero.CompiledModule

	mu     sync.Mutex // guards the fields below
	closed bool
	models map[*Model]bool
}

// Supported reports whether networks can run on this kind of processor.
func Supported() bool { return runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64" }

// New returns an engine. It loads the compiled runtime from the cache, if that has it and nobody
// else can write to it. Otherwise it compiles in memory and leaves the cache as it is, or returns
// ErrNotCompiled.
func New(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Memory < 0 || cfg.Open < 0 || cfg.Time < 0 {
		return nil, errors.New("onnx: the bounds of memory and time must not be negative")
	}
	if !Supported() {
		return nil, ErrUnsupported
	}
	dir := ""
	if cfg.Cache != "" {
		if err := checkCache(cfg.Cache); err == nil {
			dir = entry(cfg.Cache)
			removeUnfinished(cfg.Cache)
		} else if cfg.CachedOnly {
			return nil, fmt.Errorf("%w: %w", ErrNotCompiled, err)
		}
	} else if cfg.CachedOnly {
		return nil, ErrNotCompiled
	}
	e, err := open(ctx, cfg, dir)
	if err != nil && dir != "" && !cfg.CachedOnly {
		return open(ctx, cfg, "")
	}
	return e, err
}

// open makes an engine with a cache in a folder. An empty folder means no cache.
func open(ctx context.Context, cfg Config, dir string) (e *Engine, err error) {
	cfg.Open, cfg.Time = cmp.Or(cfg.Open, 30*time.Second), cmp.Or(cfg.Time, 20*time.Second)
	cfg.Memory = min(cmp.Or(cfg.Memory, 512<<20), 2<<30-pageSize)
	e = &Engine{cfg: cfg, models: map[*Model]bool{}}
	defer func() {
		if fault := recover(); fault != nil { // wazero panics where it cannot compile
			err = fmt.Errorf("%w: %v", ErrUnsupported, fault)
		}
		if err != nil {
			_ = e.Close()
			e = nil
		}
	}()
	rc := wazero.NewRuntimeConfigCompiler().WithMemoryLimitPages(uint32(max(1, cfg.Memory/pageSize)))
	if dir != "" {
		if e.cache, err = wazero.NewCompilationCacheWithDir(dir); err != nil {
			return e, err
		}
		rc = rc.WithCompilationCache(e.cache)
	}
	e.run = wazero.NewRuntimeWithConfig(ctx, rc)
	if err = addImports(ctx, e.run); err != nil {
		return e, err
	}
	wasm, err := unpack()
	if err != nil {
		return e, err
	}
	e.code, err = e.run.CompileModule(ctx, wasm)
	return e, err
}

// unpack returns the embedded module.
func unpack() ([]byte, error) {
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.DecodeAll(packed, nil)
}

// Close closes the models and releases the compiled code. It waits for runs to end.
func (e *Engine) Close() error {
	e.mu.Lock()
	models := e.models
	e.closed, e.models = true, nil
	e.mu.Unlock()
	for m := range models {
		_ = m.Close()
	}
	var all []error
	if e.run != nil {
		all = append(all, e.run.Close(context.Background()))
	}
	if e.cache != nil {
		all = append(all, e.cache.Close(context.Background()))
	}
	return errors.Join(all...)
}

// add notes an open model, so that Close closes it.
func (e *Engine) add(m *Model) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	e.models[m] = true
	return nil
}

// remove forgets a model.
func (e *Engine) remove(m *Model) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.models, m)
}
