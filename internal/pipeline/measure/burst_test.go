package measure_test

import (
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// frames makes a burst of pictures, 300 ms apart.
func frames(at time.Time, imgs ...image.Image) []pipeline.Frame {
	burst := make([]pipeline.Frame, len(imgs))
	for i, img := range imgs {
		burst[i] = pipeline.Frame{Image: img, At: at.Add(time.Duration(i) * 300 * time.Millisecond)}
	}
	return burst
}

func TestMeasurer_counts_the_median_of_a_burst(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	random := rand.New(rand.NewPCG(2, 6))
	with := func(k int) image.Image { return paste(photo, k, random) }
	grey := covered(photo, 128, 0)
	for _, c := range []struct {
		name   string
		burst  []image.Image
		broken []bool
		want   int
	}{
		{"one", []image.Image{with(2)}, []bool{false}, 2},
		{"agreement", []image.Image{with(3), with(3), with(3)}, make([]bool, 3), 3},
		{"a person in one frame", []image.Image{with(2), with(3), with(2)}, make([]bool, 3), 2},
		{"in order", []image.Image{with(1), with(2), with(4)}, make([]bool, 3), 2},
		{"two", []image.Image{with(2), with(3)}, make([]bool, 2), 2},
		{"a cut frame at the end", []image.Image{with(2), with(2), with(5)}, []bool{false, false, true}, 2},
		{"a cut frame at the start", []image.Image{grey, with(2), with(2)}, []bool{true, false, false}, 2},
		{"two cut frames", []image.Image{grey, with(4), grey}, []bool{true, false, true}, 4},
		{"an unnoticed grey frame", []image.Image{with(1), grey, with(1)}, make([]bool, 3), 1},
		{"grey at the end", []image.Image{with(1), with(1), grey}, make([]bool, 3), 1},
	} {
		m, at := newMeasurer(t), noon
		shots(m, &at, photo, photo)
		burst := frames(at, c.burst...)
		for i := range burst {
			burst[i].Damaged = c.broken[i]
		}
		got := m.Measure(burst)
		n, ok := got.Facts.People()
		if !ok || n != c.want || got.State != briefing.CameraOK {
			t.Errorf("%s: %d people, counted %v, %s; want %d", c.name, n, ok, got.State, c.want)
		}
		at = at.Add(10 * time.Second)
		if n, ok := shots(m, &at, with(1)).People(); !ok || n != 1 {
			t.Errorf("%s: %d people in the next run, counted %v; want 1", c.name, n, ok)
		}
	}
}

func TestMeasurer_counts_nothing_on_cut_frames(t *testing.T) {
	t.Parallel()
	photo := photos(t)["astronaut.jpg"]
	m, at := newMeasurer(t), noon
	shots(m, &at, photo, photo)
	burst := frames(at, covered(photo, 128, 0), paste(photo, 2, rand.New(rand.NewPCG(1, 2))))
	for i := range burst {
		burst[i].Damaged = true
	}
	if got := m.Measure(burst); got.Facts.Counted || got.Facts.Counts != nil || got.State != briefing.CameraOK || got.Facts.Brightness == 0 {
		t.Errorf("%+v; want nothing counted and no state", got)
	}
	m = newMeasurer(t)
	if got := m.Measure(burst); got.Facts.Counted || got.State != briefing.CameraOK {
		t.Errorf("%+v as the first burst", got)
	}
	at = at.Add(10 * time.Second)
	if facts := shots(m, &at, photo); facts.Scene != briefing.SceneLearning {
		t.Errorf("a measurer learnt from cut frames: %+v", facts)
	}
}

// Each run has three frames in which people walk on, and one of them may be cut.
func TestMeasurer_states_what_befalls_a_camera_with_bursts(t *testing.T) {
	t.Parallel()
	p := places(t)[8]
	for _, e := range events(p) {
		random := rand.New(rand.NewPCG(8, 2))
		m, at, k := newMeasurer(t), noon, 0
		run := func(shot func(i int) *image.RGBA) said {
			k++
			burst := frames(at, noise(shot(k), 3, random), noise(shot(k), 3, random), noise(shot(k), 3, random))
			burst[k%3].Damaged = k%2 == 0
			if burst[k%3].Damaged {
				burst[k%3].Image = covered(shot(k), 128, 0)
			}
			at = at.Add(10 * time.Second)
			got := m.Measure(burst)
			s := said{state: got.State}
			s.people, s.counted = got.Facts.People()
			return s
		}
		times := func(n int, shot func(i int) *image.RGBA) (all []said) {
			for range n {
				all = append(all, run(shot))
			}
			return all
		}
		well := func(int) *image.RGBA { return p.frame(0, 0) }
		checkEvent(t, "bursts, "+e.name, e, times(4, well), times(8, e.shot), times(5, well))
	}
}
