package measure_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"bis/internal/pipeline/measure/measuretest"
)

// People walk along a street, five to seven of them. The distant ones are a twelfth of the
// picture high, under the least height of a view without a perspective. Some overlap.
func TestMeasurer_counts_small_people_by_the_perspective(t *testing.T) {
	t.Parallel()
	off, counted := 0, 0
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 6))
		street := measuretest.Shop(image.Pt(384, 288), 25, seed)
		g := measuretest.NewGate(newMeasurer(t), street)
		walkers := make([]measuretest.Person, 5+seed%3)
		for i := range walkers {
			walkers[i] = measuretest.RandomPerson(street.Rect.Size(), 1, random)
			walkers[i].Feet = 105 + i*160/len(walkers) // height 24 to 69
		}
		for run := range 30 {
			img := measuretest.Copy(street)
			for i := range walkers {
				p := &walkers[i]
				p.Height = 24 + (p.Feet-105)*45/160
				if p.X += p.Height / 2 * (i%2*2 - 1); p.X < 40 || p.X > 340 {
					p.X = 384 - min(max(p.X, 44), 340)
				}
				p.Draw(img)
			}
			measuretest.Noise(img, 2, random)
			n, ok := g.Measure(measuretest.JPEG(img, 80)).Facts.People()
			if run >= 8 && ok {
				off += int(math.Abs(float64(n - len(walkers))))
				counted++
			}
		}
	}
	mean := float64(off) / float64(counted)
	t.Logf("%d runs, mean error %.2f", counted, mean)
	if counted < 80 || mean > 1.2 {
		t.Errorf("%d runs counted, mean error %.2f; want 80 runs and at most 1.2", counted, mean)
	}
}
