package measure_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
)

// An event befalls a camera.
type event struct {
	name   string
	state  briefing.CameraState
	within int // runs until the state is stated
	lasts  bool
	shot   func(i int) *image.RGBA
}

// events returns what may befall a camera that shows a place.
func events(p place) []event {
	base, h := p.frame(0, 0), p.size.Y
	at := func(img *image.RGBA) func(int) *image.RGBA { return func(int) *image.RGBA { return img } }
	cover := func(share int) *image.RGBA { // what leaves the upper part free
		out := covered(base, 70, 20)
		free := (100 - share) * base.Rect.Dy() / 100 * out.Stride
		copy(out.Pix[:free], base.Pix)
		return out
	}
	return []event{
		{"dark", briefing.CameraDark, 1, true, at(expose(base, 0.06))},
		{"nearly dark", briefing.CameraDark, 1, true, at(expose(base, min(0.1, 14/luma(base))))},
		{"covered by a hand", briefing.CameraCovered, 1, true, at(covered(base, 40, 60))},
		{"covered by paper", briefing.CameraCovered, 1, true, at(covered(base, 215, -20))},
		{"covered by a dark cloth", briefing.CameraCovered, 1, true, at(covered(base, 24, 0))},
		{"covered, with a clock", briefing.CameraCovered, 1, true,
			func(i int) *image.RGBA { return clockOf(covered(base, 70, 30), i) }},
		{"covered but for a strip", briefing.CameraCovered, 1, true, at(cover(85))},
		{"covered in the middle", briefing.CameraCovered, 4, true, at(thumb(base))},
		{"covered by half", briefing.CameraCovered, 4, true, at(cover(55))},
		{"a little out of focus", briefing.CameraBlurred, 1, true, at(unfocused(base, max(h/100, 2)))},
		{"out of focus", briefing.CameraBlurred, 1, true, at(unfocused(base, h/40))},
		{"turned a little", briefing.CameraMoved, 2, true, at(p.frame(.12, 0))},
		{"turned", briefing.CameraMoved, 2, true, at(p.frame(-.25, .08))},
		{"upside down", briefing.CameraMoved, 4, true, at(turned(base))},
		{"infrared", briefing.CameraLightChange, 1, false, at(infrared(base))},
		{"lamps off", briefing.CameraLightChange, 1, false, at(dimmed(base))},
	}
}

// thumb covers two thirds of a picture and leaves its corners free.
func thumb(img *image.RGBA) *image.RGBA {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	return each(img, func(x, y int, c color.RGBA) color.RGBA {
		u, v := float64(x)/w-0.5, float64(y)/h-0.5
		if u*u+v*v > 0.22 {
			return c
		}
		tone := uint8(60 + 40*u)
		return color.RGBA{tone + 30, tone, tone - 10, 255}
	})
}

// turned turns a picture by half a turn.
func turned(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Bounds())
	for i := 0; i < len(img.Pix); i += 4 {
		copy(out.Pix[len(img.Pix)-4-i:], img.Pix[i:i+4])
	}
	return out
}

// A run is what a measurer said of a burst of one frame.
type said struct {
	state   briefing.CameraState
	counted bool
	people  int
}

// runs measures pictures, ten seconds apart.
func runs(m *measure.Measurer, at *time.Time, n int, shot func(i int) image.Image) []said {
	all := make([]said, n)
	for i := range all {
		got := m.Measure([]pipeline.Frame{{Image: shot(i), At: *at}})
		*at = at.Add(10 * time.Second)
		all[i].state = got.State
		all[i].people, all[i].counted = got.Facts.People()
	}
	return all
}

func TestMeasurer_states_what_befalls_a_camera(t *testing.T) {
	t.Parallel()
	for _, p := range somePlaces(t) {
		random := rand.New(rand.NewPCG(5, 8))
		grain := func(img *image.RGBA) image.Image { return recompress(t, noise(img, 3, random), 85) }
		for _, e := range events(p) {
			if p.name == "camera.jpg" && e.name == "infrared" {
				continue // a grey photograph has no colours that could vanish
			}
			m, at := newMeasurer(t), noon
			well := func(int) image.Image { return grain(p.frame(0, 0)) }
			before := runs(m, &at, 4, well)
			during := runs(m, &at, 8, func(i int) image.Image { return grain(e.shot(i)) })
			after := runs(m, &at, 5, well)
			checkEvent(t, p.name+", "+e.name, e, before, during, after)
		}
	}
}

// checkEvent compares what was said before, during and after an event with what the event is.
func checkEvent(t *testing.T, name string, e event, before, during, after []said) {
	t.Helper()
	line := &strings.Builder{}
	for _, part := range [][]said{before, during, after} {
		line.WriteString(" |")
		for _, s := range part {
			line.WriteByte(' ')
			line.WriteString(string(s.state))
			if s.state.Blind() && s.counted {
				t.Errorf("%s: counted while %s", name, s.state)
			}
		}
	}
	t.Logf("%s:%s", name, line)
	for i, s := range before {
		if s.state != briefing.CameraOK {
			t.Errorf("%s: run %d before is %s", name, i+1, s.state)
		}
	}
	first := -1
	for i, s := range during {
		if s.state != briefing.CameraOK && first < 0 {
			first = i
		}
		wrong := s.state != e.state && (first >= 0 && (e.lasts || i < first+2) || s.state != briefing.CameraOK)
		if wrong || s.counted && (e.lasts || first < 0 || i < first+2) {
			t.Errorf("%s: run %d is %s, counted %v; want %s", name, i+1, s.state, s.counted, e.state)
		}
	}
	if first < 0 || first+1 > e.within {
		t.Errorf("%s: first stated in run %d, want %d", name, first+1, e.within)
	}
	for i, s := range after {
		light := !e.lasts && i < 2 && s.state == briefing.CameraLightChange
		if s.state != briefing.CameraOK && !light || i >= 3 && !s.counted || s.counted && s.people != 0 {
			t.Errorf("%s: run %d after it is %s, counted %v, %d people", name, i+1, s.state, s.counted, s.people)
		}
	}
}

// somePlaces are three photographs and three shops, or one shop where pixels are slow.
func somePlaces(t testing.TB) []place {
	all := places(t)
	if testing.Short() || sparing > 1 {
		return all[8:]
	}
	return []place{all[0], all[2], all[3], all[5], all[6], all[8]}
}

func TestMeasurer_accepts_a_view_after_a_day(t *testing.T) {
	t.Parallel()
	p := places(t)[8]
	random := rand.New(rand.NewPCG(5, 9))
	m, at := newMeasurer(t), noon
	shot := func(dx float64) func(int) image.Image {
		view := p.frame(dx, 0)
		return func(int) image.Image { at = at.Add(50 * time.Minute); return noise(view, 3, random) }
	}
	runs(m, &at, 4, shot(0))
	moved := runs(m, &at, 29, shot(.2)) // the second states it
	for i, s := range moved[1:] {
		if s.state != briefing.CameraMoved || s.counted {
			t.Errorf("hour %d: %s, counted %v", i, s.state, s.counted)
		}
	}
	last := runs(m, &at, 4, shot(.2))
	if s := last[3]; s.state != briefing.CameraOK || !s.counted {
		t.Errorf("after a day: %+v; want the new view to be the usual one", s)
	}
}

// The count after a change of light is compared with that of a measurer that has seen the shop
// empty in the new light: what is too dark to be counted cannot be counted by either.
func TestMeasurer_counts_the_same_people_after_a_change_of_light(t *testing.T) {
	t.Parallel()
	lights := map[string]func(*image.RGBA) *image.RGBA{"infrared": infrared, "lamps off": dimmed}
	right, wrong := 0, 0
	for _, p := range somePlaces(t) {
		for light, switched := range lights {
			for k := 1; k <= 3; k++ {
				random := rand.New(rand.NewPCG(uint64(k), 4))
				empty := p.frame(0, 0)
				with := paste(empty, k, random)
				shot := func(img *image.RGBA) func(int) image.Image {
					return func(int) image.Image { return noise(img, 2, random) }
				}
				m, at := newMeasurer(t), noon
				runs(m, &at, 3, shot(switched(empty)))
				want := runs(m, &at, 1, shot(switched(with)))[0].people
				m, at = newMeasurer(t), noon
				runs(m, &at, 3, shot(empty))
				runs(m, &at, 3, shot(with))
				for _, s := range runs(m, &at, 5, shot(switched(with))) {
					switch {
					case s.counted && s.people == want:
						right++
					case s.counted:
						wrong++
						t.Logf("%s, %s: %d people, want %d", p.name, light, s.people, want)
					}
				}
			}
		}
	}
	t.Logf("%d counts after a change of light are those of that light, %d are not", right, wrong)
	if wrong*10 > right {
		t.Errorf("%d of %d counts changed with the light", wrong, right+wrong)
	}
}
