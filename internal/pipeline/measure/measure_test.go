package measure_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/measure"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func photos(t testing.TB) map[string]*image.RGBA {
	t.Helper()
	names, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(names) < 5 {
		t.Fatalf("%d photographs, %v", len(names), err)
	}
	all := map[string]*image.RGBA{}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		rgba := image.NewRGBA(img.Bounds())
		draw.Draw(rgba, rgba.Bounds(), img, img.Bounds().Min, draw.Src)
		all[filepath.Base(name)] = rgba
	}
	return all
}

func clone(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Bounds())
	copy(out.Pix, img.Pix)
	return out
}

// paste draws k people side by side into a copy of a photograph. Their clothes have a texture and
// differ from the background.
func paste(img *image.RGBA, k int, random *rand.Rand) *image.RGBA {
	out := clone(img)
	b := img.Bounds()
	for i := range k {
		h := b.Dy() * (30 + random.IntN(15)) / 100
		x := b.Dx() * (2*i + 1) / (2 * 5)
		top := b.Dy()*(20+random.IntN(30))/100 + b.Min.Y
		figure(out, img, image.Rect(x-h/6, top, x+h/6, top+h), random)
	}
	return out
}

// figure draws a head, a body and legs. Each is nearly black or nearly white, whichever contrasts
// more with the background, with a weave.
func figure(out, photo *image.RGBA, box image.Rectangle, random *rand.Rand) {
	parts := []func(u, v float64) bool{
		func(u, v float64) bool { return u*u/0.2+(v-0.085)*(v-0.085)/0.0072 < 1 },
		func(u, v float64) bool { return v >= 0.15 && v < 0.6 && u > -0.95 && u < 0.95 },
		func(u, v float64) bool { return v >= 0.6 && (u > -0.7 && u < -0.05 || u > 0.05 && u < 0.7) },
	}
	for _, inside := range parts {
		var behind []image.Point
		sum := 0
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				u := float64(x-box.Min.X)/float64(box.Dx())*2 - 1
				if inside(u, float64(y-box.Min.Y)/float64(box.Dy())) {
					behind = append(behind, image.Pt(x, y))
					sum += int(lumaOf(photo, x, y))
				}
			}
		}
		tone := 225
		if sum/len(behind) > 127 {
			tone = 25
		}
		for _, p := range behind {
			g := uint8(tone + random.IntN(25) - 12 + 8*(p.X/3%2))
			out.SetRGBA(p.X, p.Y, color.RGBA{g, g, g, 255})
		}
	}
}

func lumaOf(img *image.RGBA, x, y int) uint8 {
	c := img.RGBAAt(x, y)
	return uint8((299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000)
}

// expose multiplies every colour channel, as a longer or shorter exposure does.
func expose(img *image.RGBA, by float64) *image.RGBA {
	out := clone(img)
	for i := range out.Pix {
		if i%4 != 3 {
			out.Pix[i] = uint8(min(float64(out.Pix[i])*by, 255))
		}
	}
	return out
}

func noise(img *image.RGBA, by int, random *rand.Rand) *image.RGBA {
	out := clone(img)
	for i := range out.Pix {
		if i%4 != 3 {
			out.Pix[i] = uint8(min(max(int(out.Pix[i])+random.IntN(2*by+1)-by, 0), 255))
		}
	}
	return out
}

func recompress(t testing.TB, img image.Image, quality int) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newMeasurer(t testing.TB) *measure.Measurer {
	t.Helper()
	m, err := measure.New(measure.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shots measures pictures, ten seconds apart, and returns the facts of the last.
func shots(m *measure.Measurer, at *time.Time, imgs ...image.Image) (facts pipeline.Facts) {
	for _, img := range imgs {
		facts = m.Measure([]pipeline.Frame{{Image: img, At: *at}}).Facts
		*at = at.Add(10 * time.Second)
	}
	return facts
}

func TestMeasurer_counts_the_people_pasted_into_a_photograph(t *testing.T) {
	t.Parallel()
	seeds := uint64(pastedSeeds)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		countPasted(t, seed)
	}
}

func countPasted(t *testing.T, seed uint64) {
	t.Helper()
	for name, photo := range photos(t) {
		random := rand.New(rand.NewPCG(seed, 2))
		changes := map[string]func(*image.RGBA) image.Image{
			"as it is":     func(img *image.RGBA) image.Image { return img },
			"recompressed": func(img *image.RGBA) image.Image { return recompress(t, img, 40) },
			"noisy":        func(img *image.RGBA) image.Image { return noise(img, 8, random) },
			"darker":       func(img *image.RGBA) image.Image { return expose(img, 0.85) },
			"brighter":     func(img *image.RGBA) image.Image { return expose(img, 1.15) },
		}
		for change, apply := range changes {
			for k := range 6 {
				m, at := newMeasurer(t), noon
				facts := shots(m, &at, photo, recompress(t, photo, 90), apply(paste(photo, k, random)))
				n, ok := facts.People()
				if !ok || n != k || !facts.Estimate || facts.Detector != measure.Detector {
					t.Errorf("%s %s with %d people: %+v", name, change, k, facts)
				}
			}
		}
	}
}

func TestMeasurer_does_not_count_in_unrelated_photographs(t *testing.T) {
	t.Parallel()
	all := photos(t)
	for a, first := range all {
		for b, second := range all {
			if a == b {
				continue
			}
			m, at := newMeasurer(t), noon
			facts := shots(m, &at, first, first, second)
			if facts.Scene != briefing.SceneChanged || facts.Counted || facts.Counts != nil {
				t.Errorf("%s, then %s: %+v; want the scene changed, nothing counted", a, b, facts)
			}
		}
	}
}

func TestMeasurer_forgets_people_of_the_first_frame_who_left(t *testing.T) {
	t.Parallel()
	for name, photo := range photos(t) {
		random := rand.New(rand.NewPCG(3, 4))
		m, at := newMeasurer(t), noon
		facts := shots(m, &at, paste(photo, 2, random), photo, photo)
		if n, ok := facts.People(); !ok || n != 0 {
			t.Errorf("%s: %d people, counted %v, after all have left", name, n, ok)
		}
	}
}

func TestMeasurer_goes_on_counting_people_who_stand_still(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	random := rand.New(rand.NewPCG(5, 6))
	m, at := newMeasurer(t), noon
	with := paste(photo, 2, random)
	shots(m, &at, photo, photo)
	for range 6 * 20 { // twenty minutes
		if n, ok := shots(m, &at, noise(with, 3, random)).People(); !ok || n != 2 {
			t.Fatalf("after %v: %d people, counted %v", at.Sub(noon), n, ok)
		}
	}
}

func TestMeasurer_counts_only_in_steady_scenes(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	m, at := newMeasurer(t), noon
	for _, c := range []struct {
		name string
		img  image.Image
		want briefing.Scene
	}{
		{"the first frame", photo, briefing.SceneLearning},
		{"the same again", photo, briefing.SceneSteady},
		{"in the dark", expose(photo, 0.05), briefing.SceneDark},
		{"back again", photo, briefing.SceneSteady},
		{"of another size", photo.SubImage(image.Rect(0, 0, 300, 399)), briefing.SceneChanged},
	} {
		facts := shots(m, &at, c.img)
		counted := c.want == briefing.SceneSteady
		if facts.Scene != c.want || facts.Counted != counted || (facts.Counts != nil) != counted {
			t.Errorf("%s: %+v, want scene %s, counted %v", c.name, facts, c.want, counted)
		}
	}
}

func TestMeasurer_reads_every_kind_of_picture_alike(t *testing.T) {
	t.Parallel()
	photo := photos(t)["astronaut.jpg"]
	random := rand.New(rand.NewPCG(7, 8))
	with := paste(photo, 3, random)
	kinds := map[string]func(*image.RGBA) image.Image{
		"RGBA":  func(img *image.RGBA) image.Image { return img },
		"YCbCr": func(img *image.RGBA) image.Image { return recompress(t, img, 95) },
		"NRGBA": func(img *image.RGBA) image.Image { return into(image.NewNRGBA(img.Bounds()), img) },
		"Gray":  func(img *image.RGBA) image.Image { return into(image.NewGray(img.Bounds()), img) },
		"CMYK":  func(img *image.RGBA) image.Image { return into(image.NewCMYK(img.Bounds()), img) },
		"part": func(img *image.RGBA) image.Image {
			big := image.NewRGBA(img.Bounds().Inset(-20))
			draw.Draw(big, img.Bounds(), img, image.Point{}, draw.Src)
			return big.SubImage(img.Bounds())
		},
	}
	for kind, as := range kinds {
		m, at := newMeasurer(t), noon
		if n, ok := shots(m, &at, as(photo), as(with)).People(); !ok || n != 3 {
			t.Errorf("%s: %d people, counted %v, want 3", kind, n, ok)
		}
	}
}

func into(dst draw.Image, src image.Image) image.Image {
	draw.Draw(dst, dst.Bounds(), src, src.Bounds().Min, draw.Src)
	return dst
}

func TestMeasurer_survives_tiny_and_odd_pictures(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 1}, {2, 3}, {1, 500}, {3000, 1}, {9, 9}, {121, 7}} {
		m, at := newMeasurer(t), noon
		img := image.NewGray(image.Rect(0, 0, size[0], size[1]))
		for i := range img.Pix {
			img.Pix[i] = uint8(50 + i%150)
		}
		shots(m, &at, img, img, img)
	}
}

func BenchmarkMeasure(b *testing.B) {
	for _, k := range []int{0, 4} {
		b.Run(fmt.Sprintf("1280x720/people=%d", k), func(b *testing.B) {
			img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
			random := rand.New(rand.NewPCG(1, 1))
			for i := range img.Pix {
				img.Pix[i] = uint8(90 + (i/4%1280)/16 + random.IntN(6))
			}
			empty, full := recompress(b, img, 90), recompress(b, paste(img, k, random), 90)
			m, at := newMeasurer(b), noon
			shots(m, &at, empty, empty)
			b.ReportAllocs()
			for b.Loop() {
				shots(m, &at, full)
			}
		})
	}
}
