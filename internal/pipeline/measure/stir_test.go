package measure_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/pipeline"
	"bis/internal/pipeline/measure/measuretest"
)

// standing draws one thing into a shop, one picture in a time, for some hours. It returns how many
// people are counted in each picture.
func standing(
	t *testing.T, shop *image.RGBA, hours int, every time.Duration, random *rand.Rand, draw func(img *image.RGBA, i int),
) []int {
	t.Helper()
	g := measuretest.NewGate(newMeasurer(t), shop)
	counts := make([]int, time.Duration(hours)*time.Hour/every)
	for i := range counts {
		img := measuretest.Copy(shop)
		draw(img, i)
		measuretest.Noise(img, 2, random)
		got := g.M.Measure([]pipeline.Frame{{Image: measuretest.JPEG(img, 60+random.IntN(30)), At: g.At}})
		g.At = g.At.Add(every)
		n, ok := got.Facts.People()
		if !ok {
			t.Fatalf("picture %d is not counted: %+v", i, got)
		}
		counts[i] = n
	}
	return counts
}

// Somebody stands in a shop for eight hours. The weight shifts in some pictures, and the head turns
// in others. Most pictures are as the one before.
func TestMeasurer_counts_a_person_who_stands_for_hours(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		every time.Duration
		share float64 // of the pictures in which something moves
		tall  int     // percent of the height
	}{
		"each minute":       {time.Minute, .2, 40},
		"each five minutes": {5 * time.Minute, .8, 25},
		"each quarter":      {15 * time.Minute, .8, 40},
		"the head alone":    {2 * time.Minute, .4, 55},
	} {
		if sparing > 1 && name != "each quarter" {
			continue
		}
		random := rand.New(rand.NewPCG(8, uint64(c.tall)))
		shop := measuretest.Shop(image.Pt(320, 240), 40, 6)
		p := measuretest.Person{X: 150, Feet: 210, Height: c.tall * 240 / 100, Coat: 0, Trousers: 2}
		still, turned := p, 0
		for i, n := range standing(t, shop, 8, c.every, random, func(img *image.RGBA, i int) {
			if random.Float64() < c.share {
				if i%2 == 0 && name != "the head alone" {
					p.X = still.X + random.IntN(5) - 2
				} else {
					turned = random.IntN(3) - 1
				}
			}
			p.Draw(img)
			turn(img, p, turned)
		}) {
			if n != 1 {
				t.Fatalf("%s: %d people after %v; want 1", name, n, time.Duration(i)*c.every)
			}
		}
	}
}

// turn draws the face at another side of the head.
func turn(img *image.RGBA, p measuretest.Person, to int) {
	if to == 0 {
		return
	}
	w := p.Height / 12
	x := p.X + to*w/2
	for y := p.Feet - p.Height*94/100; y < p.Feet-p.Height*84/100; y++ {
		for dx := -w / 2; dx <= w/2; dx++ {
			img.SetRGBA(x+dx, y, color.RGBA{40, 28, 20, 255})
		}
	}
}

// Things of a person's shape stand in a shop: nothing moves in them, while the picture changes in
// other ways. They are learnt within hours, and the same thing without that is learnt as soon.
func TestMeasurer_learns_things_of_the_shape_of_people(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 9))
	shop := measuretest.Shop(image.Pt(320, 240), 40, 6)
	p := measuretest.Person{X: 150, Feet: 205, Height: 90, Coat: 2, Trousers: 4}
	walker := measuretest.Person{Feet: 225, Height: 100, Coat: 1, Trousers: 2}
	for name, change := range map[string]func(img *image.RGBA, i int){
		"nothing": func(*image.RGBA, int) {},
		"a parcel": func(img *image.RGBA, _ int) {
			for y := 115; y < 205; y++ {
				for x := 130; x < 170; x++ {
					img.SetRGBA(x, y, color.RGBA{34, 28, 22, 255})
				}
			}
		},
		"light": func(img *image.RGBA, _ int) {
			gain := .85 + .3*random.Float64()
			measuretest.Each(img, func(int, int) float64 { return gain })
		},
		"noise": func(img *image.RGBA, i int) { measuretest.Noise(img, float64(1+i%9), random) },
		"compression": func(img *image.RGBA, _ int) {
			*img = *measuretest.Copy(measuretest.JPEG(img, 30+random.IntN(60)))
		},
		"a flickering lamp": func(img *image.RGBA, i int) {
			*img = *lamp(img, image.Pt(170, 130), 150, 1-.2*float64(i%2))
		},
		"people pass": func(img *image.RGBA, i int) {
			if walker.X = i%10*45 - 45; i/10%3 == 0 {
				walker.Draw(img)
			}
		},
	} {
		if sparing > 1 && name != "nothing" {
			continue
		}
		counts := standing(t, shop, 6, 2*time.Minute, random, func(img *image.RGBA, i int) {
			p.Draw(img)
			change(img, i)
		})
		last := 0
		for i, n := range counts {
			if i/10%3 != 0 && n > 0 {
				last = i
			}
		}
		t.Logf("%s: counted for %d minutes", name, 2*last)
		if last < 15 || last > 90 {
			t.Errorf("%s: counted for %d minutes; want 30 to 180", name, 2*last)
		}
	}
}
