package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// keeping opens a pipeline that retains frames.
func keeping(t testing.TB, src pipeline.Source, m pipeline.Measurer) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.New(pipeline.Config{
		Cameras:   map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: src, Measurer: m}},
		Captioner: &captioner{}, KeepFrames: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func camera(t *testing.T, p *pipeline.Pipeline) briefing.Camera {
	t.Helper()
	c, err := p.Camera(briefing.DefaultCamera)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scenes is a measurer that returns the scene of the test.
type scenes struct{ scene briefing.Scene }

func (s *scenes) Measure([]pipeline.Frame) pipeline.Measurement {
	return pipeline.Measurement{Facts: pipeline.Facts{Scene: s.scene}, State: briefing.CameraOK}
}

func TestCamera_states(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fails error
		src := &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
			return pipeline.Frame{}, fails
		}}
		m := &scenes{}
		p := open(t, src, m, &captioner{})
		if c := camera(t, p); c.Health.State != briefing.CameraUnobserved || c.Health.Since.IsZero() || c.ID != briefing.DefaultCamera || c.Name == "" || c.LastFrame != nil {
			t.Errorf("before the first run: %+v", c)
		}
		var since time.Time
		last := briefing.CameraUnobserved
		for i, step := range []struct {
			err   error
			scene briefing.Scene
			want  briefing.CameraState
		}{
			{nil, briefing.SceneLearning, briefing.CameraOK},
			{nil, briefing.SceneChanged, briefing.CameraOK},
			{pipeline.ErrOffline, "", briefing.CameraAway},
			{errors.New("broken wire"), "", briefing.CameraAway},
			{fmt.Errorf("%w: it answered 401", pipeline.ErrRefused), "", briefing.CameraRefused},
			{pipeline.ErrUnreadable, "", briefing.CameraIllegible},
			{nil, briefing.SceneDark, briefing.CameraDark},
			{nil, briefing.SceneDark, briefing.CameraDark},
			{nil, briefing.SceneSteady, briefing.CameraOK},
		} {
			fails, m.scene = step.err, step.scene
			first := time.Now().UTC()
			run(t, p, tick("a", int64(2*i+1)))
			if h := camera(t, p).Health; i > 0 && h.State != last {
				t.Errorf("step %d: %+v after one run, was %s", i, h, last)
			}
			pass(10 * time.Second)
			run(t, p, tick("a", int64(2*i+2)))
			h := camera(t, p).Health
			if h.State != step.want || (h.Detail(false) == "") != (step.want == briefing.CameraOK) {
				t.Errorf("step %d: %+v, want %s", i, h, step.want)
			}
			if moved := h.Since != since; moved != (step.want != last) || moved && h.Since != first {
				t.Errorf("step %d: %s since %v, was %s since %v", i, h.State, h.Since, last, since)
			}
			if detail := h.Detail(false); detail != "" && !regexp.MustCompile(`^[가-힣 ]+다\. [가-힣 ]+(요|다)\.$`).MatchString(detail) {
				t.Errorf("%s: detail %q is not a Korean sentence with a next step", h.State, detail)
			}
			since, last = h.Since, h.State
			pass(10 * time.Second)
		}
	})
}

func TestCamera_that_hangs_is_offline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &source{takes: time.Minute}
		p := open(t, src, &measurer{}, &captioner{})
		run(t, p, tick("a", 1))
		if h := camera(t, p).Health; h.State != briefing.CameraAway {
			t.Errorf("state %+v while the source hangs", h)
		}
		pass(time.Minute) // one good frame has come, too late for its run
		if h := camera(t, p).Health; h.State != briefing.CameraAway {
			t.Errorf("state %+v after one good frame", h)
		}
		src.takes = 0
		run(t, p, tick("a", 2))
		if h := camera(t, p).Health; h.State != briefing.CameraOK {
			t.Errorf("state %+v after the source came back", h)
		}
	})
}

func TestCamera_unknown(t *testing.T) {
	t.Parallel()
	p := open(t, &source{}, &measurer{}, &captioner{})
	for _, id := range []briefing.CameraID{"", "door", "Default"} {
		if _, err := p.Camera(id); !errors.Is(err, briefing.ErrNotFound) {
			t.Errorf("Camera(%q) = %v", id, err)
		}
	}
}

func TestCamera_retains_two_frames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &source{frame: func(_ context.Context, n int64) (pipeline.Frame, error) {
			if n == 4 {
				return pipeline.Frame{}, pipeline.ErrOffline
			}
			return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 40, 30)), At: time.Now()}, nil
		}}
		p := keeping(t, src, &measurer{})
		if c := camera(t, p); c.LastFrame != nil {
			t.Errorf("a frame before the first run: %+v", c.LastFrame)
		}
		var ids []string
		for n := range int64(4) {
			pass(10 * time.Second)
			run(t, p, tick("a", n+1))
			f := camera(t, p).LastFrame
			if f == nil || f.Width != 40 || f.Height != 30 || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(f.ID) {
				t.Fatalf("after run %d: %+v", n, f)
			}
			ids = append(ids, f.ID)
			if b, err := p.Picture(f.ID); err != nil || len(b) == 0 {
				t.Errorf("after run %d: %d bytes, %v", n, len(b), err)
			}
		}
		if ids[0] == ids[1] || ids[1] == ids[2] || ids[2] != ids[3] {
			t.Errorf("frames %q: want a new one with each picture, and the last one while the camera is away", ids)
		}
		if b, err := p.Picture(ids[1]); err != nil || len(b) == 0 {
			t.Errorf("the frame before the last: %d bytes, %v", len(b), err)
		}
		for _, id := range []string{ids[0], "", "0", strings.ToUpper(ids[2]) + "0"} {
			if _, err := p.Picture(id); !errors.Is(err, briefing.ErrNotFound) {
				t.Errorf("Picture(%q) = %v, want not found", id, err)
			}
		}
	})
}

func TestCamera_retains_no_frame_unless_asked(t *testing.T) {
	t.Parallel()
	p := open(t, &source{}, &measurer{}, &captioner{})
	run(t, p, tick("a", 1))
	if c := camera(t, p); c.LastFrame != nil || c.Health.State != briefing.CameraOK {
		t.Errorf("%+v", c)
	}
}

// painted returns an image of one colour.
func painted(r image.Rectangle, make func(image.Rectangle) interface {
	image.Image
	Set(x, y int, c color.Color)
}) image.Image {
	img := make(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.Set(x, y, color.RGBA{R: 200, G: 100, B: 50, A: 255})
		}
	}
	return img
}

func TestPicture_is_a_jpeg_of_bounded_size(t *testing.T) {
	t.Parallel()
	rgba := func(r image.Rectangle) image.Image {
		return painted(r, func(r image.Rectangle) interface {
			image.Image
			Set(x, y int, c color.Color)
		} {
			return image.NewNRGBA64(r)
		})
	}
	for name, c := range map[string]struct {
		img           image.Image
		width, height int
	}{
		"small":         {rgba(image.Rect(0, 0, 64, 48)), 64, 48},
		"not at zero":   {rgba(image.Rect(7, 9, 1607, 909)), 1280, 720},
		"one pixel":     {rgba(image.Rect(0, 0, 1, 1)), 1, 1},
		"a wide line":   {rgba(image.Rect(0, 0, 20_000, 1)), 1280, 1},
		"a high line":   {rgba(image.Rect(0, 0, 1, 70_000)), 1, 2560},
		"4K":            {image.NewYCbCr(image.Rect(0, 0, 3840, 2160), image.YCbCrSubsampleRatio420), 1280, 720},
		"large and raw": {rgba(image.Rect(0, 0, 2000, 1500)), 1280, 960},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := keeping(t, &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
				return pipeline.Frame{Image: c.img}, nil
			}}, &measurer{})
			run(t, p, tick("a", 1))
			f := camera(t, p).LastFrame
			if f == nil || f.Width != c.width || f.Height != c.height || f.At.IsZero() {
				t.Fatalf("frame %+v, want %d x %d", f, c.width, c.height)
			}
			b, err := p.Picture(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			got, err := jpeg.Decode(bytes.NewReader(b))
			if err != nil || got.Bounds() != image.Rect(0, 0, c.width, c.height) {
				t.Fatalf("decoded %v, %v", got, err)
			}
			if name == "4K" {
				return
			}
			r, g, bl, _ := got.At(c.width/2, c.height/2).RGBA()
			if near := func(a uint32, b int) bool { d := int(a>>8) - b; return d > -12 && d < 12 }; !near(r, 200) || !near(g, 100) || !near(bl, 50) {
				t.Errorf("the colour is %d %d %d", r>>8, g>>8, bl>>8)
			}
		})
	}
}

// broken is an image whose pixels cannot be read.
type broken struct{ *image.Gray }

func (broken) At(int, int) color.Color        { panic("no pixel") }
func (broken) RGBA64At(int, int) color.RGBA64 { panic("no pixel") }
func (b broken) ColorModel() color.Model      { return color.RGBAModel }
func (b broken) Bounds() image.Rectangle      { return b.Gray.Bounds() }

// An image that cannot be encoded costs its picture, and neither the run nor the process.
func TestPicture_that_cannot_be_encoded(t *testing.T) {
	t.Parallel()
	p := keeping(t, &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
		return pipeline.Frame{Image: broken{image.NewGray(image.Rect(0, 0, 3000, 2000))}}, nil
	}}, &measurer{})
	if r := run(t, p, tick("a", 1)); r.Degraded != "" || !r.Facts.Counted {
		t.Errorf("the run reports %+v", r)
	}
	if _, err := p.Picture(camera(t, p).LastFrame.ID); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("Picture = %v", err)
	}
}

// BenchmarkRun compares the runs of a pipeline that retains no frame, that retains the last one,
// and whose frames are all read.
func BenchmarkRun(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for _, mode := range []string{"none", "last", "read"} {
		b.Run(mode, func(b *testing.B) {
			now := time.Now()
			p, err := pipeline.New(pipeline.Config{
				Cameras: map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {
					Source:   &source{frame: func(context.Context, int64) (pipeline.Frame, error) { return pipeline.Frame{Image: img}, nil }},
					Measurer: &measurer{},
				}},
				Captioner: silent{}, KeepFrames: mode != "none", Reuse: time.Nanosecond,
				Clock: func() time.Time { now = now.Add(time.Second); return now },
			})
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			for n := int64(1); b.Loop(); n++ {
				if _, err := p.Run(b.Context(), tick("a", n)); err != nil {
					b.Fatal(err)
				}
				if mode != "read" {
					continue
				}
				c, err := p.Camera(briefing.DefaultCamera)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Picture(c.LastFrame.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// silent writes the same caption each time.
type silent struct{}

func (silent) Caption(context.Context, pipeline.CaptionInput) (pipeline.Caption, error) {
	return pipeline.Caption{Text: "x", Source: "template"}, nil
}
