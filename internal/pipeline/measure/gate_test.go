package measure_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/measure/measuretest"
)

// gateViews are photographs and drawn shops, or one shop where pixels are slow.
func gateViews(t testing.TB) map[string]*image.RGBA {
	if testing.Short() || sparing > 1 {
		return map[string]*image.RGBA{"a shop": measuretest.Shop(image.Pt(320, 240), 40, 1)}
	}
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
		if sparing > 1 {
			measuretest.Spend(fresh(), shop, 720/sparing, random) // too few changes for a share
			continue
		}
		d := measuretest.Spend(fresh(), shop, 720, random)
		t.Logf("%+v: precision %.3f, recall %.3f, %.2f of the calls saved", d, d.Precision(), d.Recall(), d.Saved())
		if d.Precision() < .95 || d.Recall() < .95 || d.Saved() < .7 || len(d.Alarms) > 0 {
			t.Errorf("precision %.3f, recall %.3f, %.2f of the calls saved, %v; want .95, .95 and .7",
				d.Precision(), d.Recall(), d.Saved(), d.Alarms)
		}
	}
}

// Two people stand in a shop whose light changes. Nothing is counted for two runs; the new light is
// learnt then, and no sketch of the old light equals one of the new.
func TestSketch_waits_for_other_light(t *testing.T) {
	t.Parallel()
	for _, things := range []int{90, 30} {
		random := rand.New(rand.NewPCG(5, 5))
		shop := measuretest.Shop(image.Pt(320, 240), things, 4)
		for name, change := range map[string]func(*image.RGBA){
			"infrared": measuretest.Infrared,
			"lamps":    func(img *image.RGBA) { *img = *dimmed(img) },
		} {
			g := measuretest.NewGate(newMeasurer(t), shop)
			shot := func(dark bool) pipeline.Measurement {
				img := measuretest.Copy(shop)
				measuretest.Person{X: 90, Feet: 200, Height: 100, Coat: 3}.Draw(img)
				measuretest.Person{X: 220, Feet: 190, Height: 90, Coat: 0, Trousers: 3}.Draw(img)
				if dark {
					change(img)
				}
				measuretest.Noise(img, 2, random)
				return g.Measure(measuretest.JPEG(img, 80))
			}
			before := shot(false).Sketch
			for run := range 2 {
				got := shot(true)
				if got.State != briefing.CameraLightChange || got.Facts.Counted || got.Sketch != nil || got.Found != nil {
					t.Errorf("%s, run %d: %s, counted %v, sketch %v", name, run, got.State, got.Facts.Counted, got.Sketch)
				}
			}
			after, again := shot(true), shot(true)
			if !after.Facts.Counted || after.Sketch == nil || !after.Sketch.Differs(before) {
				t.Errorf("%s: the run after it counts %v and differs not from the old light", name, after.Facts.Counted)
				continue
			}
			if again.Sketch == nil || again.Sketch.Differs(after.Sketch) {
				t.Errorf("%s: the second run in the new light differs from the first", name)
			}
		}
	}
}
