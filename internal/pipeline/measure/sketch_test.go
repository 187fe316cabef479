package measure_test

import (
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// sketchOf measures a picture and returns its sketch.
func sketchOf(t testing.TB, m pipeline.Measurer, at *time.Time, img image.Image) pipeline.Sketch {
	t.Helper()
	got := m.Measure([]pipeline.Frame{{Image: img, At: *at}})
	*at = at.Add(10 * time.Second)
	if got.Facts.Counted != (got.Sketch != nil) || got.Facts.Counted != (got.Found != nil) {
		t.Fatalf("counted %v, sketch %v, found %v", got.Facts.Counted, got.Sketch, got.Found)
	}
	return got.Sketch
}

func TestSketch_differs_when_somebody_comes_moves_or_leaves(t *testing.T) {
	t.Parallel()
	for name, photo := range photos(t) {
		random := rand.New(rand.NewPCG(4, 4))
		m, at := newMeasurer(t), noon
		sketch := func(img image.Image) pipeline.Sketch { return sketchOf(t, m, &at, img) }
		one, two := paste(photo, 1, random), paste(photo, 2, random)
		sketch(photo)
		empty := sketch(photo)
		again := sketch(noise(photo, 3, random))
		came := sketch(one)
		stays := sketch(noise(one, 3, random))
		second := sketch(two)
		left := sketch(photo)
		for _, c := range []struct {
			what        string
			now, before pipeline.Sketch
			want        bool
		}{
			{"nothing", again, empty, false},
			{"itself", empty, empty, false},
			{"somebody came", came, empty, true},
			{"somebody stays", stays, came, false},
			{"a second one came", second, stays, true},
			{"both left", left, second, true},
			{"as before the visit", left, empty, false},
			{"no sketch", empty, nil, true},
		} {
			if got := c.now.Differs(c.before); got != c.want {
				t.Errorf("%s, %s: differs %v, want %v", name, c.what, got, c.want)
			}
		}
		if c, r, busy := empty.Tiles(); c*r != len(busy) || c != 10 || r != 10 || some(busy) {
			t.Errorf("%s: %d x %d tiles, %v in an empty view", name, c, r, busy)
		}
		if _, _, busy := second.Tiles(); !some(busy) {
			t.Errorf("%s: no tile is busy with two people", name)
		}
		other := newMeasurer(t)
		sketchOf(t, other, &at, photo)
		if elsewhere := sketchOf(t, other, &at, photo); !elsewhere.Differs(empty) {
			t.Errorf("%s: the sketches of two cameras do not differ", name)
		}
	}
}

func some(marks []bool) bool {
	for _, m := range marks {
		if m {
			return true
		}
	}
	return false
}

func TestMeasurement_Found_has_the_counted_people_of_each_picture(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	random := rand.New(rand.NewPCG(9, 9))
	m, at := newMeasurer(t), noon
	shots(m, &at, photo, photo)
	burst := frames(at, paste(photo, 2, random), paste(photo, 3, random), paste(photo, 5, random), paste(photo, 3, random))
	burst[3].Damaged = true
	got := m.Measure(burst)
	if n, ok := got.Facts.People(); !ok || n != 3 || got.Facts.Method != briefing.MethodMotion {
		t.Fatalf("%+v; want 3 people, by motion", got.Facts)
	}
	for i, want := range []int{2, 3, 5} {
		if i >= len(got.Found) || len(got.Found[i]) != want {
			t.Fatalf("%d pictures, %v; want 2, 3 and 5 people", len(got.Found), got.Found)
		}
		for k, b := range got.Found[i] {
			// paste draws person k around the middle of fifth k, up to a sixth of its height wide.
			if x := b.Foot().X; b.Name != briefing.Person || b.X0 < 0 || b.Y0 < 0 || b.X1 > 1 || b.Y1 > 1 ||
				b.X0 >= b.X1 || b.Y0 >= b.Y1 || x < float64(k)/5 || x > float64(k+1)/5 {
				t.Errorf("picture %d: box %d is %+v", i, k, b)
			}
		}
	}
}
