package onnx

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// imported is a function that the runtime imports. All its parameters are 32-bit integers.
type imported struct {
	module, name string
	params       int
	result       result
	do           act
	value        int64 // of doReturn
}

// result is the type of a function's result.
type result int

const (
	none result = iota
	i32
	f64
)

// act is what an imported function does.
type act int

const (
	doReturn       act = iota // returns a constant: there are no files
	doThrow                   // throws an exception, which nothing catches
	doAbort                   // aborts, or is the call of a loop's check
	doNow                     // returns milliseconds
	doCopy                    // copies memory
	doGrow                    // makes the memory larger
	doWrite                   // writes to standard output or standard error
	doMakeTime                // computes the parts of a date
	doTimezone                // returns the time zone
	doEnvironSizes            // returns the size of the environment
	doEnviron                 // returns the environment
	doExternal                // reads a model's part from another file
	doFormatTime              // writes a date
)

// The reasons for which the host ends a call.
var (
	errThrown      = errors.New("exception")
	errAborted     = errors.New("abort")
	errInterrupted = errors.New("interrupted")
)

// call is one call into the runtime, from Go's point of view. Its context has it.
type call struct {
	ctx    context.Context
	log    *tail
	memory *bounded
}

// callKey is the key of a call in its context.
type callKey struct{}

// tail has the last bytes that were written to it.
type tail struct{ b []byte }

// tailSize is how many bytes a tail retains.
const tailSize = 2048

func (t *tail) write(b []byte) {
	b = b[max(0, len(b)-tailSize):]
	t.b = append(t.b, b...)
	t.b = t.b[max(0, len(t.b)-tailSize):]
}

// last returns the last line that is not empty.
func (t *tail) last() string {
	b := bytes.TrimSpace(t.b)
	return string(b[bytes.LastIndexByte(b, '\n')+1:])
}

// addImports defines the functions that the runtime imports.
func addImports(ctx context.Context, r wazero.Runtime) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, f := range imports {
		b := builders[f.module]
		if b == nil {
			b = r.NewHostModuleBuilder(f.module)
			builders[f.module] = b
		}
		params := make([]api.ValueType, f.params)
		for i := range params {
			params[i] = api.ValueTypeI32
		}
		var results []api.ValueType
		switch f.result {
		case i32:
			results = []api.ValueType{api.ValueTypeI32}
		case f64:
			results = []api.ValueType{api.ValueTypeF64}
		}
		b.NewFunctionBuilder().WithGoModuleFunction(f, params, results).Export(f.name)
	}
	for _, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Call does what the function does. The stack has its parameters, and then its result. A panic ends
// the call into the runtime with an error.
func (f imported) Call(ctx context.Context, m api.Module, stack []uint64) {
	switch f.do {
	case doThrow:
		panic(errThrown)
	case doAbort:
		f.check(ctx, m)
	case doNow:
		stack[0] = api.EncodeF64(float64(time.Now().UnixMicro()) / 1000)
	case doCopy:
		to, _ := m.Memory().Read(uint32(stack[0]), uint32(stack[2]))
		from, ok := m.Memory().Read(uint32(stack[1]), uint32(stack[2]))
		if !ok || copy(to, from) < len(from) {
			panic(errAborted)
		}
	case doGrow:
		stack[0] = grow(ctx, m.Memory(), uint32(stack[0]))
	case doWrite:
		stack[0] = write(ctx, m.Memory(), stack)
	case doMakeTime:
		// The runtime's own log has dates, which nobody reads.
		if f.params == 3 {
			zero(m.Memory(), uint32(stack[2]), 44)
		}
		f.answer(stack, 0)
	case doTimezone:
		zero(m.Memory(), uint32(stack[0]), 4)
		zero(m.Memory(), uint32(stack[1]), 4)
		zero(m.Memory(), uint32(stack[2]), 1)
		zero(m.Memory(), uint32(stack[3]), 1)
	case doEnvironSizes:
		zero(m.Memory(), uint32(stack[0]), 4)
		zero(m.Memory(), uint32(stack[1]), 4)
		f.answer(stack, 0)
	case doExternal:
		f.answer(stack, 1) // there is no such file
	case doEnviron, doFormatTime:
		f.answer(stack, 0)
	default:
		f.answer(stack, uint64(uint32(f.value)))
	}
}

// answer sets the function's result, if it has one.
func (f imported) answer(stack []uint64, v uint64) {
	if f.result != none {
		stack[0] = v
	}
}

// check is called by loops, and then the counter is zero; or by the runtime in order to abort.
func (f imported) check(ctx context.Context, m api.Module) {
	if g := m.ExportedGlobal(turns); g == nil || uint32(g.Get()) != 0 {
		panic(errAborted)
	}
	if c, ok := ctx.Value(callKey{}).(*call); ok && c.ctx.Err() != nil {
		panic(errInterrupted)
	}
}

// grow makes the memory larger, with some room, and returns whether it has that size.
func grow(ctx context.Context, mem api.Memory, size uint32) uint64 {
	const room = 16 // pages
	for _, extra := range []uint32{room, 0} {
		if size <= mem.Size() {
			return 1
		}
		if _, ok := mem.Grow((size-mem.Size()+pageSize-1)/pageSize + extra); ok {
			return 1
		}
	}
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		c.memory.full = true
	}
	return 0
}

// write appends what the runtime prints to the call's log.
func write(ctx context.Context, mem api.Memory, stack []uint64) uint64 {
	c, _ := ctx.Value(callKey{}).(*call)
	list, n, total := uint32(stack[1]), uint32(stack[2]), uint32(0)
	for i := range min(n, 1024) {
		at, _ := mem.ReadUint32Le(list + 8*i)
		size, _ := mem.ReadUint32Le(list + 8*i + 4)
		if b, ok := mem.Read(at, size); ok && c != nil {
			c.log.write(b)
		}
		total += size
	}
	mem.WriteUint32Le(uint32(stack[3]), total)
	return 0
}

// zero clears a part of the memory.
func zero(mem api.Memory, at, size uint32) {
	if b, ok := mem.Read(at, size); ok {
		clear(b)
	}
}
