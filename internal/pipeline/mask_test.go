package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"slices"
	"sync"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// area makes a polygon of x, y, x, y, …
func area(xy ...float64) briefing.Polygon {
	var p briefing.Polygon
	for i := 0; i+1 < len(xy); i += 2 {
		p.Points = append(p.Points, briefing.Point{X: xy[i], Y: xy[i+1]})
	}
	return p
}

// kinds are images of one bright colour, in every type that is painted in its own way.
func kinds(r image.Rectangle) map[string]image.Image {
	orange := color.RGBA{R: 230, G: 150, B: 60, A: 255}
	all := map[string]image.Image{}
	for name, img := range map[string]draw.Image{
		"RGBA": image.NewRGBA(r), "NRGBA": image.NewNRGBA(r), "RGBA64": image.NewRGBA64(r), "Gray": image.NewGray(r),
		"CMYK": image.NewCMYK(r), "Paletted": image.NewPaletted(r, color.Palette{color.Black, orange}),
	} {
		draw.Draw(img, r, image.NewUniform(orange), image.Point{}, draw.Src)
		all[name] = img
	}
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		img := image.NewYCbCr(r, ratio)
		y, cb, cr := color.RGBToYCbCr(orange.R, orange.G, orange.B)
		fill := func(pix []byte, v byte) {
			for i := range pix {
				pix[i] = v
			}
		}
		fill(img.Y, y)
		fill(img.Cb, cb)
		fill(img.Cr, cr)
		all[ratio.String()] = img
	}
	large := kindsOf(r.Inset(-5))
	all["a part of RGBA"] = large["RGBA"].(*image.RGBA).SubImage(r)
	all["a part of 4:2:0"] = large["420"].(*image.YCbCr).SubImage(r)
	return all
}

// kindsOf has the images whose parts kinds uses.
func kindsOf(r image.Rectangle) map[string]image.Image {
	rgba := image.NewRGBA(r)
	draw.Draw(rgba, r, image.NewUniform(color.RGBA{R: 230, G: 150, B: 60, A: 255}), image.Point{}, draw.Src)
	ycc := image.NewYCbCr(r, image.YCbCrSubsampleRatio420)
	for i := range ycc.Y {
		ycc.Y[i] = 160
	}
	for i := range ycc.Cb {
		ycc.Cb[i], ycc.Cr[i] = 70, 170
	}
	return map[string]image.Image{"RGBA": rgba, "420": ycc}
}

// isBlack reports whether a pixel has neither light nor colour.
func isBlack(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r>>8 < 2 && g>>8 < 2 && b>>8 < 2
}

// Each pixel that an area touches is black, each other keeps its light, and the original its pixels.
func TestMask(t *testing.T) {
	t.Parallel()
	areas := map[string][]briefing.Polygon{
		"the left half":   {area(0, 0, .5, 0, .5, 1, 0, 1)},
		"a triangle":      {area(.1, .1, .9, .2, .4, .8)},
		"an L":            {area(0, 0, .5, 0, .5, .5, 1, .5, 1, 1, 0, 1)},
		"two":             {area(0, 0, .2, 0, .2, .2, 0, .2), area(.7, .7, 1, .7, 1, 1, .7, 1)},
		"overlapping":     {area(0, 0, .6, 0, .6, .6, 0, .6), area(.3, .3, .9, .3, .9, .9, .3, .9)},
		"a hair":          {area(.1, .5, .9, .5, .9, .5001, .1, .5001)},
		"a slanting hair": {area(.1, .1, .9, .9, .9, .9001)},
		"a comb":          {area(.1, .1, .2, .9, .3, .1, .4, .9, .5, .1, .6, .9, .7, .1, .8, .9, .9, .1, .9, .95, .1, .95)},
		"all":             {area(0, 0, 1, 0, 1, 1, 0, 1)},
		"backwards":       {area(.4, .8, .9, .2, .1, .1)},
		"beyond the edge": {area(-1, -1, 2, -1, 2, .3, -1, .3)},
	}
	for _, r := range []image.Rectangle{image.Rect(0, 0, 40, 30), image.Rect(3, 5, 24, 18), image.Rect(0, 0, 1, 1), image.Rect(-7, -3, 12, 40)} {
		wants := map[string][]bool{}
		for name, masks := range areas {
			wants[name] = touched(masks, r.Dx(), r.Dy())
		}
		for kind, img := range kinds(r) {
			before := pixelsOf(img)
			for name, masks := range areas {
				got := pipeline.Mask(img, masks)
				if got.Bounds() != r {
					t.Fatalf("%s %v: bounds %v", kind, r, got.Bounds())
				}
				for y := r.Min.Y; y < r.Max.Y; y++ {
					for x := r.Min.X; x < r.Max.X; x++ {
						if want := wants[name][(y-r.Min.Y)*r.Dx()+x-r.Min.X]; isBlack(got.At(x, y)) != want {
							t.Fatalf("%s %v, %s: pixel %d %d is %v, want black %v", kind, r, name, x, y, got.At(x, y), want)
						}
					}
				}
			}
			if !slices.Equal(pixelsOf(img), before) {
				t.Errorf("%s: the original has changed", kind)
			}
			if got := pipeline.Mask(img, nil); got != img {
				t.Errorf("%s: without areas it was copied", kind)
			}
		}
	}
}

// touched returns, for each pixel, whether an area touches it: by points in each pixel, and by a
// walk along the edges, because hairs pass between the points.
func touched(masks []briefing.Polygon, w, h int) []bool {
	const n, edge = 8, .0001 // a border alone is no touch
	all := make([]bool, w*h)
	for _, p := range masks {
		for i := range all {
			for k := range n * n {
				x, y := float64(i%w)+edge+(1-2*edge)*float64(k%n)/(n-1), float64(i/w)+edge+(1-2*edge)*float64(k/n)/(n-1)
				all[i] = all[i] || p.Contains(briefing.Point{X: x / float64(w), Y: y / float64(h)})
			}
		}
		for i, a := range p.Points {
			b := p.Points[(i+1)%len(p.Points)]
			for k := range 20001 {
				share := float64(k) / 20000
				x, y := (a.X+(b.X-a.X)*share)*float64(w), (a.Y+(b.Y-a.Y)*share)*float64(h)
				inX, inY := x-math.Floor(x), y-math.Floor(y)
				if x > 0 && y > 0 && x < float64(w) && y < float64(h) && inX > edge && inX < 1-edge && inY > edge && inY < 1-edge {
					all[int(y)*w+int(x)] = true
				}
			}
		}
	}
	return all
}

func pixelsOf(img image.Image) (all []color.Color) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			all = append(all, img.At(x, y))
		}
	}
	return all
}

// A frame is read by others while its copy is painted; the race detector watches.
func TestMask_leaves_the_original_to_others(t *testing.T) {
	t.Parallel()
	for _, img := range kinds(image.Rect(0, 0, 40, 30)) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { pipeline.Mask(img, []briefing.Polygon{area(0, 0, 1, 0, 0, 1)}) })
			all.Go(func() { pixelsOf(img) })
		}
		all.Wait()
	}
}

// No picture that is shown has anything of what is masked, whatever its size.
func TestPicture_is_black_where_the_masks_are(t *testing.T) {
	t.Parallel()
	masks := []briefing.Polygon{area(.25, .25, .75, .25, .75, .75, .25, .75)}
	for _, size := range []image.Point{{64, 48}, {1400, 300}, {200, 2700}} {
		for kind, img := range kindsOf(image.Rectangle{Max: size}) {
			s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
				return func(context.Context, int64) (pipeline.Frame, error) { return pipeline.Frame{Image: img}, nil }
			}}
			p, _ := many(t, s, nil)
			c := stored("door")
			c.Masks = masks
			f := run(t, p, tickOf(c, 1)).LastFrame
			b, err := p.Picture(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			checkMasked(t, fmt.Sprint(kind, size), b)
		}
	}
}

// checkMasked checks that the middle of a JPEG is black and its corners are not.
func checkMasked(t *testing.T, name string, b []byte) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	for i := range 20 {
		for j := range 20 {
			x, y := w*(2*i+1)/40, h*(2*j+1)/40
			inside := x > w*3/10 && x < w*7/10 && y > h*3/10 && y < h*7/10
			outside := x < w/5 || x > w*4/5 || y < h/5 || y > h*4/5
			r, g, bl, _ := img.At(x, y).RGBA()
			light := max(r, g, bl) >> 8
			if inside && light > 8 || outside && light < 100 {
				t.Fatalf("%s: light %d at %d, %d of %d x %d", name, light, x, y, w, h)
			}
		}
	}
}

// After a mask was added, no picture from before it is shown.
func TestPicture_from_before_a_mask_is_gone(t *testing.T) {
	t.Parallel()
	s := &shops{}
	p, _ := many(t, s, func(c *pipeline.Config) { c.Reuse = 1 })
	c := stored("door")
	before := run(t, p, tickOf(c, 1)).LastFrame
	c.Masks, c.Version = []briefing.Polygon{area(0, 0, 1, 0, 0, 1)}, 2
	after := run(t, p, tickOf(c, 2)).LastFrame
	if after == nil || after.ID == before.ID {
		t.Errorf("the picture after the change is %+v", after)
	}
	if err := p.Close(); err != nil { // the old source is closed by then
		t.Fatal(err)
	}
	if _, err := p.Picture(before.ID); err == nil {
		t.Error("the picture from before the mask is still shown")
	}
}

func BenchmarkMask(b *testing.B) {
	masks := []briefing.Polygon{area(.25, .25, .75, .25, .75, .75, .25, .75)}
	for name, img := range kindsOf(image.Rect(0, 0, 1280, 720)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				pipeline.Mask(img, masks)
			}
		})
	}
}
