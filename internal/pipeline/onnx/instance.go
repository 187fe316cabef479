package onnx

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// instance is the runtime with a memory of its own and one session. After any error it must be
// closed.
type instance struct {
	mod     api.Module
	memory  *bounded
	log     *tail
	session uint32
	inputs  []uint32 // addresses of the names
	outputs []uint32
}

// The levels of optimizations with which a session is made.
const (
	noOptimizations  = 0
	allOptimizations = 99
)

// start makes an instance with a session of a model.
func (e *Engine) start(ctx context.Context, model []byte, s signature, level int) (in *instance, err error) {
	in = &instance{memory: &bounded{}, log: &tail{}}
	defer func() {
		if err != nil {
			in.close()
			in = nil
		}
	}()
	ctx = experimental.WithMemoryAllocator(in.context(ctx), in.memory)
	in.mod, err = e.run.InstantiateModule(ctx, e.code, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return in, in.explain(ctx, err)
	}
	return in, in.explain(ctx, in.load(ctx, model, s, level))
}

// load initialises the runtime and makes the session.
func (in *instance) load(ctx context.Context, model []byte, s signature, level int) error {
	if _, err := in.call(ctx, fnStart); err != nil {
		return err
	}
	const threads, onlyErrors = 1, 3
	if err := in.must(ctx, fnOrtInit, threads, onlyErrors); err != nil {
		return err
	}
	empty, err := in.put(ctx, []byte{0})
	if err != nil {
		return err
	}
	const arena, pattern, sequential, profile = 1, 1, 0, 0
	options, err := in.handle(ctx, fnOrtCreateSessionOptions,
		uint64(level), arena, pattern, sequential, profile, 0, uint64(empty), onlyErrors, 0, 0)
	if err != nil {
		return err
	}
	at, err := in.put(ctx, model)
	if err != nil {
		return err
	}
	in.session, err = in.handle(ctx, fnOrtCreateSession, uint64(at), uint64(len(model)), uint64(options))
	if err != nil {
		return err
	}
	if _, err := in.call(ctx, fnFree, uint64(at)); err != nil {
		return err
	}
	if in.inputs, err = in.names(ctx, s.inputs); err != nil {
		return err
	}
	in.outputs, err = in.names(ctx, s.outputs)
	return err
}

// names stores the names of values.
func (in *instance) names(ctx context.Context, values []Value) ([]uint32, error) {
	all := make([]uint32, len(values))
	for i, v := range values {
		var err error
		if all[i], err = in.put(ctx, append([]byte(v.Name), 0)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// close returns the instance's memory to the system.
func (in *instance) close() {
	if in.mod != nil {
		_ = in.mod.Close(context.Background())
	}
	in.memory.Free() // again, if the module was never made
}

// context returns a context for calls into the instance, which end with ctx.
func (in *instance) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, callKey{}, &call{ctx: ctx, log: in.log, memory: in.memory})
}

// call calls a function that the module exports. Its result is zero if the function has none.
func (in *instance) call(ctx context.Context, name string, args ...uint64) (result uint32, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	f := in.mod.ExportedFunction(name)
	if f == nil {
		return 0, fmt.Errorf("the runtime has no function %q", name)
	}
	out, err := f.Call(ctx, args...)
	if err != nil || len(out) == 0 {
		return 0, err
	}
	return uint32(out[0]), nil
}

// errRuntime is an error that the runtime returns, unlike one that ends it.
type errRuntime string

func (e errRuntime) Error() string { return string(e) }

// must calls a function that returns zero or the code of an error.
func (in *instance) must(ctx context.Context, name string, args ...uint64) error {
	code, err := in.call(ctx, name, args...)
	if err != nil || code == 0 {
		return err
	}
	return in.lastError(ctx)
}

// handle calls a function that returns a handle, or zero after an error.
func (in *instance) handle(ctx context.Context, name string, args ...uint64) (uint32, error) {
	h, err := in.call(ctx, name, args...)
	if err == nil && h == 0 {
		err = in.lastError(ctx)
	}
	return h, err
}

// lastError returns the runtime's last error.
func (in *instance) lastError(ctx context.Context) error {
	at, err := in.put(ctx, make([]byte, 8))
	if err != nil {
		return err
	}
	if _, err := in.call(ctx, fnOrtGetLastError, uint64(at), uint64(at+4)); err != nil {
		return err
	}
	text, _ := in.mod.Memory().ReadUint32Le(at + 4)
	return errRuntime(in.text(text))
}

// text reads a string of the runtime, up to a bound.
func (in *instance) text(at uint32) string {
	var b []byte
	for len(b) < 512 {
		c, ok := in.mod.Memory().ReadByte(at + uint32(len(b)))
		if !ok || c == 0 {
			break
		}
		b = append(b, c)
	}
	return printable(string(b))
}

// put copies bytes into memory that the runtime allocates, and returns their address.
func (in *instance) put(ctx context.Context, b []byte) (uint32, error) {
	at, err := in.call(ctx, fnMalloc, uint64(max(1, len(b))))
	if err != nil {
		return 0, err
	}
	if at == 0 || !in.mod.Memory().Write(at, b) {
		return 0, errAborted
	}
	return at, nil
}

// putAll stores addresses and returns where.
func (in *instance) putAll(ctx context.Context, list []uint32) (uint32, error) {
	var b []byte
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return in.put(ctx, b)
}

// explain returns the error of a call as one of the package's kinds.
func (in *instance) explain(ctx context.Context, err error) error {
	var told errRuntime
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errInterrupted) || ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &told) && !in.memory.full:
		return fmt.Errorf("%w: %s", ErrModel, told)
	case in.memory.full:
		return ErrMemory
	}
	if line := printable(in.log.last()); line != "" {
		return fmt.Errorf("%w: %s", ErrFailed, line)
	}
	return fmt.Errorf("%w: %s", ErrFailed, firstLine(err.Error()))
}
