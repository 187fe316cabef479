package blur

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// nothing is the Changed of a frame that equals its background.
var nothing = []pipeline.Region{}

func newBlur(t *testing.T) *Blur {
	t.Helper()
	b, err := New(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b.gate = openGate(1000) // parallel tests wait for none
	return b
}

// openGate returns a gate with n slots, at which nobody waits.
func openGate(n int) *gate {
	g := &gate{slots: make(chan struct{}, n)}
	for range n {
		g.slots <- struct{}{}
	}
	return g
}

// photo reads a photograph. BIS_TEST_PHOTOS names a folder with more of them.
func photo(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := jpeg.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// astronaut is a photograph with one face, whose centre is at 43 % of the width and 21 % of the
// height, and which is a fifth of the width.
func astronaut(t *testing.T) image.Image {
	t.Helper()
	return photo(t, "../measure/testdata/astronaut.jpg")
}

// placed returns a picture of w x h pixels in which a photograph of the given side, turned by an
// angle in degrees, stands on a grey wall with its upper left corner at x, y.
func placed(w, h int, img image.Image, side, x, y int, angle float64) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{Y: 140}), image.Point{}, draw.Src)
	small := pipeline.Scaled(img, side, side)
	sin, cos := math.Sincos(angle * math.Pi / 180)
	half := float64(side) / 2
	for py := range side {
		for px := range side {
			dx, dy := float64(px)-half, float64(py)-half
			sx, sy := int(cos*dx+sin*dy+half), int(-sin*dx+cos*dy+half)
			if sx >= 0 && sy >= 0 && sx < side && sy < side {
				out.Set(x+px, y+py, small.At(sx, sy))
			}
		}
	}
	return out
}

// sent returns what leaves of a frame, decoded.
func sent(t *testing.T, b *Blur, f pipeline.Frame, masks []briefing.Polygon, e briefing.Egress) image.Image {
	t.Helper()
	picture, ok := b.Picture(f, masks, e)
	if !ok {
		t.Fatal("nothing leaves")
	}
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// detail is the share of the pixels of a box, without its border, that differ clearly from their
// right neighbour. In blocks of n pixels it is at most 1/n, and about 0 between them.
func detail(img image.Image, box image.Rectangle) float64 {
	edges, all := 0, 0
	for y := box.Min.Y + 1; y < box.Max.Y-1; y++ {
		for x := box.Min.X + 1; x < box.Max.X-2; x++ {
			a := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
			b := color.GrayModel.Convert(img.At(x+1, y)).(color.Gray).Y
			if all++; max(a, b)-min(a, b) > 6 {
				edges++
			}
		}
	}
	return float64(edges) / float64(max(all, 1))
}

// TestPicture_hides_faces checks faces of many sizes, upright and tilted: none is found again, and
// the pixels of the face are coarse.
func TestPicture_hides_faces(t *testing.T) {
	t.Parallel()
	b, face := newBlur(t), astronaut(t)
	for name, c := range map[string]struct {
		w, h, side, x, y int
		angle            float64
	}{
		"large":              {640, 640, 640, 0, 0, 0},
		"beside a wall":      {1280, 720, 400, 800, 150, 0},
		"small":              {1280, 720, 130, 900, 300, 0},
		"very small":         {1280, 720, 100, 100, 500, 0},
		"tilted right":       {1280, 720, 400, 300, 200, 22},
		"tilted left":        {1280, 720, 400, 300, 200, -22},
		"of a large picture": {2560, 1440, 300, 1700, 500, 0},
		"in a tall picture":  {720, 1280, 300, 200, 800, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frame := pipeline.Frame{Image: placed(c.w, c.h, face, c.side, c.x, c.y, c.angle), Changed: nothing}
			before := sent(t, b, frame, nil, briefing.EgressFull)
			after := sent(t, b, frame, nil, briefing.EgressBlurred)
			if len(b.faces.find(frame.Image, mildScore)) == 0 {
				t.Fatal("no face is found in the whole picture")
			}
			if again := b.faces.find(after, sureScore); len(again) > 0 {
				t.Errorf("faces are found again: %v", again)
			}
			scale := float64(after.Bounds().Dx()) / float64(c.w)
			at := func(share float64, from int) int { return int((float64(from) + share*float64(c.side)) * scale) }
			box := image.Rect(at(.36, c.x), at(.13, c.y), at(.50, c.x), at(.29, c.y))
			if c.angle != 0 { // it has moved around the centre
				box = image.Rect(at(.40, c.x), at(.17, c.y), at(.48, c.x), at(.25, c.y)).
					Add(image.Pt(int(c.angle/22*.105*float64(c.side)*scale), 0))
			}
			was, is := detail(before, box), detail(after, box)
			if is > was/2 && is > .05 || is > .25 {
				t.Errorf("the face has edges in %.2f of its pixels, %.2f in the whole picture", is, was)
			}
		})
	}
}

// noise returns a picture whose neighbouring pixels differ.
func noise(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(random.IntN(256))
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// TestPicture_hides_changes checks that changed parts are coarse up to their edges, that the rest
// stays, and that all is coarse if nobody knows what has changed.
func TestPicture_hides_changes(t *testing.T) {
	t.Parallel()
	b, img := newBlur(t), noise(400, 300)
	part := pipeline.Region{X0: .25, Y0: .2, X1: .5, Y1: .8}
	inside, outside := image.Rect(100, 60, 200, 240), image.Rect(220, 20, 390, 280)
	out := sent(t, b, pipeline.Frame{Image: img, Changed: []pipeline.Region{part}}, nil, briefing.EgressBlurred)
	if d := detail(out, inside); d > .12 {
		t.Errorf("the changed part has edges in %.2f of its pixels", d)
	}
	if d := detail(out, outside); d < .5 {
		t.Errorf("the rest has edges in %.2f of its pixels", d)
	}
	for name, f := range map[string]pipeline.Frame{
		"unknown": {Image: img},
		"all":     {Image: img, Changed: []pipeline.Region{{X1: 1, Y1: 1}}},
		"beyond":  {Image: img, Changed: []pipeline.Region{{X0: -3, Y0: -1, X1: 7, Y1: 2}}},
	} {
		if d := detail(sent(t, b, f, nil, briefing.EgressBlurred), img.Rect); d > .12 {
			t.Errorf("%s: edges in %.2f of the pixels", name, d)
		}
	}
}

// TestPicture_blackens_masks checks masks in both kinds of picture, for the types of images that
// decoders return, and that no colour of what is masked is left beside it.
func TestPicture_blackens_masks(t *testing.T) {
	t.Parallel()
	b := newBlur(t)
	red := image.NewRGBA(image.Rect(0, 0, 1500, 900))
	draw.Draw(red, red.Rect, image.NewUniform(color.RGBA{0, 90, 0, 255}), image.Point{}, draw.Src)
	draw.Draw(red, image.Rect(600, 300, 900, 600), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	var w bytes.Buffer
	if err := jpeg.Encode(&w, red, nil); err != nil {
		t.Fatal(err)
	}
	decoded, err := jpeg.Decode(&w)
	if err != nil {
		t.Fatal(err)
	}
	masks := []briefing.Polygon{{Points: []briefing.Point{{X: .39, Y: .31}, {X: .61, Y: .31}, {X: .61, Y: .69}, {X: .39, Y: .69}}}}
	for _, img := range []image.Image{red, decoded} {
		for _, egress := range []briefing.Egress{briefing.EgressFull, briefing.EgressBlurred} {
			for _, changed := range [][]pipeline.Region{nothing, nil, {{X0: .3, Y0: .3, X1: .7, Y1: .7}}} {
				out := sent(t, b, pipeline.Frame{Image: img, Changed: changed}, masks, egress)
				box := out.Bounds()
				for y := range box.Dy() {
					for x := range box.Dx() {
						r, g, _, _ := out.At(x, y).RGBA()
						sx, sy := float64(x)/float64(box.Dx()), float64(y)/float64(box.Dy())
						within := sx > .4 && sx < .6 && sy > .33 && sy < .67
						if within && (r>>8 > 8 || g>>8 > 8) || r>>8 > 60 {
							t.Fatalf("%T %s: %v at %d, %d", img, egress, out.At(x, y), x, y)
						}
					}
				}
			}
		}
	}
}

// TestPicture_is_encoded_anew checks the form of what leaves: baseline JPEG, no metadata, at most
// 1,024 pixels a side.
func TestPicture_is_encoded_anew(t *testing.T) {
	t.Parallel()
	b := newBlur(t)
	for _, size := range []image.Point{{3000, 2000}, {200, 2900}, {1024, 1024}, {7, 3}, {1, 1}} {
		for _, egress := range []briefing.Egress{briefing.EgressFull, briefing.EgressBlurred} {
			frame := pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, size.X, size.Y)), Changed: nothing}
			picture, ok := b.Picture(frame, nil, egress)
			if !ok {
				t.Fatalf("%v: nothing leaves", size)
			}
			got, err := jpeg.DecodeConfig(bytes.NewReader(picture))
			if err != nil || max(got.Width, got.Height) > 1024 {
				t.Errorf("%v leaves as %d x %d, %v", size, got.Width, got.Height, err)
			}
			if w, h := pipeline.Leaving(size.X, size.Y); w != got.Width || h != got.Height {
				t.Errorf("%v leaves as %d x %d, and is announced as %d x %d", size, got.Width, got.Height, w, h)
			}
			for i := 2; picture[i] == 0xff && picture[i+1] != 0xda; i += 2 + int(picture[i+2])<<8 + int(picture[i+3]) {
				if marker := picture[i+1]; marker >= 0xe0 && marker <= 0xef || marker == 0xfe || marker == 0xc2 {
					t.Errorf("%v has marker %x", size, marker)
				}
			}
		}
	}
}

// broken is an image of a faulty decoder.
type broken struct{ image.Image }

func (broken) At(int, int) color.Color { panic("no pixels") }
func (broken) ColorModel() color.Model { return color.RGBAModel }
func (broken) Bounds() image.Rectangle { return image.Rect(0, 0, 50, 50) }

// TestPrepare_lets_nothing_leave checks COUNTS, unknown choices, providers without a choice, and
// faults.
func TestPrepare_lets_nothing_leave(t *testing.T) {
	t.Parallel()
	b := newBlur(t)
	c := briefing.Camera{Egress: []briefing.ProviderEgress{
		{Provider: "counts", Egress: briefing.EgressCounts}, {Provider: "full", Egress: briefing.EgressFull},
		{Provider: "blurred", Egress: briefing.EgressBlurred}, {Provider: "odd", Egress: "EVERYTHING"},
	}}
	good := pipeline.Frame{Image: noise(60, 40), Changed: nothing}
	for _, provider := range []string{"counts", "odd", "", "unknown", "FULL", "full "} {
		if picture, ok := b.Prepare(good, c, provider); ok || picture != nil {
			t.Errorf("%q gets %d bytes", provider, len(picture))
		}
	}
	for _, provider := range []string{"full", "blurred"} {
		if _, ok := b.Prepare(good, c, provider); !ok {
			t.Errorf("%q gets nothing", provider)
		}
		for name, f := range map[string]pipeline.Frame{
			"no image": {}, "an image that panics": {Image: broken{}, Changed: nothing},
			"planes that are too short": {Image: &image.YCbCr{Y: make([]byte, 9), YStride: 90, CStride: 45, Rect: image.Rect(0, 0, 90, 90)}},
		} {
			if picture, ok := b.Prepare(f, c, provider); ok || picture != nil {
				t.Errorf("%q gets %d bytes of %s", provider, len(picture), name)
			}
		}
	}
}

// TestFind_photos checks the other photographs, which have no face that a detector should find.
func TestFind_photos(t *testing.T) {
	t.Parallel()
	b := newBlur(t)
	folder := os.Getenv("BIS_TEST_PHOTOS")
	if folder == "" {
		folder = "../measure/testdata"
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.jpg"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no photographs", err)
	}
	for _, path := range paths {
		found := len(b.faces.find(photo(t, path), sureScore))
		if want := filepath.Base(path) == "astronaut.jpg"; want != (found > 0) {
			t.Errorf("%s: %d faces", path, found)
		}
	}
}
