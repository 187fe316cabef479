package measure_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/measure/measuretest"
)

// gateViews are photographs and drawn shops.
func gateViews(t testing.TB) map[string]*image.RGBA {
	all := photos(t)
	all["a full shop"] = measuretest.Shop(image.Pt(480, 270), 90, 1)
	all["a bare shop"] = measuretest.Shop(image.Pt(480, 270), 9, 2)
	all["a large shop"] = measuretest.Shop(image.Pt(960, 540), 40, 3)
	return all
}

func fresh() pipeline.Measurer {
	m, err := measure.New(measure.Config{})
	if err != nil {
		panic(err)
	}
	return m
}

func TestSketch_ignores_compression_noise_and_light(t *testing.T) {
	t.Parallel()
	for name, view := range gateViews(t) {
		random := rand.New(rand.NewPCG(1, 5))
		for _, d := range measuretest.Disturbances() {
			for _, crowded := range []bool{false, true} {
				if same, all := measuretest.Unchanged(fresh, view, d, crowded, random); same < all {
					t.Errorf("%s, %s, people %v: %d of %d pictures unchanged", name, d.Name, crowded, same, all)
				}
			}
		}
	}
}

func TestSketch_notices_people_of_any_height(t *testing.T) {
	t.Parallel()
	for _, height := range []float64{.03, .12} {
		noticed, all := 0, 0
		for _, view := range gateViews(t) {
			random := rand.New(rand.NewPCG(2, 5))
			noticed += measuretest.Noticed(fresh, view, height, 8, random)
			all += 8
		}
		t.Logf("height %.2f: %d of %d noticed", height, noticed, all)
		if height >= .12 && noticed < all || 2*noticed < all {
			t.Errorf("of people of %.0f %% of the height %d of %d are noticed", 100*height, noticed, all)
		}
	}
}

func TestSketch_finds_the_changes_of_a_day(t *testing.T) {
	t.Parallel()
	for i, things := range []int{90, 25} {
		random := rand.New(rand.NewPCG(3, uint64(i)))
		shop := measuretest.Shop(image.Pt(320, 240), things, uint64(i))
		d := measuretest.Spend(fresh(), shop, 720, random)
		t.Logf("%+v: precision %.3f, recall %.3f, %.2f of the calls saved", d, d.Precision(), d.Recall(), d.Saved())
		if d.Precision() < .95 || d.Recall() < .95 || d.Saved() < .7 || len(d.Alarms) > 0 {
			t.Errorf("precision %.3f, recall %.3f, %.2f of the calls saved, %v; want .95, .95 and .7",
				d.Precision(), d.Recall(), d.Saved(), d.Alarms)
		}
	}
}
