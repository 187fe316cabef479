// Package measuretest stages pictures of a shop whose truth is known, for tests and benchmarks.
package measuretest

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// Shop draws a wall, a floor and things of random sizes and colours.
func Shop(size image.Point, things int, seed uint64) *image.RGBA {
	random := rand.New(rand.NewPCG(seed, 17))
	img := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			v := 190 - 40*float64(x)/float64(size.X) - 25*float64(y)/float64(size.Y)
			if 2*y > size.Y {
				v -= 35
			}
			img.SetRGBA(x, y, color.RGBA{uint8(v + 6), uint8(v), uint8(v - 14), 255})
		}
	}
	for range things {
		box := image.Rect(0, 0, size.X/25+random.IntN(size.X/9), size.Y/20+random.IntN(size.Y/6)).
			Add(image.Pt(random.IntN(size.X), random.IntN(size.Y)))
		fill(img, box, colour(random))
		fill(img, box.Inset(min(box.Dx(), box.Dy())/3), colour(random))
	}
	return img
}

func colour(random *rand.Rand) color.RGBA {
	return color.RGBA{uint8(30 + random.IntN(210)), uint8(30 + random.IntN(210)), uint8(30 + random.IntN(210)), 255}
}

func fill(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// Copy returns a copy of a picture as RGBA, with its corner at the origin.
func Copy(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// coats are the colours of clothes.
var coats = [...]color.RGBA{{30, 30, 34, 255}, {120, 30, 40, 255}, {40, 60, 110, 255}, {225, 222, 215, 255}, {90, 90, 60, 255}}

// Person is a figure in a picture.
type Person struct {
	X, Feet, Height int // pixels; X is its middle
	Coat, Trousers  int // colours
}

// RandomPerson returns a person of a height at a random place of a picture.
func RandomPerson(size image.Point, height int, random *rand.Rand) Person {
	return Person{
		X: size.X/10 + random.IntN(size.X*8/10), Feet: height + random.IntN(size.Y-height),
		Height: height, Coat: random.IntN(len(coats)), Trousers: random.IntN(len(coats)),
	}
}

// Draw draws the person: head, hair, body and legs.
func (p Person) Draw(img *image.RGBA) {
	h := float64(p.Height)
	part := func(left, top, right, bottom float64, c color.RGBA) {
		at := func(v float64) int { return int(math.Round(v * h)) }
		fill(img, image.Rect(p.X+at(left), p.Feet-p.Height+at(top), p.X+at(right), p.Feet-p.Height+at(bottom)), c)
	}
	part(-.11, .5, -.01, 1, coats[p.Trousers])
	part(.02, .5, .12, 1, coats[p.Trousers])
	part(-.17, .16, .17, .56, coats[p.Coat])
	part(-.08, 0, .08, .16, color.RGBA{215, 175, 145, 255})
	part(-.08, 0, .08, .06, color.RGBA{40, 28, 20, 255})
}

// Each applies a function to the luma of each pixel in place.
func Each(img *image.RGBA, gain func(x, y int) float64) {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			g, p := gain(x, y), img.Pix[y*img.Stride+4*x:][:3]
			for i, v := range p {
				p[i] = uint8(min(max(float64(v)*g+.5, 0), 255))
			}
		}
	}
}

// Noise adds a sensor's noise in place, with a standard deviation.
func Noise(img *image.RGBA, deviation float64, random *rand.Rand) {
	var steps [256]int8 // Gaussian, drawn by a byte
	for i := range steps {
		steps[i] = int8(random.NormFloat64() * deviation)
	}
	for i := 0; i < len(img.Pix); i += 4 {
		r := random.Uint32()
		for k := range 3 {
			img.Pix[i+k] = uint8(min(max(int(img.Pix[i+k])+int(steps[r>>(8*k)&255]), 0), 255))
		}
	}
}

// Infrared makes the picture that a camera shows at night in place: grey, bright in the middle.
func Infrared(img *image.RGBA) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			p := img.Pix[y*img.Stride+4*x:][:3]
			u, v := 2*float64(x)/w-1, 2*float64(y)/h-1
			g := (.5*float64(p[0]) + .3*float64(p[1]) + .2*float64(p[2])) * .88 * math.Exp(-1.2*(u*u+v*v))
			p[0], p[1], p[2] = uint8(g+6), uint8(g+6), uint8(g+6)
		}
	}
}

// JPEG returns what is left of a picture after JPEG of a quality.
func JPEG(img image.Image, quality int) image.Image {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // a buffer accepts all bytes
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return out
}
