package detect_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/onnx"
)

// plain returns a picture of one grey.
func plain(grey uint8, width, height int) image.Image {
	img := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: grey}), image.Point{}, draw.Src)
	return img
}

func TestNew_refuses_models_that_fit_no_head(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		graph   string
		cfg     detect.Config
		mention []string
	}{
		{"classifier", detect.Config{}, []string{`"output" [1 1000]`, "labels, boxes and scores", "yolox", "yolo", "nanodet"}},
		{"yolov5", detect.Config{}, []string{"[1 567 85]", "96 x 96", "[1, places, 5 + classes]"}},
		{"yolov5", detect.Config{Kind: detect.YOLOX}, []string{"not yolox"}},
		{"yolo", detect.Config{Kind: detect.NanoDet}, []string{"not nanodet"}},
		{"detr", detect.Config{Kind: detect.YOLO}, []string{"not yolo", `"boxes" [1 36 4]`}},
		{"three", detect.Config{}, []string{"3 classes", "names must be given"}},
		{"three", detect.Config{Classes: []string{"one"}}, []string{"[1 7 189]", "1 class names"}},
		{"names", detect.Config{}, []string{"2 class names"}},
		{"ambiguous", detect.Config{}, []string{"kind must be given"}},
		{"small", detect.Config{}, []string{"16 x 16", "32 to 2048"}},
		{"grey", detect.Config{}, []string{"[1 1 96 96]", "[1, 3, height, width]"}},
		{"three", detect.Config{Classes: []string{"one", "", "three"}}, []string{"class 1 has no name"}},
	} {
		c.cfg.Engine, c.cfg.Model = engine, graph(t, c.graph)
		d, err := detect.New(t.Context(), c.cfg)
		if !errors.Is(err, detect.ErrHead) || d != nil {
			t.Errorf("New(%s, %q, %q) = %v, %v; want ErrHead", c.graph, c.cfg.Kind, c.cfg.Classes, d, err)
			continue
		}
		for _, m := range c.mention {
			if !strings.Contains(err.Error(), m) {
				t.Errorf("New(%s): the error does not mention %q: %v", c.graph, m, err)
			}
		}
	}
}

func TestNew_refuses_what_is_no_model(t *testing.T) {
	t.Parallel()
	if _, err := detect.New(t.Context(), detect.Config{Engine: engine, Model: []byte("nothing")}); !errors.Is(err, onnx.ErrModel) {
		t.Errorf("New = %v, want ErrModel", err)
	}
	for _, cfg := range []detect.Config{
		{}, {Engine: engine, Kind: "other"}, {Engine: engine, Score: 2}, {Engine: engine, Overlap: -1},
	} {
		if _, err := detect.New(t.Context(), cfg); err == nil {
			t.Errorf("New(%+v) returned nil", cfg)
		}
	}
}

func TestDetector_Detect_refuses_nonsense(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nan", "score", "infinite", "label", "fewer"} {
		d := open(t, detect.Config{Model: graph(t, name)})
		for range 2 {
			if got, err := d.Detect(t.Context(), plain(255, 100, 100)); !errors.Is(err, detect.ErrNonsense) || got != nil {
				t.Errorf("%s: Detect(white) = %v, %v; want ErrNonsense", name, got, err)
			}
			if got, err := d.Detect(t.Context(), plain(100, 100, 100)); err != nil || len(got) != 1 {
				t.Errorf("%s: Detect(grey) = %v, %v; want one box", name, got, err)
			}
		}
	}
}

func TestDetector_Detect_names_classes(t *testing.T) {
	t.Parallel()
	d := open(t, detect.Config{Model: graph(t, "yolo")})
	if got := strings.Join(d.Classes(), ","); got != "person,dog's bowl,shopping cart" {
		t.Errorf("Classes() of the metadata = %s", got)
	}
	d = open(t, detect.Config{Model: graph(t, "yolo"), Classes: []string{"Woman", "a  man", "child"}})
	if got := strings.Join(d.Classes(), ","); got != "woman,a man,child" {
		t.Errorf("Classes() as given = %s", got)
	}
	d = open(t, detect.Config{Model: graph(t, "yolox")})
	if got := d.Classes(); len(got) != 80 || got[0] != "person" || got[79] != "toothbrush" {
		t.Errorf("Classes() without any = %q", got)
	}
	// Labels without a name are no boxes.
	d = open(t, detect.Config{Model: graph(t, "detr"), Classes: []string{"person"}})
	if got, err := d.Detect(t.Context(), picture(t, 0)); err != nil || len(got) != 0 {
		t.Errorf("Detect with one name = %v, %v", got, err)
	}
}

// odd is an image whose pixels cannot be read.
type odd struct{ image.Image }

func (odd) At(int, int) color.Color { panic("no pixels") }

func TestDetector_Detect_reads_any_picture(t *testing.T) {
	t.Parallel()
	d := open(t, detect.Config{Model: graph(t, "detr")})
	of := picture(t, 0)
	want, err := d.Detect(t.Context(), of)
	if err != nil || len(want) == 0 {
		t.Fatal(want, err)
	}
	moved := image.NewRGBA(of.Bounds().Add(image.Pt(-7, 13)))
	draw.Draw(moved, moved.Rect, of, of.Bounds().Min, draw.Src)
	within := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	draw.Draw(within, of.Bounds().Add(image.Pt(50, 60)), of, of.Bounds().Min, draw.Src)
	for name, img := range map[string]image.Image{
		"moved": moved, "a part": within.SubImage(of.Bounds().Add(image.Pt(50, 60))),
	} {
		got, err := d.Detect(t.Context(), img)
		if err != nil || len(got) != len(want) || got[0] != want[0] {
			t.Errorf("Detect(%s) = %v, %v; want %v", name, got, err, want)
		}
	}
	for name, img := range map[string]image.Image{
		"empty": image.NewRGBA(image.Rectangle{}), "odd": odd{plain(0, 10, 10)},
	} {
		if got, err := d.Detect(t.Context(), img); err == nil {
			t.Errorf("Detect(%s) = %v, want an error", name, got)
		}
	}
	for _, size := range []image.Point{{1, 1}, {1, 500}, {500, 1}, {3, 2}, {97, 96}} {
		got, err := d.Detect(t.Context(), plain(90, size.X, size.Y))
		if err != nil {
			t.Errorf("Detect of %v pixels = %v", size, err)
		}
		for _, b := range got {
			if b.X0 < 0 || b.Y0 < 0 || b.X1 > float64(size.X) || b.Y1 > float64(size.Y) || b.X0 >= b.X1 || b.Y0 >= b.Y1 {
				t.Errorf("a box of a picture of %v pixels is %+v", size, b)
			}
		}
	}
}

func TestDetector_Detect_is_safe_for_concurrent_use(t *testing.T) {
	t.Parallel()
	d := open(t, detect.Config{Model: graph(t, "detr")})
	want, err := d.Detect(t.Context(), picture(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got, err := d.Detect(t.Context(), picture(t, 0)); err != nil || len(got) != len(want) {
				t.Errorf("Detect = %v, %v; want %v", got, err, want)
			}
		})
	}
	group.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Detect(ctx, picture(t, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("Detect after the end of its context = %v", err)
	}
	_ = d.Close()
	if _, err := d.Detect(t.Context(), picture(t, 0)); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("Detect after Close = %v, want ErrClosed", err)
	}
}

func TestReadModel_refuses_what_is_no_file_of_a_model(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 2<<30); err != nil { // takes no space
		t.Fatal(err)
	}
	for _, name := range []string{large, t.TempDir(), filepath.Join(t.TempDir(), "missing"), os.DevNull} {
		if b, err := detect.ReadModel(name); err == nil {
			t.Errorf("ReadModel(%s) = %d bytes", name, len(b))
		}
	}
}
