package measure_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
)

func polygon(points ...float64) briefing.Polygon {
	var p briefing.Polygon
	for i := 0; i < len(points); i += 2 {
		p.Points = append(p.Points, briefing.Point{X: points[i], Y: points[i+1]})
	}
	return p
}

// inside reports whether a point is in a polygon.
func inside(p briefing.Polygon, x, y float64) (in bool) {
	for i, a := range p.Points {
		b := p.Points[(i+1)%len(p.Points)]
		if (a.Y > y) != (b.Y > y) && x < a.X+(b.X-a.X)*(y-a.Y)/(b.Y-a.Y) {
			in = !in
		}
	}
	return in
}

func TestMeasurer_looks_at_nothing_under_a_mask(t *testing.T) {
	t.Parallel()
	masks := map[string][]briefing.Polygon{
		"a clock":        {polygon(0, 0, .4, 0, .4, .08, 0, .08)},
		"a triangle":     {polygon(.3, .2, .9, .5, .35, .95)},
		"a thin line":    {polygon(.1, .1, .9, .901, .9, .9)},
		"a hook":         {polygon(.2, .2, .8, .2, .8, .8, .6, .8, .6, .4, .2, .4)},
		"out of bounds":  {polygon(-1, -1, .5, -1, .5, 2, -1, 2)},
		"two that cross": {polygon(.1, .1, .6, .1, .6, .6, .1, .6), polygon(.4, .4, .9, .4, .9, .9, .4, .9)},
		"all":            {polygon(-.1, -.1, 1.1, -.1, 1.1, 1.1, -.1, 1.1)},
	}
	kinds := map[string]func(*image.RGBA) image.Image{
		"RGBA":  func(img *image.RGBA) image.Image { return img },
		"YCbCr": func(img *image.RGBA) image.Image { return ycbcr(img) },
		"Gray":  func(img *image.RGBA) image.Image { return into(image.NewGray(img.Bounds()), img) },
		"CMYK":  func(img *image.RGBA) image.Image { return into(image.NewCMYK(img.Bounds()), img) },
	}
	p := places(t)[8]
	for name, list := range masks {
		covers := touched(p.size, list)
		for kind, as := range kinds {
			if sparing > 1 && kind != "YCbCr" {
				continue
			}
			random := rand.New(rand.NewPCG(3, 3))
			plain, scribbled := masked(t, list), masked(t, list)
			at := noon
			for i := range 12 {
				img := noise(p.frame(0, 0), 4, random)
				switch i {
				case 6, 7, 8:
					img = paste(img, 2, random)
				case 9:
					img = covered(img, 60, 30)
				case 10:
					img = unfocused(img, 4)
				}
				hidden := scribble(img, covers, random)
				a := plain.Measure([]pipeline.Frame{{Image: as(img), At: at}})
				b := scribbled.Measure([]pipeline.Frame{{Image: as(hidden), At: at}})
				if diff := cmp.Diff(a, b); diff != "" {
					t.Errorf("%s, %s, %s, frame %d: what a mask covers changes the measures:\n%s", p.name, name, kind, i, diff)
				}
				at = at.Add(10 * time.Second)
			}
		}
	}
}

// ycbcr converts a picture without a loss in what a mask does not cover. Each chroma belongs to
// four pixels.
func ycbcr(img *image.RGBA) *image.YCbCr {
	out := image.NewYCbCr(img.Bounds(), image.YCbCrSubsampleRatio420)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			c := img.RGBAAt(x, y)
			out.Y[out.YOffset(x, y)], out.Cb[out.COffset(x, y)], out.Cr[out.COffset(x, y)] =
				color.RGBToYCbCr(c.R, c.G, c.B)
		}
	}
	return out
}

func masked(t testing.TB, masks []briefing.Polygon) *measure.Measurer {
	m, err := measure.New(measure.Config{Masks: masks})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// touched returns the pixels that masks touch, by their corners and middles.
func touched(size image.Point, masks []briefing.Polygon) (all []image.Point) {
	w, h := float64(size.X), float64(size.Y)
	for y := range size.Y {
		for x := range size.X {
			hit := false
			for _, m := range masks {
				for _, d := range [][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {.5, .5}} {
					hit = hit || inside(m, (float64(x)+d[0])/w, (float64(y)+d[1])/h)
				}
			}
			if hit {
				all = append(all, image.Pt(x, y))
			}
		}
	}
	return all
}

// scribble returns a copy with random colours at some pixels.
func scribble(img *image.RGBA, at []image.Point, random *rand.Rand) *image.RGBA {
	out := clone(img)
	for _, p := range at {
		v := random.Uint32()
		out.SetRGBA(p.X, p.Y, color.RGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), 255})
	}
	return out
}

func TestMeasurer_says_nothing_of_a_frame_that_is_masked_whole(t *testing.T) {
	t.Parallel()
	m, at := masked(t, []briefing.Polygon{polygon(0, 0, 1, 0, 1, 1, 0, 1)}), noon
	random := rand.New(rand.NewPCG(2, 2))
	photo := photos(t)["coffee.jpg"]
	for i, s := range runs(m, &at, 20, func(i int) image.Image { return paste(photo, i%3, random) }) {
		if s.state != briefing.CameraOK && s.state != briefing.CameraFrozen || s.counted {
			t.Errorf("run %d: %+v; want no count and no trouble", i, s)
		}
	}
}

func TestMeasurer_counts_beside_a_mask(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	random := rand.New(rand.NewPCG(1, 1))
	m := masked(t, []briefing.Polygon{polygon(0, 0, 1, 0, 1, .12, 0, .12)}) // a clock above the people
	at := noon
	clock := func(img *image.RGBA) image.Image {
		out := clone(img)
		draw.Draw(out, image.Rect(0, 0, 600, 40), image.NewUniform(color.Gray{uint8(random.IntN(256))}), image.Point{}, draw.Src)
		return out
	}
	shots(m, &at, clock(photo), clock(photo))
	for k := range 5 {
		if n, ok := shots(m, &at, clock(paste(photo, k, random))).People(); !ok || n != k {
			t.Errorf("%d people, counted %v, want %d", n, ok, k)
		}
	}
	facts := shots(m, &at, clock(photo), clock(photo))
	if facts.Scene != briefing.SceneSteady || facts.Change != 0 {
		t.Errorf("%+v; the masked clock counts as a change", facts)
	}
}

func TestNew_refuses_masks_that_are_no_areas(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]briefing.Polygon{
		"no point":   {},
		"two points": polygon(0, 0, 1, 1),
		"NaN":        polygon(0, 0, 1, 0, math.NaN(), 1),
		"infinite":   polygon(0, 0, math.Inf(1), 0, 1, 1),
	} {
		if _, err := measure.New(measure.Config{Masks: []briefing.Polygon{m}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
