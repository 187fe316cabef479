package onnx_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/pipeline/onnx"
	"bis/internal/pipeline/onnx/onnxtest"
)

// cache is the folder of the compiled runtime.
var cache string

func TestMain(m *testing.M) { os.Exit(onnxtest.Main(m, &cache)) }

// patience bounds what must end at some time, also on a busy machine.
const patience = 5 * time.Minute

// engine returns an engine with the compiled runtime.
func engine(t *testing.T, cfg onnx.Config) *onnx.Engine {
	t.Helper()
	cfg.Cache, cfg.CachedOnly = cache, true
	cfg.Open = patience
	if cfg.Time == 0 {
		cfg.Time = patience
	}
	e, err := onnx.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// graph returns a network of testdata.
func graph(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t *testing.T, e *onnx.Engine, name string) *onnx.Model {
	t.Helper()
	m, err := e.Open(t.Context(), graph(t, name))
	if err != nil {
		t.Fatalf("Open(%s) = %v", name, err)
	}
	return m
}

// floats is a tensor of one row.
func floats(v ...float32) onnx.Tensor { return onnx.Tensor{Shape: []int{1, len(v)}, Floats: v} }

func TestModel_Run_computes_the_outputs(t *testing.T) {
	t.Parallel()
	m := open(t, engine(t, onnx.Config{}), "double")
	for n := range 3 {
		v := float32(n) + 1.5
		got, err := m.Run(t.Context(), []onnx.Tensor{
			floats(v, -v, 3), {Shape: []int{2}, Ints: []int64{-5, 1 << 40}},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []onnx.Tensor{
			floats(2*v, -2*v, 6),
			{Shape: []int{2}, Ints: []int64{1, 3}},
			{Shape: []int{1, 3}, Ints: []int64{int64(v), int64(-v), 3}},
			floats(v, -v, 3),
			{Shape: []int{1, 3}, Ints: []int64{bit(v > 2), 0, 1}},
			{Shape: []int{2}, Ints: []int64{-10, 2 << 40}},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("Run(%v), -want +got:\n%s", v, d)
		}
	}
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func TestModel_describes_itself(t *testing.T) {
	t.Parallel()
	m := open(t, engine(t, onnx.Config{}), "double")
	if d := cmp.Diff([]onnx.Value{
		{Name: "x", Type: onnx.Float32, Shape: []int{1, -1}}, {Name: "k", Type: onnx.Int64, Shape: []int{2}},
	}, m.Inputs()); d != "" {
		t.Errorf("Inputs(), -want +got:\n%s", d)
	}
	if got := m.Outputs(); len(got) != 6 || got[0].Name != "y" || got[1].Name != "shape" {
		t.Errorf("Outputs() = %v", got)
	}
	if d := cmp.Diff(map[string]string{"names": "{0: 'person'}", "author": "tests"}, m.Metadata()); d != "" {
		t.Errorf("Metadata(), -want +got:\n%s", d)
	}
}

func TestEngine_Open_refuses_what_is_no_model(t *testing.T) {
	t.Parallel()
	e := engine(t, onnx.Config{})
	whole := graph(t, "double")
	for name, model := range map[string][]byte{
		"empty": nil, "text": []byte("this is no model"), "a picture": []byte("\xff\xd8\xff\xe0\x00\x10JFIF"),
		"cut": whole[:len(whole)/2], "cut at the end": whole[:len(whole)-9], "zeros": make([]byte, 4096),
		"an unknown operator": graph(t, "unknown"), "too large": make([]byte, onnx.MaxModel+1),
	} {
		m, err := e.Open(t.Context(), model)
		if !errors.Is(err, onnx.ErrModel) || m != nil {
			t.Errorf("Open(%s) = %v, %v; want ErrModel", name, m, err)
		}
		if err != nil && (len(err.Error()) > 800 || strings.ContainsAny(err.Error(), "\n\x00")) {
			t.Errorf("Open(%s): the error is no sentence: %q", name, err)
		}
	}
	if m, err := e.Open(t.Context(), graph(t, "unknown")); err == nil || !strings.Contains(err.Error(), "Nonsuch") {
		t.Errorf("Open(unknown) = %v, %v; want an error that names the operator", m, err)
	}
	open(t, e, "double") // the engine still works
}

// faults are networks whose run fails for an input, and the error. They work again afterwards, or
// fail in the same way.
var faults = []struct {
	graph string
	input onnx.Tensor
	want  error
}{
	{"forever", floats(1), onnx.ErrTime},
	{"allocate", floats(1, 2, 3), onnx.ErrMemory},
	{"large", floats(1), onnx.ErrMemory},
	{"slow", floats(1), onnx.ErrTime},
	{"outside", floats(77), onnx.ErrModel},
	{"misshapen", floats(5), onnx.ErrFailed},
	{"text", floats(1), onnx.ErrModel},
	{"double", floats(1), onnx.ErrModel}, // an input is missing
}

func TestModel_Run_returns_the_kind_of_a_fault(t *testing.T) {
	t.Parallel()
	patient := engine(t, onnx.Config{Memory: 96 << 20})
	hasty := engine(t, onnx.Config{Memory: 96 << 20, Time: 600 * time.Millisecond})
	for _, f := range faults {
		e := patient
		if errors.Is(f.want, onnx.ErrTime) {
			e = hasty
		}
		m := open(t, e, f.graph)
		for range 2 {
			got, err := m.Run(t.Context(), []onnx.Tensor{f.input})
			if !errors.Is(err, f.want) || got != nil {
				t.Errorf("%s: Run = %v, %v; want %v", f.graph, got, err, f.want)
			}
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestModel_Run_works_after_a_fault(t *testing.T) {
	t.Parallel()
	e := engine(t, onnx.Config{})
	m := open(t, e, "misshapen")
	for range 2 {
		if _, err := m.Run(t.Context(), []onnx.Tensor{floats(5)}); err == nil {
			t.Fatal("a list of three has got the shape of five")
		}
		got, err := m.Run(t.Context(), []onnx.Tensor{floats(1, 3)})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]onnx.Tensor{{Shape: []int{1, 3}, Floats: []float32{1, 2, 3}}}, got); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	}
}

func TestModel_Run_ends_with_its_context(t *testing.T) {
	t.Parallel()
	m := open(t, engine(t, onnx.Config{}), "forever")
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := m.Run(ctx, []onnx.Tensor{floats(1)})
		first <- err
	}()
	go func() { // one of the two waits for its turn
		_, err := m.Run(ctx, []onnx.Tensor{floats(1)})
		second <- err
	}()
	// The garbage collector needs all goroutines to pause. It would never end if a run did not.
	for range 5 {
		runtime.GC()
	}
	cancel()
	for _, c := range []chan error{first, second} {
		if err := <-c; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v, want context.Canceled", err)
		}
	}
}

func TestModel_Run_is_safe_for_concurrent_use(t *testing.T) {
	t.Parallel()
	e := engine(t, onnx.Config{})
	m := open(t, e, "double")
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			v := float32(n)
			got, err := m.Run(t.Context(), []onnx.Tensor{floats(v), {Shape: []int{2}, Ints: []int64{0, 0}}})
			if err != nil || got[0].Floats[0] != 2*v {
				t.Errorf("Run(%v) = %v, %v", v, got, err)
			}
		})
	}
	group.Wait()
	group.Go(func() { _ = e.Close() })
	group.Go(func() { _ = m.Close() })
	group.Wait()
	if _, err := m.Run(t.Context(), []onnx.Tensor{floats(1), {Shape: []int{2}, Ints: []int64{0, 0}}}); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("Run after Close = %v, want ErrClosed", err)
	}
	if _, err := e.Open(t.Context(), graph(t, "double")); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("Open after Close = %v, want ErrClosed", err)
	}
}
