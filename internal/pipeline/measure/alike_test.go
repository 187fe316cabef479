package measure_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"bis/internal/briefing"
)

// resized scales a picture by repeating or leaving out pixels.
func resized(img *image.RGBA, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		from := img.Pix[y*img.Rect.Dy()/h*img.Stride:]
		for x := range w {
			copy(out.Pix[y*out.Stride+4*x:][:4], from[4*(x*img.Rect.Dx()/w):])
		}
	}
	return out
}

func mirrored(img *image.RGBA) *image.RGBA {
	w := img.Rect.Dx()
	return each(img, func(x, y int, _ color.RGBA) color.RGBA { return img.RGBAAt(w-1-x, y) })
}

func grey(img *image.RGBA) *image.RGBA {
	return each(img, func(x, y int, _ color.RGBA) color.RGBA {
		v := lumaOf(img, x, y)
		return color.RGBA{v, v, v, 255}
	})
}

// hazy takes away most of the contrast, as a cheap camera against the light has it.
func hazy(img *image.RGBA) *image.RGBA {
	return each(img, func(_, _ int, c color.RGBA) color.RGBA {
		return color.RGBA{90 + c.R/5*2, 90 + c.G/5*2, 90 + c.B/5*2, 255}
	})
}

// kind is a kind of camera.
type kind struct {
	as       func(*image.RGBA) *image.RGBA
	noise    int
	grey     bool
	enlarges bool
}

// applies reports whether an event can be seen by such a camera, and is the same event there.
func (k kind) applies(name string, e event) bool {
	switch e.state {
	case briefing.CameraLightChange: // without colours and contrast it is a change of exposure
		return !k.grey && name != "hazy"
	case briefing.CameraDark:
		return name != "hazy" // haze is bright
	case briefing.CameraCovered:
		return e.name != "covered by a dark cloth" || name != "dimmer" && name != "at night" // dark
	case briefing.CameraBlurred: // strong noise hides a slight blur
		return e.name != "a little out of focus" || k.noise < 9
	}
	return true
}

// The states of a camera do not depend on its make. Each camera shows the same events, and people.
func TestMeasurer_states_alike_for_every_camera(t *testing.T) {
	t.Parallel()
	p := places(t)[8-3/sparing] // a shop with many goods, or a small one with few
	all := map[string]kind{
		"as it is":      {func(img *image.RGBA) *image.RGBA { return img }, 3, false, false},
		"mirrored":      {mirrored, 3, false, false},
		"grey":          {grey, 3, true, false},
		"dimmer":        {func(img *image.RGBA) *image.RGBA { return expose(img, .55) }, 3, false, false},
		"brighter":      {func(img *image.RGBA) *image.RGBA { return expose(img, 1.3) }, 3, false, false},
		"hazy":          {hazy, 2, false, false},
		"without noise": {func(img *image.RGBA) *image.RGBA { return img }, 0, false, false},
		"noisy":         {func(img *image.RGBA) *image.RGBA { return img }, 12, false, false},
		"at night":      {infrared, 9, true, false},
		"320x240":       {func(img *image.RGBA) *image.RGBA { return resized(img, 320, 240) }, 3, false, false},
		"640x480":       {func(img *image.RGBA) *image.RGBA { return resized(img, 640, 480) }, 3, false, false},
		"1280x720":      {func(img *image.RGBA) *image.RGBA { return resized(img, 1280, 720) }, 3, false, true},
		"portrait":      {func(img *image.RGBA) *image.RGBA { return resized(img, 270, 480) }, 3, false, false},
		"4K":            {func(img *image.RGBA) *image.RGBA { return resized(img, 3840, 2160) }, 3, false, true},
	}
	stated, missed := 0, 0
	for name, c := range all {
		if (testing.Short() || sparing > 1) && name != "mirrored" && name != "at night" {
			continue
		}
		for _, e := range events(p) {
			if !c.applies(name, e) {
				continue
			}
			random := rand.New(rand.NewPCG(6, 6))
			// Noise comes after the camera's exposure, but before a picture is enlarged.
			shot := func(img *image.RGBA) image.Image {
				if c.enlarges {
					return c.as(noise(img, c.noise, random))
				}
				return noise(c.as(img), c.noise, random)
			}
			m, at := newMeasurer(t), noon
			for _, s := range runs(m, &at, 4, func(int) image.Image { return shot(p.frame(0, 0)) }) {
				if s.state != briefing.CameraOK {
					t.Errorf("%s: %s before %s", name, s.state, e.name)
				}
			}
			during := runs(m, &at, max(e.within, 2), func(i int) image.Image { return shot(e.shot(i)) })
			stated++
			if last := during[len(during)-1]; last.state != e.state || last.counted {
				missed++
				t.Errorf("%s, %s: %v, want %s", name, e.name, during, e.state)
			}
		}
	}
	t.Logf("%d events for %d cameras, %d missed", stated, len(all), missed)
}

// A crowd in front of the lens is never a state, at whatever pace the pictures come.
func TestMeasurer_states_nothing_for_a_crowd(t *testing.T) {
	t.Parallel()
	bursts, wrong := 0, 0
	for i, p := range somePlaces(t) {
		random := rand.New(rand.NewPCG(uint64(i), 6))
		m, at := newMeasurer(t), noon
		base := p.frame(0, 0)
		runs(m, &at, 4, func(int) image.Image { return noise(base, 3, random) })
		var same *image.RGBA
		for k := range 60 / sparing {
			if k%3 == 0 { // the crowd stands for three runs
				same = crowd(base, 3+random.IntN(14), random)
			}
			s := runs(m, &at, 1, func(int) image.Image { return noise(same, 3, random) })[0]
			bursts++
			if s.state != briefing.CameraOK {
				wrong++
				t.Errorf("%s, run %d: %s", p.name, k, s.state)
			}
		}
		for _, s := range runs(m, &at, 3, func(int) image.Image { return noise(base, 3, random) }) {
			if s.state != briefing.CameraOK {
				t.Errorf("%s: %+v after the crowd has left", p.name, s)
			}
		}
	}
	t.Logf("%d runs with a crowd, %d false alarms", bursts, wrong)
}
