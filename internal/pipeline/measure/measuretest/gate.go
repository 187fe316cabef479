package measuretest

import (
	"image"
	"math/rand/v2"
	"time"

	"bis/internal/pipeline"
)

// noon is when the first picture is taken.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Gate measures the pictures of one camera, ten seconds apart.
type Gate struct {
	M  pipeline.Measurer
	At time.Time
}

// NewGate returns a gate that has measured a background three times.
func NewGate(m pipeline.Measurer, background image.Image) *Gate {
	g := &Gate{M: m, At: noon}
	for range 3 {
		g.Measure(background)
	}
	return g
}

// Measure measures a picture.
func (g *Gate) Measure(img image.Image) pipeline.Measurement {
	got := g.M.Measure([]pipeline.Frame{{Image: img, At: g.At}})
	g.At = g.At.Add(10 * time.Second)
	return got
}

// A Disturbance changes a picture in which nobody moves.
type Disturbance struct {
	Name  string
	Apply func(img *image.RGBA, random *rand.Rand) image.Image
}

// Disturbances are compression, noise, and light that is 15 % weaker or stronger.
func Disturbances() []Disturbance {
	all := []Disturbance{}
	for _, quality := range []int{40, 50, 60, 70, 80, 90} {
		all = append(all, Disturbance{"compression", func(img *image.RGBA, _ *rand.Rand) image.Image {
			return JPEG(img, quality)
		}})
	}
	for _, deviation := range []float64{2, 5, 10} {
		all = append(all, Disturbance{"noise", func(img *image.RGBA, random *rand.Rand) image.Image {
			Noise(img, deviation, random)
			return img
		}})
	}
	for _, gain := range []float64{.85, .9, .95, 1.05, 1.1, 1.15} {
		all = append(all, Disturbance{"light", func(img *image.RGBA, random *rand.Rand) image.Image {
			Each(img, func(int, int) float64 { return gain })
			Noise(img, 2, random)
			return JPEG(img, 75)
		}})
	}
	return all
}

// Noticed returns how many of n pictures of a background with one person, of a share of its height,
// differ from the picture without.
func Noticed(m func() pipeline.Measurer, background *image.RGBA, height float64, n int, random *rand.Rand) (noticed int) {
	for range n {
		shot := func(p *Person) image.Image {
			img := Copy(background)
			if p != nil {
				p.Draw(img)
			}
			Noise(img, 2, random)
			return JPEG(img, 80)
		}
		g := NewGate(m(), shot(nil))
		before := g.Measure(shot(nil)).Sketch
		size := background.Rect.Size()
		p := RandomPerson(size, max(int(height*float64(size.Y)+.5), 1), random)
		if now := g.Measure(shot(&p)).Sketch; before == nil || now == nil || now.Differs(before) {
			noticed++
		}
	}
	return noticed
}

// Unchanged returns in how many of all disturbed pictures of a background nothing differs. Two
// people stand in it if crowded.
func Unchanged(m func() pipeline.Measurer, background *image.RGBA, d Disturbance, crowded bool, random *rand.Rand) (same, all int) {
	g := NewGate(m(), JPEG(background, 85))
	with := Copy(background)
	if crowded {
		for range 2 {
			RandomPerson(with.Rect.Size(), with.Rect.Dy()/3, random).Draw(with)
		}
	}
	before := g.Measure(JPEG(with, 85)).Sketch
	for range 2 {
		now := g.Measure(d.Apply(Copy(with), random)).Sketch
		if all++; now != nil && before != nil && !now.Differs(before) {
			same++
		}
	}
	return same, all
}
