package measure_test

import (
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// recorded returns the frames of a real camera from the folder that BIS_TEST_STREET names: JPEG files in
// the order of their names, a second apart. They are not in the repository.
func recorded(t *testing.T) []*image.RGBA {
	t.Helper()
	dir := os.Getenv("BIS_TEST_STREET")
	if dir == "" {
		fmt.Fprintf(os.Stderr, "%s DID NOT RUN: set BIS_TEST_STREET to a folder with a real camera's frames\n", t.Name())
		t.Skip("BIS_TEST_STREET is not set")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil || len(names) < 10 {
		t.Fatalf("%d frames in BIS_TEST_STREET, %v; want at least 10", len(names), err)
	}
	all := make([]*image.RGBA, len(names))
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		all[i] = image.NewRGBA(img.Bounds())
		draw.Draw(all[i], all[i].Rect, img, img.Bounds().Min, draw.Src)
	}
	return all
}

// swing returns frame i of a recording that is played forth and back, without a jump.
func swing(all []*image.RGBA, i int) *image.RGBA {
	n := 2*len(all) - 2
	if i %= n; i >= len(all) {
		i = n - i
	}
	return all[i]
}

func TestMeasurer_states_nothing_on_recorded_frames(t *testing.T) {
	t.Parallel()
	all := recorded(t)
	random := rand.New(rand.NewPCG(7, 7))
	b := all[0].Bounds()
	m, at, k := newMeasurer(t), noon, 0
	total, counted, alarms := 0, 0, 0
	for _, s := range []struct {
		name   string
		frames int
		light  bool
		change func(img *image.RGBA, i int) image.Image
	}{
		{"as recorded", 40, false, func(img *image.RGBA, _ int) image.Image { return img }},
		{"again", 80, false, func(img *image.RGBA, _ int) image.Image { return noise(img, 3, random) }},
		{"recompressed", 60, false, func(img *image.RGBA, _ int) image.Image { return recompress(t, img, 15+random.IntN(80)) }},
		{"exposure", 60, false, func(img *image.RGBA, _ int) image.Image { return expose(img, 0.65+0.8*random.Float64()) }},
		{"noise", 40, false, func(img *image.RGBA, _ int) image.Image { return noise(img, 16, random) }},
		{"a flickering lamp", 40, false, func(img *image.RGBA, i int) image.Image {
			return lamp(img, image.Pt(b.Dx()/3, b.Dy()/2), float64(b.Dy())/2, 1-0.5*float64(i%2))
		}},
		{"sunset", 80, false, func(img *image.RGBA, i int) image.Image { return noise(sunset(img, 1-0.75*float64(i)/80), 3, random) }},
		{"lamps", 20, true, func(img *image.RGBA, _ int) image.Image { return noise(dimmed(img), 3, random) }},
		{"infrared", 60, true, func(img *image.RGBA, _ int) image.Image {
			return recompress(t, noise(infrared(img), 8, random), 80)
		}},
		{"morning", 20, true, func(img *image.RGBA, _ int) image.Image { return img }},
	} {
		wrong, here := map[briefing.CameraState]int{}, 0
		for i := range s.frames {
			got := m.Measure([]pipeline.Frame{{Image: s.change(swing(all, k), i), At: at}})
			at, k = at.Add(time.Second), k+1
			if got.State != briefing.CameraOK && !(s.light && i < 2 && got.State == briefing.CameraLightChange) {
				wrong[got.State]++
				alarms++
			}
			if got.Facts.Counted {
				here++
			}
		}
		total, counted = total+s.frames, counted+here
		t.Logf("%-20s %3d frames, %3d counted, false: %v", s.name, s.frames, here, wrong)
	}
	t.Logf("%d frames of a real camera: %d counted, %d false alarms", total, counted, alarms)
	if alarms > 0 {
		t.Errorf("%d false alarms", alarms)
	}
}

func TestMeasurer_states_what_befalls_a_recorded_camera(t *testing.T) {
	t.Parallel()
	all := recorded(t)
	random := rand.New(rand.NewPCG(7, 8))
	size := all[0].Bounds().Size()
	part := image.Pt(size.X*7/10, size.Y*8/10)
	// The camera sees a part of the recording, so that it can be turned. People go on walking.
	view := func(i int, dx, dy float64) *image.RGBA {
		return place{"", swing(all, i), part}.frame(dx, dy)
	}
	k := 0
	still := place{"a street", all[0], part}
	for _, e := range events(still) {
		m, at := newMeasurer(t), noon
		well := func(int) image.Image { k++; return noise(view(k, 0, 0), 2, random) }
		before := runs(m, &at, 10, well)
		during := runs(m, &at, 8, func(i int) image.Image {
			k++
			img := e.shot(i)
			switch e.name {
			case "a little out of focus":
				img = unfocused(view(k, 0, 0), part.Y/100)
			case "turned a little":
				img = view(k, .12, 0)
			case "turned":
				img = view(k, -.2, .08)
			case "infrared":
				img = infrared(view(k, 0, 0))
			case "lamps off":
				img = dimmed(view(k, 0, 0))
			}
			return noise(img, 2, random)
		})
		after := runs(m, &at, 5, well)
		for i := range after {
			after[i].people = 0 // people walk here
		}
		checkEvent(t, "a street, "+e.name, e, before, during, after)
	}
}
