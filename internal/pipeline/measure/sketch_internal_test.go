package measure

import (
	"image"
	"image/color"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure/measuretest"
)

// A sketch has at most 40 KiB, also of a panorama. What a mask covers is no difference, and what
// happens beside it is one.
func TestSketch_is_small_and_honours_masks(t *testing.T) {
	t.Parallel()
	left := briefing.Polygon{Points: []briefing.Point{{}, {X: .4}, {X: .4, Y: 1}, {Y: 1}}}
	for _, size := range []image.Point{{640, 360}, {160, 120}, {3000, 240}, {2000, 130}} {
		m, err := New(Config{Masks: []briefing.Polygon{left}})
		if err != nil {
			t.Fatal(err)
		}
		shop := measuretest.Shop(size, 60, 5)
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		sketch := func(share float64) *sketch {
			img := measuretest.Copy(shop)
			if share > 0 {
				at := image.Pt(int(share*float64(size.X)), size.Y/4)
				thing := image.Rectangle{Min: at, Max: at.Add(image.Pt(size.Y/6, size.Y/2))}
				for y := thing.Min.Y; y < thing.Max.Y; y++ {
					for x := thing.Min.X; x < thing.Max.X; x++ {
						img.SetRGBA(x, y, color.RGBA{A: 255})
					}
				}
			}
			at = at.Add(10 * time.Second)
			s, _ := m.Measure([]pipeline.Frame{{Image: img, At: at}}).Sketch.(*sketch)
			return s
		}
		sketch(0)
		empty, hidden, beside := sketch(0), sketch(.1), sketch(.6)
		if empty == nil || hidden == nil || beside == nil {
			t.Fatalf("%v: no sketch", size)
		}
		if n := len(empty.grey) + len(empty.busy); n > 40<<10 {
			t.Errorf("%v: %d bytes; want at most 40 KiB", size, n)
		}
		if hidden.Differs(empty) || !beside.Differs(empty) {
			t.Errorf("%v: under the mask %v, beside it %v; want false, true", size, hidden.Differs(empty), beside.Differs(empty))
		}
		_, _, busy := hidden.Tiles()
		for i, b := range busy {
			if b {
				t.Errorf("%v: tile %d is busy", size, i)
			}
		}
	}
}
