package measuretest

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Day is what a gate did on one day of a shop.
type Day struct {
	Runs    int
	Same    int // runs in which nobody came, left or moved since the run before
	Changed int // runs whose people differ from those of the last captioned run
	Found   int // of them, those that the gate found changed
	False   int // runs that the gate found changed although nobody differed
	Calls   int // runs that need a detector
	Blind   int // runs in which nothing was counted
	Lights  int // runs that state a change of light
	Alarms  []string
}

// Precision returns the share of found changes that are changes.
func (d Day) Precision() float64 { return float64(d.Found) / float64(max(1, d.Found+d.False)) }

// Recall returns the share of changes that were found.
func (d Day) Recall() float64 { return float64(d.Found) / float64(max(1, d.Changed)) }

// Saved returns the share of runs that need no detector.
func (d Day) Saved() float64 { return 1 - float64(d.Calls)/float64(max(1, d.Runs)) }

// freshRuns is how many runs in a row repeat one at most, before a fresh one.
const freshRuns = 10

// Spend lets a shop pass a day of runs, ten seconds apart. The light drifts by 15 %, a shadow
// crosses the shop, lamps go on in the evening, and the last quarter is infrared. People come,
// stand, move and leave, so that about four fifths of the runs equal the run before.
func Spend(m pipeline.Measurer, shop *image.RGBA, runs int, random *rand.Rand) Day {
	g := NewGate(m, shop)
	d := Day{Runs: runs}
	v := &visit{size: shop.Rect.Size(), random: random}
	var captioned pipeline.Sketch
	var people []Person // of the captioned run
	age := 0
	for run := range runs {
		was := slices.Clone(v.here)
		v.step()
		if slices.Equal(was, v.here) {
			d.Same++
		}
		got := g.Measure(v.shot(shop, run, runs))
		if got.State != briefing.CameraOK && got.State != briefing.CameraLightChange {
			d.Alarms = append(d.Alarms, fmt.Sprintf("run %d: %s", run, got.State))
		}
		if got.Sketch == nil {
			d.Blind++
			if got.State == briefing.CameraLightChange {
				d.Lights++
			}
			captioned = nil
			continue
		}
		if captioned == nil { // after a change of light
			captioned, people, age = got.Sketch, slices.Clone(v.here), 0
			d.Calls++
			continue
		}
		differs, changed := got.Sketch.Differs(captioned), !slices.Equal(people, v.here)
		if changed {
			d.Changed++
		}
		if differs && changed {
			d.Found++
		} else if differs {
			d.False++
		}
		if age++; differs || age >= freshRuns {
			captioned, people, age = got.Sketch, slices.Clone(v.here), 0
			d.Calls++
		}
	}
	return d
}

// visit are the visitors of a shop.
type visit struct {
	size   image.Point
	random *rand.Rand
	here   []Person
}

// step lets time pass until the next run: mostly nothing happens.
func (v *visit) step() {
	switch r := v.random.Float64(); {
	case r < .07 && len(v.here) < 5:
		v.come()
	case r < .13 && len(v.here) > 0:
		v.here = slices.Delete(v.here, 0, 1)
	case r < .23 && len(v.here) > 0:
		p := &v.here[v.random.IntN(len(v.here))]
		p.X = min(max(p.X+(v.random.IntN(2)*2-1)*(p.Height/6+v.random.IntN(p.Height)), p.Height/5), v.size.X-p.Height/5)
	}
}

// come lets a person come to a place where nobody stands. The distance gives the height.
func (v *visit) come() {
	feet := v.size.Y*45/100 + v.random.IntN(v.size.Y*52/100)
	p := RandomPerson(v.size, feet*45/100, v.random)
	p.Feet = feet
	for _, q := range v.here {
		if math.Abs(float64(p.X-q.X)) < float64(p.Height+q.Height)/4 {
			return
		}
	}
	v.here = append(v.here, p)
}

// shot returns the picture of a run.
func (v *visit) shot(shop *image.RGBA, run, runs int) image.Image {
	img := Copy(shop)
	for _, p := range v.here {
		p.Draw(img)
	}
	at := float64(run) / float64(runs)
	w := float64(v.size.X)
	switch {
	case at < .5: // the sun moves, and a shadow crosses the shop
		edge := w * (at*1.2 + .2)
		light := 1 + .15*math.Sin(at*4*math.Pi)
		Each(img, func(x, y int) float64 {
			from := math.Abs(float64(x)-edge-float64(y)/3) / w
			return light * (1 - .3*min(max((.09-from)/.05, 0), 1))
		})
	case at < .75: // lamps are on
		Each(img, func(x, _ int) float64 { return .45 + .5*math.Exp(-4*math.Pow(float64(x)/w-.5, 2)) })
	default:
		Infrared(img)
	}
	Noise(img, 2+2*at, v.random)
	return JPEG(img, 60+v.random.IntN(30))
}
