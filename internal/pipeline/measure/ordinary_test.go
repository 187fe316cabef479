package measure_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// A stretch is a part of an ordinary day: frames of one kind.
type stretch struct {
	name   string
	frames int
	shot   func(i int) image.Image
	// light says that the light has just been switched, so the first two frames may be a change
	// of light, which also delays the count.
	light bool
}

// day returns the stretches of a day, 500 frames in all. The same seed gives the same day.
func day(t testing.TB, base *image.RGBA, seed uint64) []stretch {
	r := rand.New(rand.NewPCG(seed, 3))
	h, w := base.Rect.Dy(), base.Rect.Dx()
	grain := func(img *image.RGBA) image.Image { return recompress(t, noise(img, 3, r), 85) }
	night, dusk := infrared(base), dimmed(base)
	evening := max(0.2, 30/luma(base)) // not so late that nothing can be seen
	walk := func(img *image.RGBA, i int) *image.RGBA {
		out := clone(img)
		for k := range 1 + i/20%3 {
			x := (i*w/(9+4*k) + k*w/3) % (w + w/4)
			person(out, x-w/8, h/4+k*h/12, h*(45+10*k)/100, rand.New(rand.NewPCG(seed, uint64(k))))
		}
		return out
	}
	return []stretch{
		{"nobody", 30, func(int) image.Image { return grain(base) }, false},
		{"people walk", 70, func(i int) image.Image { return grain(walk(base, i)) }, false},
		{"a crowd before the lens", 25, func(int) image.Image { return grain(crowd(base, 14, r)) }, false},
		{"noise", 25, func(i int) image.Image { return recompress(t, noise(walk(base, i), 14, r), 90) }, false},
		{"recompression", 40, func(i int) image.Image { return recompress(t, noise(walk(base, i), 2, r), 12+r.IntN(80)) }, false},
		{"exposure", 40, func(i int) image.Image { return grain(expose(walk(base, i), 0.6+r.Float64())) }, false},
		{"a flickering lamp", 40, func(i int) image.Image {
			return grain(lamp(base, image.Pt(w/3, h/3), float64(h)/2, 1-0.6*r.Float64()*float64(i%2)))
		}, false},
		{"a hand", 10, func(i int) image.Image { return grain(lamp(walk(base, i), image.Pt(w, h), float64(h)/2, .1)) }, false},
		{"sunset", 80, func(i int) image.Image { return grain(sunset(walk(base, i), 1-(1-evening)*float64(i)/80)) }, false},
		{"lamps on", 20, func(i int) image.Image { return grain(walk(base, i)) }, true},
		{"lamps off", 20, func(int) image.Image { return grain(dusk) }, true},
		{"infrared", 60, func(i int) image.Image { return recompress(t, noise(infraredPeople(night, i, seed), 9, r), 80) }, true},
		{"morning", 40, func(i int) image.Image { return grain(walk(base, i)) }, true},
	}
}

// luma returns the mean luma of a picture.
func luma(img *image.RGBA) float64 {
	sum := 0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			sum += int(lumaOf(img, x, y))
		}
	}
	return float64(sum) / float64(img.Rect.Dx()*img.Rect.Dy())
}

// sunset dims a picture and makes it red.
func sunset(img *image.RGBA, light float64) *image.RGBA {
	return each(img, func(_, _ int, c color.RGBA) color.RGBA {
		c = scaled(c, light)
		c.B = uint8(float64(c.B) * (0.6 + 0.4*light))
		return c
	})
}

// infraredPeople lets somebody walk through the night. Coats are bright in infrared light.
func infraredPeople(night *image.RGBA, i int, seed uint64) *image.RGBA {
	if i/15%2 == 0 {
		return night
	}
	out := clone(night)
	w, h := night.Rect.Dx(), night.Rect.Dy()
	person(out, i*w/17%w, h/3, h/2, rand.New(rand.NewPCG(seed, 9)))
	return each(out, func(_, _ int, c color.RGBA) color.RGBA {
		g := uint8((int(c.R) + int(c.G) + int(c.B)) / 3)
		return color.RGBA{g, g, g, 255}
	})
}

func TestMeasurer_states_nothing_on_ordinary_days(t *testing.T) {
	t.Parallel()
	total, counted, alarms := 0, 0, 0
	for i, p := range ordinaryPlaces(t) {
		m, at := newMeasurer(t), noon
		for _, s := range day(t, p.frame(0, 0), uint64(i)) {
			states, wrong := map[briefing.CameraState]int{}, map[briefing.CameraState]int{}
			here := 0
			for k := range (s.frames + sparing - 1) / sparing {
				got := m.Measure([]pipeline.Frame{{Image: s.shot(k), At: at}})
				at = at.Add(10 * time.Second)
				states[got.State]++
				if got.Facts.Counted {
					here++
				}
				allowed := s.light && k < 2 && got.State == briefing.CameraLightChange
				if got.State != briefing.CameraOK && !allowed {
					alarms++
					wrong[got.State]++
				}
			}
			if len(wrong) > 0 {
				t.Errorf("%s, %s: %v; want no state", p.name, s.name, wrong)
			}
			total, counted = total+(s.frames+sparing-1)/sparing, counted+here
			t.Logf("%-24s %-24s %3d frames, %3d counted, %v", p.name, s.name, s.frames, here, states)
		}
	}
	t.Logf("%d ordinary frames: %d counted, %d false alarms", total, counted, alarms)
}

// ordinaryPlaces are two photographs and two shops, or one shop where pixels are slow.
func ordinaryPlaces(t testing.TB) []place {
	all := places(t)
	if testing.Short() || sparing > 1 {
		return all[8:]
	}
	return []place{all[1], all[3], all[5], all[8]}
}
