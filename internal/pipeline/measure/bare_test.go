package measure_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"bis/internal/briefing"
)

// TestMeasurer_states_a_lens_that_is_covered_from_the_start checks covers that were there before the
// first frame, the dark, and what follows when they are taken away.
func TestMeasurer_states_a_lens_that_is_covered_from_the_start(t *testing.T) {
	t.Parallel()
	for _, p := range somePlaces(t) {
		base, random := p.frame(0, 0), rand.New(rand.NewPCG(3, 3))
		grain := func(img *image.RGBA) image.Image { return recompress(t, noise(img, 3, random), 85) }
		for name, shot := range map[string]func(int) *image.RGBA{
			"a hand":       func(int) *image.RGBA { return covered(base, 40, 60) },
			"paper":        func(int) *image.RGBA { return covered(base, 215, -20) },
			"a dark cloth": func(int) *image.RGBA { return covered(base, 24, 0) },
			"a clock":      func(i int) *image.RGBA { return clockOf(covered(base, 70, 30), i) },
			"night":        func(int) *image.RGBA { return expose(base, .05) },
		} {
			want := briefing.CameraCovered
			if name == "night" {
				want = briefing.CameraDark
			}
			m, at := newMeasurer(t), noon
			for i, s := range runs(m, &at, 3, func(i int) image.Image { return grain(shot(i)) }) {
				if s.state != want || s.counted {
					t.Errorf("%s, %s: run %d is %s, counted %v", p.name, name, i+1, s.state, s.counted)
				}
			}
			after := runs(m, &at, 4, func(int) image.Image { return grain(base) })
			for i, s := range after {
				if s.state != briefing.CameraOK || i > 0 && !s.counted {
					t.Errorf("%s, after %s: run %d is %s, counted %v", p.name, name, i+1, s.state, s.counted)
				}
			}
		}
	}
}

// TestMeasurer_states_no_cover_on_first_frames checks the first frames of ordinary views: by day, dim,
// noisy, in infrared, against the light, out of focus and with a crowd.
func TestMeasurer_states_no_cover_on_first_frames(t *testing.T) {
	t.Parallel()
	views := map[string]*image.RGBA{}
	for _, p := range somePlaces(t) {
		views[p.name] = p.frame(0, 0)
	}
	for name, img := range photos(t) {
		views[name] = img
	}
	for name, base := range views {
		random := rand.New(rand.NewPCG(4, 4))
		for kind, img := range map[string]*image.RGBA{
			"day": base, "dim": expose(base, max(.35, 30/luma(base))), "dusk": dimmed(base), "infrared": infrared(base),
			"noisy": noise(base, 14, random), "night noise": noise(infrared(base), 20, random),
			"out of focus": unfocused(base, base.Rect.Dy()/40), "bright": expose(base, 1.6), "a crowd": crowd(base, 12, random),
		} {
			m, at := newMeasurer(t), noon
			got := runs(m, &at, 1, func(int) image.Image { return recompress(t, img, 60) })
			if got[0].state != briefing.CameraOK {
				t.Errorf("%s, %s: %s", name, kind, got[0].state)
			}
		}
	}
}

// TestMeasurer_states_no_cover_on_fine_patterns checks a view whose details are all smaller than the
// pixels of a plane.
func TestMeasurer_states_no_cover_on_fine_patterns(t *testing.T) {
	t.Parallel()
	img := image.NewGray(image.Rect(0, 0, 320, 180))
	for i := range img.Pix {
		img.Pix[i] = uint8(60 + i*7%120)
	}
	m, at := newMeasurer(t), noon
	if got := runs(m, &at, 2, func(int) image.Image { return img }); got[1].state != briefing.CameraOK {
		t.Errorf("a fine pattern: %s", got[1].state)
	}
}

// TestMeasurer_states_no_cover_on_recorded_first_frames does the same on a real camera's frames.
func TestMeasurer_states_no_cover_on_recorded_first_frames(t *testing.T) {
	t.Parallel()
	for i, img := range recorded(t) {
		for _, by := range []float64{1, .5, .3} {
			m, at := newMeasurer(t), noon
			if got := runs(m, &at, 1, func(int) image.Image { return recompress(t, expose(img, by), 50) }); got[0].state != briefing.CameraOK {
				t.Errorf("frame %d at %v of its light: %s", i, by, got[0].state)
			}
		}
	}
}
