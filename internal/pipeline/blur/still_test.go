package blur_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/blur"
	"bis/internal/pipeline/measure"
)

// scene is what a camera of these tests sees. It is a pipeline.Source.
type scene struct {
	view  *image.RGBA // without people
	light float64
	now   time.Time
	seed  uint64
	stand []image.Rectangle // of the people
	nod   int               // pixels that heads have moved
}

// The room of the tests has pixels that differ from their neighbours everywhere, and so do people.
const roomWide, roomHigh = 320, 180

func newScene() *scene {
	s := &scene{view: image.NewRGBA(image.Rect(0, 0, roomWide, roomHigh)), light: 1, now: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}
	texture(s.view, s.view.Rect, 1, 90, 170)
	return s
}

// texture fills a box with shelves: bars of random heights and tones, and edges between all pixels.
func texture(img *image.RGBA, box image.Rectangle, seed uint64, low, high int) {
	random := rand.New(rand.NewPCG(seed, 7))
	for y := box.Min.Y; y < box.Max.Y; y += 6 {
		for x := box.Min.X; x < box.Max.X; x += 6 {
			tone := low + random.IntN(high-low)
			for i := range 36 {
				v := uint8(tone + (i%2)*24)
				if at := image.Pt(x+i%6, y+i/6); at.In(box) {
					img.SetRGBA(at.X, at.Y, color.RGBA{v, v, v - 20, 255})
				}
			}
		}
	}
}

// person is where somebody stands from the first frame on.
var person = image.Rect(130, 50, 170, 150)

func (s *scene) Frame(context.Context) (pipeline.Frame, error) {
	img := image.NewRGBA(s.view.Rect)
	draw.Draw(img, img.Rect, s.view, image.Point{}, draw.Src)
	for i, at := range s.stand {
		head := image.Rect(at.Min.X+10, at.Min.Y, at.Max.X-10, at.Min.Y+24).Add(image.Pt(s.nod, 0))
		texture(img, head, 40+uint64(i), 150, 225)
		texture(img, image.Rect(at.Min.X, at.Min.Y+24, at.Max.X, at.Max.Y), 50+uint64(i), 20, 100)
	}
	s.seed++
	noise := rand.New(rand.NewPCG(s.seed, 3))
	for i := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = uint8(min(max(float64(img.Pix[i])*s.light+float64(noise.IntN(7)-3), 0), 255))
		}
	}
	return pipeline.Frame{Image: img, At: s.now}, nil
}

func (s *scene) Close() error { return nil }

// shop is a camera whose provider gets blurred pictures, from its source to the JPEG bytes.
type shop struct {
	*scene
	t    *testing.T
	p    *pipeline.Pipeline
	tick int64
}

type silent struct{}

func (silent) Caption(context.Context, pipeline.CaptionInput) (pipeline.Caption, error) {
	return pipeline.Caption{Text: "-", Source: "template"}, nil
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{scene: newScene(), t: t}
	s.start()
	return s
}

// start begins with a process that knows nothing.
func (s *shop) start() {
	t := s.t
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	privacy, err := blur.New(log)
	if err != nil {
		t.Fatal(err)
	}
	privacy.WaitLong()
	open := func(briefing.Camera) (pipeline.Setup, error) {
		m, err := measure.New(measure.Config{})
		return pipeline.Setup{Source: s.scene, Measurer: m}, err
	}
	setup, err := open(briefing.Camera{})
	if err != nil {
		t.Fatal(err)
	}
	s.p, err = pipeline.New(pipeline.Config{
		Cameras: map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: setup}, Open: open,
		Captioner: silent{}, KeepFrames: true, Privacy: privacy, Log: log,
		Clock: func() time.Time { return s.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	p := s.p
	t.Cleanup(func() { _ = p.Close() })
}

// pass runs the camera every minute for a while and returns the last picture as it leaves.
func (s *shop) pass(d time.Duration) image.Image {
	s.t.Helper()
	id := ""
	for range max(int(d/time.Minute), 1) {
		s.tick++
		s.now = s.now.Add(time.Minute)
		report, err := s.p.Run(s.t.Context(), briefing.Run{
			Request: briefing.Request{ID: "r", Username: "kim", Interval: 60, CameraID: "0123456789abcdef01234567"},
			Camera: &briefing.Camera{
				ID: "0123456789abcdef01234567", Username: "kim", Version: 1, KeepFrames: briefing.KeepNone,
				Egress: []briefing.ProviderEgress{{Provider: "a", Egress: briefing.EgressBlurred}},
			},
			Tick: s.tick, At: s.now,
		})
		if err != nil {
			s.t.Fatal(err)
		}
		id = report.Facts.FrameID
	}
	b, err := s.p.Picture(id)
	if err != nil {
		s.t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// sharp is the share of neighbours in a box that differ clearly.
func sharp(img image.Image, box image.Rectangle) float64 {
	edges, all := 0, 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X-1; x++ {
			a := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
			b := color.GrayModel.Convert(img.At(x+1, y)).(color.Gray).Y
			if all++; max(a, b)-min(a, b) > 10 {
				edges++
			}
		}
	}
	return float64(edges) / float64(all)
}

// is reports whether boxes of a picture are sharp or coarse.
func (s *shop) is(when string, img image.Image, want bool, boxes ...image.Rectangle) {
	s.t.Helper()
	for _, box := range boxes {
		if got := sharp(img, box); want && got < .5 || !want && got > .1 {
			s.t.Errorf("%s: %v has edges in %.2f of its pixels, want sharp: %v", when, box, got, want)
		}
	}
}

// The corners of the room, away from people.
var corners = []image.Rectangle{image.Rect(0, 0, 60, 60), image.Rect(250, 0, 320, 60), image.Rect(0, 120, 60, 180)}

// An empty shop is coarse at first and sharp after a quarter of an hour.
func TestBlurred_empty_shop_becomes_sharp(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.is("first picture", s.pass(0), false, s.view.Rect)
	s.is("after 10 minutes", s.pass(9*time.Minute), false, s.view.Rect)
	s.is("after 18 minutes", s.pass(8*time.Minute), true, append(corners, person)...)
}

// A person who stands there from the first frame on is coarse while the person moves a little, and
// also without any movement for more than ten minutes. The rest of the shop is sharp.
func TestBlurred_person_of_the_first_frame(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.stand = []image.Rectangle{person}
	s.is("without a movement", s.pass(13*time.Minute), false, person)
	for i := range 8 {
		s.nod = 2 * (1 - i%2)
		s.is("with small movements", s.pass(5*time.Minute), false, person)
	}
	for i := range 20 {
		s.nod = i % 3
		s.is("with movements all the time", s.pass(0), false, person)
	}
	s.is("the rest", s.pass(0), true, corners...)
	s.stand = nil
	s.is("where somebody was", s.pass(2*time.Minute), false, person)
	s.is("long after somebody left", s.pass(20*time.Minute), true, person)
}

// A person who comes and sits is coarse for two hours, and what was behind is sharp at once after
// the person has gone.
func TestBlurred_person_who_sits_down(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.pass(18 * time.Minute)
	s.stand = []image.Rectangle{person}
	for _, after := range []time.Duration{1, 9, 20, 60} {
		s.is("somebody who sits", s.pass(after*time.Minute), false, person)
	}
	s.is("the rest", s.pass(0), true, corners...)
	s.stand = nil
	s.is("after somebody left", s.pass(5*time.Minute), true, person)
}

// After another light, another view and a restart nothing is known.
func TestBlurred_forgets_with_the_background(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*shop){
		"light":   func(s *shop) { s.light = .25 },
		"a turn":  func(s *shop) { texture(s.view, s.view.Rect, 99, 40, 220) },
		"restart": func(s *shop) { s.start() },
	} {
		s := newShop(t)
		s.is(name+": before", s.pass(18*time.Minute), true, corners...)
		change(s)
		s.stand = []image.Rectangle{person}
		for range 5 {
			s.is(name, s.pass(2*time.Minute), false, s.view.Rect)
		}
	}
}

// A test of a camera whose runs know the background shows what leaves of the next run.
func TestBlurred_preview_is_what_leaves(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	preview := func() image.Image {
		t.Helper()
		got, err := s.p.Test(t.Context(), briefing.CameraTrial{Camera: briefing.Camera{ID: "0123456789abcdef01234567", Username: "kim"}})
		if err != nil || got.Leaves == nil {
			t.Fatalf("%+v, %v", got.Health, err)
		}
		b, ok := got.Leaves(briefing.EgressBlurred)
		if _, counts := got.Leaves(briefing.EgressCounts); !ok || counts {
			t.Fatal("the preview of an egress")
		}
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	s.is("a camera without runs", preview(), false, s.view.Rect)
	s.pass(5 * time.Minute)
	s.is("after 5 minutes", preview(), false, s.view.Rect)
	s.pass(14 * time.Minute)
	s.is("after 19 minutes", preview(), true, append(corners, person)...)
	s.stand = []image.Rectangle{person}
	for range 3 {
		s.is("somebody in the preview", preview(), false, person)
	}
	s.stand = nil
	s.is("the run after previews", s.pass(0), true, person)
}
