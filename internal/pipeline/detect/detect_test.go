package detect_test

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/onnx"
	"bis/internal/pipeline/onnx/onnxtest"
)

// engine is shared by all tests.
var engine *onnx.Engine

func TestMain(m *testing.M) {
	if !onnx.Supported() {
		fmt.Fprintln(os.Stderr, "DID NOT RUN: neural networks do not run on this processor")
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	cache, err := onnxtest.Cache()
	if err == nil {
		engine, err = onnx.New(context.Background(), onnx.Config{Cache: cache, CachedOnly: true, Open: 5 * time.Minute, Time: 5 * time.Minute})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := engine.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// graph returns a network of testdata.
func graph(t *testing.T, name string) []byte {
	t.Helper()
	b, err := detect.ReadModel(filepath.Join("testdata", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// picture returns a picture of testdata.
func picture(t *testing.T, n int) image.Image {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", fmt.Sprintf("picture%d.png", n)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// open returns a detector.
func open(t *testing.T, cfg detect.Config) *detect.Detector {
	t.Helper()
	cfg.Engine = engine
	d, err := detect.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// native is a box as native ONNX Runtime and another implementation find it.
type native struct {
	Box   [4]float64
	Class int
	Score float64
}

// nets are the networks of testdata, of each head and each variant of it.
var nets = []struct {
	name string
	kind detect.Kind
}{
	{"detr", detect.DETR}, {"detr_shares", detect.DETR}, {"detr_pixels", detect.DETR},
	{"yolox", detect.YOLOX}, {"yolox_decoded", detect.YOLOX},
	{"yolo", detect.YOLO}, {"yolo_transposed", detect.YOLO}, {"nanodet", detect.NanoDet},
}

func TestDetector_Detect_finds_what_native_ONNX_Runtime_finds(t *testing.T) {
	t.Parallel()
	for _, net := range nets {
		b, err := os.ReadFile(filepath.Join("testdata", net.name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var modes map[string][][]native
		if err := json.Unmarshal(b, &modes); err != nil || len(modes) != 2 {
			t.Fatalf("%s.json has %d modes: %v", net.name, len(modes), err)
		}
		for mode, pictures := range modes {
			d := open(t, detect.Config{Model: graph(t, net.name), Whole: mode == "whole"})
			if d.Kind() != net.kind {
				t.Errorf("%s was recognised as %s", net.name, d.Kind())
			}
			for n, want := range pictures {
				if want == nil {
					continue // a value is near a threshold
				}
				got, err := d.Detect(t.Context(), picture(t, n))
				if err != nil {
					t.Fatalf("%s: Detect = %v", net.name, err)
				}
				compare(t, fmt.Sprintf("%s, %s, picture %d", net.name, mode, n), got, want, d.Classes())
			}
		}
	}
}

// compare matches boxes with the native ones, each with the nearest of its class.
func compare(t *testing.T, name string, got []detect.Box, want []native, classes []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d boxes, want %d: %v", name, len(got), len(want), got)
		return
	}
	for _, w := range want {
		apart, score := math.Inf(1), 0.
		for _, b := range got {
			d := 0.
			for i, side := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
				d = max(d, math.Abs(side-w.Box[i]))
			}
			if b.Class == classes[w.Class] && d < apart {
				apart, score = d, b.Score
			}
		}
		if apart > 1 || math.Abs(score-w.Score) > .01 {
			t.Errorf("%s: no box is like %+v; the nearest is %.2f pixels apart with the score %.4f", name, w, apart, score)
		}
	}
}
