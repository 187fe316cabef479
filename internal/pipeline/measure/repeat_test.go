package measure_test

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
)

// repeats measures one picture again and again, and returns the run and the time after which the
// camera counts as frozen. Zero means never.
func repeats(m *measure.Measurer, n int, apart time.Duration, shot func(i int) pipeline.Frame) (run int, after time.Duration) {
	at := noon
	for i := range n {
		f := shot(i)
		f.At = at
		got := m.Measure([]pipeline.Frame{f})
		if got.State == briefing.CameraFrozen {
			if got.Facts.Counted {
				return -1, 0
			}
			return i + 1, at.Sub(noon)
		}
		at = at.Add(apart)
	}
	return 0, 0
}

func TestMeasurer_frozen(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 9))
	base := places(t)[8].frame(0, 0)
	live := func(int) pipeline.Frame { return pipeline.Frame{Image: noise(base, 1, random)} }
	same := func(int) pipeline.Frame { return pipeline.Frame{Image: base} }
	jpeg := recompress(t, base, 80)
	for _, c := range []struct {
		name  string
		apart time.Duration
		shot  func(i int) pipeline.Frame
		run   int // 0: never
	}{
		{"every second", time.Second, same, 121},
		{"every ten seconds", 10 * time.Second, same, 13},
		{"every minute", time.Minute, same, 10},
		{"every hour", time.Hour, same, 10},
		{"a JPEG", 10 * time.Second, func(int) pipeline.Frame { return pipeline.Frame{Image: jpeg} }, 13},
		{"a grey camera", time.Minute, func(int) pipeline.Frame {
			return pipeline.Frame{Image: into(image.NewGray(base.Bounds()), base)}
		}, 10},
		{"an odd kind of picture", time.Minute, func(int) pipeline.Frame {
			return pipeline.Frame{Image: into(image.NewCMYK(base.Bounds()), base)}
		}, 10},
		{"a file", 10 * time.Second, func(int) pipeline.Frame { return pipeline.Frame{Image: base, Still: true} }, 0},
		{"noise of one step", 10 * time.Second, live, 0},
		{"one pixel a frame", 10 * time.Second, func(i int) pipeline.Frame {
			img := clone(base)
			img.SetRGBA(i*7%base.Rect.Dx(), i*5%base.Rect.Dy(), color.RGBA{uint8(i), 9, 9, 255})
			return pipeline.Frame{Image: img}
		}, 0},
		{"a clock runs in it", 30 * time.Second, func(i int) pipeline.Frame {
			return pipeline.Frame{Image: clockOf(base, i)}
		}, 21}, // ten minutes
		{"a clock and noise", 30 * time.Second, func(i int) pipeline.Frame {
			return pipeline.Frame{Image: clockOf(noise(base, 1, random), i)}
		}, 0},
		{"a thing moves at the border", 30 * time.Second, func(i int) pipeline.Frame {
			return pipeline.Frame{Image: clockOf(base, i/3)}
		}, 0}, // not in every run, so it is no clock
		{"two pictures in turn", 10 * time.Second, func(i int) pipeline.Frame {
			return pipeline.Frame{Image: clockOf(base, 31*(i%2))}
		}, 0},
		{"compressed anew", 10 * time.Second, func(i int) pipeline.Frame {
			return pipeline.Frame{Image: recompress(t, base, 60+i)}
		}, 0},
	} {
		n := 40
		if c.apart == time.Second {
			n = 130
		}
		run, after := repeats(newMeasurer(t), n, c.apart, c.shot)
		t.Logf("%-28s frozen in run %d, after %v", c.name, run, after)
		if run != c.run {
			t.Errorf("%s: frozen in run %d, want %d", c.name, run, c.run)
		}
	}
}

func TestMeasurer_frozen_ends_with_the_next_other_picture(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 1))
	photo := photos(t)["coffee.jpg"]
	m, at := newMeasurer(t), noon
	with := paste(photo, 2, random)
	shots(m, &at, photo, photo)
	frozen := runs(m, &at, 20, func(int) image.Image { return with })
	if last := frozen[19]; last.state != briefing.CameraFrozen || last.counted {
		t.Fatalf("%+v after twenty runs with one picture", last)
	}
	for i, s := range runs(m, &at, 3, func(int) image.Image { return noise(with, 2, random) }) {
		if s.state != briefing.CameraOK || !s.counted || s.people != 2 {
			t.Errorf("run %d after it: %+v; want two people", i+1, s)
		}
	}
}

func TestMeasurer_frozen_is_never_stated_within_a_burst(t *testing.T) {
	t.Parallel()
	base := places(t)[6].frame(0, 0)
	random := rand.New(rand.NewPCG(4, 1))
	m, at := newMeasurer(t), noon
	for i := range 30 { // each burst has one picture three times
		img := noise(base, 1, random)
		if got := m.Measure(frames(at, img, img, img)); got.State != briefing.CameraOK {
			t.Fatalf("burst %d: %s", i, got.State)
		}
		at = at.Add(30 * time.Second)
	}
	for i := range 30 { // each burst has one frame that lives
		got := m.Measure(frames(at, base, noise(base, 1, random), base))
		if got.State != briefing.CameraOK {
			t.Fatalf("burst %d: %s", i, got.State)
		}
		at = at.Add(30 * time.Second)
	}
}

func TestMeasurer_frozen_sees_nothing_of_a_masked_clock(t *testing.T) {
	t.Parallel()
	base := places(t)[6].frame(0, 0)
	m := masked(t, []briefing.Polygon{polygon(0, 0, .6, 0, .6, .12, 0, .12)})
	run, _ := repeats(m, 40, 10*time.Second, func(i int) pipeline.Frame {
		return pipeline.Frame{Image: clockOf(base, i)}
	})
	if run != 13 {
		t.Errorf("frozen in run %d, want 13", run)
	}
}

func TestMeasurer_states_the_greater_trouble(t *testing.T) {
	t.Parallel()
	base := places(t)[6].frame(0, 0)
	for name, c := range map[string]struct {
		img  *image.RGBA
		want briefing.CameraState
	}{
		"black":  {expose(base, 0), briefing.CameraDark},
		"hidden": {covered(base, 90, 0), briefing.CameraCovered},
	} {
		m, at := newMeasurer(t), noon
		random := rand.New(rand.NewPCG(4, 2))
		runs(m, &at, 4, func(int) image.Image { return noise(base, 2, random) })
		for i, s := range runs(m, &at, 30, func(int) image.Image { return c.img }) {
			if s.state != c.want {
				t.Error(fmt.Sprintf("%s: run %d", name, i+1), s.state)
			}
		}
	}
}
