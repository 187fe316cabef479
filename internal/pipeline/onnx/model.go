package onnx

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Model is an opened network.
type Model struct {
	engine *Engine
	bytes  []byte
	signature

	level   int           // of optimizations; set by Open
	turn    chan struct{} // has one element while nobody runs the model
	running *instance     // nil after a fault; only whoever has the turn uses it
	closed  bool          // likewise
}

// Open checks a model and prepares it to run. It retains the bytes, which must not change. The
// error is ErrModel if the bytes are not a model that the runtime can run.
func (e *Engine) Open(ctx context.Context, model []byte) (*Model, error) {
	if len(model) > MaxModel {
		return nil, fmt.Errorf("%w: it has %d bytes of at most %d", ErrModel, len(model), MaxModel)
	}
	s, err := readSignature(model)
	if err != nil {
		return nil, err
	}
	m := &Model{engine: e, bytes: model, signature: s, level: allOptimizations, turn: make(chan struct{}, 1)}
	m.turn <- struct{}{}
	if err := e.add(m); err != nil {
		return nil, err
	}
	nothing := func(context.Context) error { return nil }
	err = m.exclusively(ctx, nothing)
	if err != nil && (errors.Is(err, ErrModel) || errors.Is(err, ErrFailed)) {
		// Some optimizations fail with sound models, for instance with nodes without names.
		m.level = noOptimizations
		if m.exclusively(ctx, nothing) == nil {
			return m, nil
		}
	}
	if err != nil {
		_ = m.Close()
		if errors.Is(err, ErrFailed) {
			err = fmt.Errorf("%w: %w", ErrModel, err)
		}
		return nil, err
	}
	return m, nil
}

// Inputs returns the inputs that Run needs, in order.
func (m *Model) Inputs() []Value { return slices.Clone(m.inputs) }

// Outputs returns the outputs in the order of Run's results.
func (m *Model) Outputs() []Value { return slices.Clone(m.outputs) }

// Metadata returns what the model's author noted.
func (m *Model) Metadata() map[string]string { return maps.Clone(m.metadata) }

// Run computes the outputs from the inputs, which are in the order of Inputs. It waits while
// another goroutine runs the model. If ctx ends, Run returns ctx's error, whether it waits or
// computes. After an end while it computes, and after any error, the next run must set up the
// model's memory again, which takes as long as Open.
func (m *Model) Run(ctx context.Context, inputs []Tensor) (outputs []Tensor, err error) {
	if len(inputs) != len(m.inputs) {
		return nil, fmt.Errorf("%w: it has %d inputs, not %d", ErrModel, len(m.inputs), len(inputs))
	}
	encoded := make([]encoded, len(inputs))
	for i, t := range inputs {
		if encoded[i], err = t.encode(); err != nil {
			return nil, err
		}
	}
	err = m.exclusively(ctx, func(ctx context.Context) error {
		outputs, err = m.running.run(ctx, encoded)
		return m.running.explain(ctx, err)
	})
	if err != nil {
		return nil, err
	}
	return outputs, nil
}

// Prepare sets up the model's memory again if the last run was interrupted or has failed, so that
// the next run need not. It waits while another goroutine runs the model.
func (m *Model) Prepare(ctx context.Context) error {
	return m.exclusively(ctx, func(context.Context) error { return nil })
}

// Close releases the model's memory. It waits for a run to end. It may be called more than once.
func (m *Model) Close() error {
	<-m.turn
	defer func() { m.turn <- struct{}{} }()
	m.closed = true
	m.drop()
	m.bytes = nil
	m.engine.remove(m)
	return nil
}

// exclusively calls do while no other goroutine uses the model, with an instance. After an error
// the next call has a new one.
func (m *Model) exclusively(ctx context.Context, do func(context.Context) error) (err error) {
	select {
	case <-m.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %s", ErrFailed, firstLine(fmt.Sprint(fault)))
		}
		if err != nil {
			m.drop()
		}
		m.turn <- struct{}{}
	}()
	if m.closed {
		return ErrClosed
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if m.running == nil {
		opening, cancel := context.WithTimeoutCause(ctx, m.engine.cfg.Open, ErrTime)
		defer cancel()
		if m.running, err = m.engine.start(opening, m.bytes, m.signature, m.level); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, m.engine.cfg.Time, ErrTime)
	defer cancel()
	return do(m.running.context(ctx))
}

// drop closes the instance.
func (m *Model) drop() {
	if m.running != nil {
		m.running.close()
		m.running = nil
	}
}

// firstLine returns a text up to its first line break.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return printable(s)
}

// printable returns a text of foreign origin without control characters.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "?")))
}
