package measure_test

import (
	"image"
	"image/color"
	"image/draw"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A place is a view that is larger than a frame. A camera that is turned shows another part of it.
type place struct {
	name string
	view *image.RGBA
	size image.Point // of a frame
}

// frame returns the part of the view to which the camera points, moved by shares of the frame.
func (p place) frame(dx, dy float64) *image.RGBA {
	rest := p.view.Bounds().Size().Sub(p.size)
	x := min(max(rest.X/2+int(dx*float64(p.size.X)), 0), rest.X)
	y := min(max(rest.Y/2+int(dy*float64(p.size.Y)), 0), rest.Y)
	out := image.NewRGBA(image.Rectangle{Max: p.size})
	draw.Draw(out, out.Bounds(), p.view, image.Pt(x, y), draw.Src)
	return out
}

// places are photographs, and shops that are drawn at random: with many goods and with few.
func places(t testing.TB) []place {
	var all []place
	shots := photos(t)
	for _, name := range slices.Sorted(maps.Keys(shots)) {
		s := shots[name].Bounds().Size()
		all = append(all, place{name, shots[name], image.Pt(s.X*3/5, s.Y*3/4)})
	}
	for i, size := range []image.Point{{480, 270}, {320, 240}} {
		all = append(all,
			place{"a full shop " + size.String(), drawPlace(size, 150, uint64(i)), size},
			place{"a bare shop " + size.String(), drawPlace(size, 14, uint64(i)), size})
	}
	return all
}

// drawPlace draws a wall, a floor and things of random sizes and colours.
func drawPlace(size image.Point, things int, seed uint64) *image.RGBA {
	random := rand.New(rand.NewPCG(seed, 11))
	w, h := size.X*8/5, size.Y*7/5
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 185 - 40*float64(x)/float64(w) - 25*float64(y)/float64(h)
			if y > h*45/100 {
				v -= 35
			}
			img.SetRGBA(x, y, color.RGBA{uint8(v + 6), uint8(v), uint8(v - 14), 255})
		}
	}
	for range things {
		box := image.Rect(0, 0, w/40+random.IntN(w/14), h/30+random.IntN(h/8)).
			Add(image.Pt(random.IntN(w), random.IntN(h)))
		c := color.RGBA{uint8(30 + random.IntN(210)), uint8(30 + random.IntN(210)), uint8(30 + random.IntN(210)), 255}
		draw.Draw(img, box, image.NewUniform(c), image.Point{}, draw.Src)
		label := image.Rect(box.Min.X+box.Dx()/4, box.Min.Y+box.Dy()/3, box.Max.X-box.Dx()/4, box.Max.Y-box.Dy()/3)
		draw.Draw(img, label, image.NewUniform(color.RGBA{255 - c.R, 255 - c.G, 255 - c.B, 255}), image.Point{}, draw.Src)
	}
	return img
}

// each returns a picture with a function applied to each pixel.
func each(img *image.RGBA, f func(x, y int, c color.RGBA) color.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Bounds())
	i := 0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			p := img.Pix[i : i+4 : i+4]
			c := f(x, y, color.RGBA{p[0], p[1], p[2], 255})
			copy(out.Pix[i:], []uint8{c.R, c.G, c.B, 255})
			i += 4
		}
	}
	return out
}

func scaled(c color.RGBA, by float64) color.RGBA {
	f := func(v uint8) uint8 { return uint8(min(max(float64(v)*by, 0), 255)) }
	return color.RGBA{f(c.R), f(c.G), f(c.B), 255}
}

// infrared makes the picture of a camera at night: grey, bright in the middle, dark at the corners.
func infrared(img *image.RGBA) *image.RGBA {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	return each(img, func(x, y int, c color.RGBA) color.RGBA {
		u, v := 2*float64(x)/w-1, 2*float64(y)/h-1
		lamp := 1.1 * math.Exp(-1.3*(u*u+v*v))
		g := min((0.5*float64(c.R)+0.3*float64(c.G)+0.2*float64(c.B))*lamp*0.8+6, 255)
		return color.RGBA{uint8(g), uint8(g), uint8(g), 255}
	})
}

// dimmed makes the picture of a shop whose lamps are off: light comes from a window at the left.
func dimmed(img *image.RGBA) *image.RGBA {
	w := float64(img.Rect.Dx())
	return each(img, func(x, _ int, c color.RGBA) color.RGBA {
		return scaled(c, 0.16+0.5*math.Exp(-4*float64(x)/w))
	})
}

// lamp brightens or darkens a round part of a picture.
func lamp(img *image.RGBA, at image.Point, radius, by float64) *image.RGBA {
	return each(img, func(x, y int, c color.RGBA) color.RGBA {
		d := math.Hypot(float64(x-at.X), float64(y-at.Y)) / radius
		return scaled(c, 1+(by-1)*math.Exp(-d*d))
	})
}

// out of focus: the mean of a square around each pixel, twice.
func unfocused(img *image.RGBA, radius int) *image.RGBA {
	out := clone(img)
	for range 2 {
		out = boxed(boxed(out, radius, 1, 0), radius, 0, 1)
	}
	return out
}

func boxed(img *image.RGBA, radius, dx, dy int) *image.RGBA {
	out := image.NewRGBA(img.Bounds())
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range h {
		for x := range w {
			var r, g, b, n int
			for k := -radius; k <= radius; k++ {
				i := img.PixOffset(min(max(x+k*dx, 0), w-1), min(max(y+k*dy, 0), h-1))
				r, g, b, n = r+int(img.Pix[i]), g+int(img.Pix[i+1]), b+int(img.Pix[i+2]), n+1
			}
			out.SetRGBA(x, y, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255})
		}
	}
	return out
}

// covered makes the picture of a lens with something in front of it: a colour, a little lighter at
// one side.
func covered(img *image.RGBA, tone, slope float64) *image.RGBA {
	w := float64(img.Rect.Dx())
	return each(img, func(x, _ int, _ color.RGBA) color.RGBA {
		v := tone + slope*float64(x)/w
		return color.RGBA{uint8(v * 1.1), uint8(v), uint8(v * 0.9), 255}
	})
}

// crowd draws k people near the lens, so that they hide most of the picture.
func crowd(img *image.RGBA, k int, random *rand.Rand) *image.RGBA {
	out := clone(img)
	b := img.Bounds()
	for range k {
		h := b.Dy() * (70 + random.IntN(60)) / 100
		x, top := random.IntN(b.Dx()), b.Dy()*random.IntN(35)/100
		person(out, x, top, h, random)
	}
	return out
}

// person draws a person in plain colours.
func person(out *image.RGBA, x, top, h int, random *rand.Rand) {
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(out, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	coats := []color.RGBA{{30, 30, 34, 255}, {120, 30, 40, 255}, {40, 60, 110, 255}, {225, 222, 215, 255}, {90, 90, 60, 255}}
	coat, trousers := coats[random.IntN(5)], coats[random.IntN(5)]
	fill(x-h/10, top+h/2, x-h/60, top+h, trousers)
	fill(x+h/60, top+h/2, x+h/10, top+h, trousers)
	fill(x-h/6, top+h/6, x+h/6, top+h*55/100, coat)
	fill(x-h/13, top, x+h/13, top+h/6, color.RGBA{220, 180, 150, 255})
	fill(x-h/13, top, x+h/13, top+h/20, color.RGBA{40, 28, 20, 255})
}

// clockOf burns a running clock into the upper left corner.
func clockOf(img *image.RGBA, second int) *image.RGBA {
	out := clone(img)
	h := img.Rect.Dy() / 20
	draw.Draw(out, image.Rect(4, 4, 4+h*7, 4+h), image.NewUniform(color.Black), image.Point{}, draw.Src)
	for i := range 6 {
		bar := (second>>i&1 + 1) * h / 3
		draw.Draw(out, image.Rect(6+i*h, 6, 6+i*h+h/2, 6+bar), image.NewUniform(color.White), image.Point{}, draw.Src)
	}
	return out
}
