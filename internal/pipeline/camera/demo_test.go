package camera_test

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"
	"time"

	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/measure"
)

// The test compares the people whom the demo draws with those whom measure counts.
func TestDemo_is_counted_from_its_pixels(t *testing.T) {
	t.Parallel()
	var frames, exact, counted, off int
	seeds := uint64(demoSeeds)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		src, err := camera.Open("demo:?seed="+string(rune('0'+seed)), camera.Config{Clock: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		m, _ := measure.New(measure.Config{})
		for range 300 {
			f, err := src.Frame(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			facts := m.Measure([]pipeline.Frame{f}).Facts
			frames++
			if n, ok := facts.People(); ok {
				counted++
				want := camera.DemoPeople(seed, now)
				off += int(math.Abs(float64(n - want)))
				if n == want {
					exact++
				}
			}
			now = now.Add(5 * time.Second)
		}
	}
	t.Logf("%d frames, %d counted, %.1f %% exact, mean absolute error %.3f", frames, counted,
		100*float64(exact)/float64(counted), float64(off)/float64(counted))
	if counted < frames*95/100 || exact < counted*80/100 {
		t.Errorf("%d of %d counted, %d exact; want 95 %% counted and 80 %% of those exact", counted, frames, exact)
	}
}

func TestDemo_blanked_shows_nobody(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	src, _ := camera.Open("demo:", camera.Config{Clock: func() time.Time { return now }})
	m, _ := measure.New(measure.Config{})
	for range 60 {
		f, err := src.Frame(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(f.Image.(draw.Image), f.Image.Bounds(), image.NewUniform(color.Gray{120}), image.Point{}, draw.Src)
		facts := m.Measure([]pipeline.Frame{f}).Facts
		if n, _ := facts.People(); n != 0 {
			t.Fatalf("%d people in a blank picture at %v", n, now)
		}
		now = now.Add(5 * time.Second)
	}
}

func TestDemo_is_a_function_of_seed_and_time(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 7, 0, time.UTC)
	shot := func(address string) pipeline.Frame {
		src, err := camera.Open(address, camera.Config{Clock: func() time.Time { return at }})
		if err != nil {
			t.Fatal(err)
		}
		f, err := src.Frame(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	same := func(a, b pipeline.Frame) bool {
		return string(a.Image.(*image.RGBA).Pix) == string(b.Image.(*image.RGBA).Pix)
	}
	if !same(shot("demo:?seed=7"), shot("demo:?seed=7")) {
		t.Error("one seed gave two pictures")
	}
	if same(shot("demo:?seed=7"), shot("demo:?seed=8")) {
		t.Error("two seeds gave one picture")
	}
	if b := shot("demo:").Image.Bounds(); b.Dx() != 640 || b.Dy() != 360 {
		t.Errorf("size %v", b)
	}
}

func BenchmarkDemo(b *testing.B) {
	src, _ := camera.Open("demo:", camera.Config{})
	for b.Loop() {
		if _, err := src.Frame(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
