package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The sums are those of Pillow's resize(size, BILINEAR) of a part.
func TestPixels_scaled_equals_Pillow(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/picture0.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	p := newPixels(img)
	for _, c := range []struct {
		v             view
		width, height int
		sum           string
	}{
		{view{0, 0, 200, 120}, 96, 96, "054f134bedf8b1aa"},
		{view{30, 10, 120, 110}, 64, 96, "adbe34d4156c7f7a"},
		{view{0, 0, 50, 40}, 130, 77, "8834941c007b2525"},
		{view{0, 0, 200, 120}, 1, 1, "67d2aa10ad4ab0bf"},
	} {
		sum := sha256.Sum256(p.scaled(c.v, c.width, c.height).rgb)
		if got := hex.EncodeToString(sum[:8]); got != c.sum {
			t.Errorf("scaled(%v, %d, %d) has the sum %s, want %s", c.v, c.width, c.height, got, c.sum)
		}
	}
}

func TestPixels_equal_the_image(t *testing.T) {
	t.Parallel()
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		whole := image.NewYCbCr(image.Rect(0, 0, 23, 17), ratio)
		for _, plane := range [][]byte{whole.Y, whole.Cb, whole.Cr} {
			for i := range plane {
				plane[i] = byte(i*i + 31*i)
			}
		}
		for _, part := range []image.Rectangle{whole.Rect, image.Rect(3, 5, 20, 16), image.Rect(4, 4, 9, 8)} {
			img := whole.SubImage(part)
			p, i := newPixels(img), 0
			for y := part.Min.Y; y < part.Max.Y; y++ {
				for x := part.Min.X; x < part.Max.X; x++ {
					r, g, b, _ := img.At(x, y).RGBA()
					if got, want := [3]byte(p.rgb[i:]), [3]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8)}; got != want {
						t.Fatalf("%v of %v at %d, %d: %v, want %v", part, ratio, x, y, got, want)
					}
					i += 3
				}
			}
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	person := func(x0, y0, x1, y1, score float64, view int) seen {
		return seen{Box{x0, y0, x1, y1, "person", score}, view}
	}
	dog := seen{Box{0, 0, 10, 10, "dog", .5}, 0}
	for _, c := range []struct {
		name string
		all  []seen
		want []float64 // scores
	}{
		{"none", nil, []float64{}},
		{"apart", []seen{person(0, 0, 10, 10, .3, 0), person(20, 0, 30, 10, .9, 0)}, []float64{.9, .3}},
		{"the same twice", []seen{person(0, 0, 10, 10, .3, 0), person(1, 0, 11, 10, .9, 1)}, []float64{.9}},
		{"a little overlap", []seen{person(0, 0, 10, 10, .3, 0), person(5, 0, 15, 10, .9, 1)}, []float64{.9, .3}},
		{"classes", []seen{person(0, 0, 10, 10, .9, 0), dog}, []float64{.9, .5}},
		{"cut by a tile", []seen{person(0, 0, 10, 30, .6, 0), person(0, 0, 4, 30, .9, 1)}, []float64{.6}},
		{"a child before an adult", []seen{person(0, 0, 10, 30, .6, 0), person(2, 15, 8, 30, .9, 0)}, []float64{.9, .6}},
	} {
		got := []float64{}
		for _, b := range merge(c.all, .6, .75) {
			got = append(got, b.Score)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: merge leaves %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDetector_views(t *testing.T) {
	t.Parallel()
	d := &Detector{width: 320, height: 320}
	for _, c := range []struct {
		width, height int
		want          []view
	}{
		{768, 576, []view{{0, 0, 768, 576}, {0, 0, 576, 576}, {192, 0, 576, 576}}},
		{1280, 720, []view{{0, 0, 1280, 720}, {0, 0, 720, 720}, {560, 0, 720, 720}}},
		{720, 1280, []view{{0, 0, 720, 1280}, {0, 0, 720, 720}, {0, 560, 720, 720}}},
		{600, 576, []view{{0, 0, 600, 576}}},
		{320, 240, []view{{0, 0, 320, 240}}},
	} {
		if got := d.views(c.width, c.height); !slices.Equal(got, c.want) {
			t.Errorf("views(%d, %d) = %v, want %v", c.width, c.height, got, c.want)
		}
	}
	d.cfg.Whole = true
	if got := d.views(1280, 720); len(got) != 1 {
		t.Errorf("views of a detector for wholes = %v", got)
	}
}

func TestMetadataClasses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{0: 'person', 1: 'bicycle'}`:            "person|bicycle",
		`{1: "dog's bowl", 0: 'Shop  Cart'}`:     "shop cart|dog's bowl",
		`{"0": "person", "1": "car"}`:            "person|car",
		`{0: 'it\'s', 1: 'b'}`:                   "it's|b",
		`["person","car"]`:                       "person|car",
		`['person', 'car']`:                      "person|car",
		"person\nTraffic Light":                  "person|traffic light",
		"person, car":                            "person|car",
		`{0: 'a', 2: 'c'}`:                       "", // a gap
		`{0: 'a', 0: 'b'}`:                       "",
		`{1: 'a'}`:                               "",
		`{}`:                                     "",
		`[1, 2]`:                                 "",
		"":                                       "",
		"a,,b":                                   "",
		`{0: '` + strings.Repeat("x", 99) + `'}`: "",
	} {
		if got := strings.Join(metadataClasses(map[string]string{"names": text}), "|"); got != want {
			t.Errorf("metadataClasses(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestReadClasses(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "classes.txt")
	for text, want := range map[string]string{
		"person\ncar\n":               "person|car",
		"\ufeffPerson\r\ncar\r\n\r\n": "person|car",
		"person\n\ncar":               "", // a class without a name
		"":                            "",
		"a\x00b":                      "",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadClasses(name)
		if strings.Join(got, "|") != want || (err == nil) != (want != "") {
			t.Errorf("ReadClasses(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

// FuzzMetadataClasses checks that names from any text are fit to be classes.
func FuzzMetadataClasses(f *testing.F) {
	for _, text := range []string{`{0: 'person', 1: "b"}`, `["a"]`, "a\nb", "a,b", `{0: 'it\'s'}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		classes := metadataClasses(map[string]string{"names": text})
		again, err := checkClasses(classes)
		if err != nil || !slices.Equal(classes, again) {
			t.Errorf("metadataClasses(%q) = %q, which is unfit: %v", text, classes, err)
		}
	})
}
