package provider

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// The question about the drawing. It does not say which colours there are in which order, so only a
// model that sees can answer it: a guess is right once in 120 times.
const (
	checkRules    = "You name the colours in a picture. Answer with three words and nothing else."
	checkQuestion = "The picture has three vertical stripes, each of one plain colour: red, green, blue, " +
		"yellow, black or white. Name the colours of the stripes from left to right."
)

// stripes is how many stripes a drawing has.
const stripes = 3

// hue is a colour of a drawing and its names.
type hue struct {
	fill  color.RGBA
	names string // a regular expression, in lower case
}

// hues are far apart, so that a small model and a strong compression do not mix them up.
var hues = []hue{
	{color.RGBA{R: 220, G: 20, B: 20, A: 255}, `red|빨강|빨간|적색`},
	{color.RGBA{R: 20, G: 160, B: 40, A: 255}, `green|초록|녹색`},
	{color.RGBA{R: 20, G: 50, B: 220, A: 255}, `blue|파랑|파란|청색`},
	{color.RGBA{R: 250, G: 220, B: 20, A: 255}, `yellow|노랑|노란|황색`},
	{color.RGBA{A: 255}, `black|검정|검은|흑색`},
	{color.RGBA{R: 255, G: 255, B: 255, A: 255}, `white|하양|하얀|흰|백색`},
}

// anyHue matches the names of all colours. Each colour has a group.
var anyHue = func() *regexp.Regexp {
	var groups []string
	for _, h := range hues {
		groups = append(groups, "("+h.names+")")
	}
	return regexp.MustCompile(strings.Join(groups, "|"))
}()

// drawing returns a picture of stripes as JPEG, and the indices of their colours from left to
// right.
func drawing() (picture []byte, colours []int) {
	colours = rand.Perm(len(hues))[:stripes]
	const width, height = 80, 192
	img := image.NewRGBA(image.Rect(0, 0, stripes*width, height))
	for i, h := range colours {
		stripe := image.Rect(i*width, 0, (i+1)*width, height)
		draw.Draw(img, stripe, image.NewUniform(hues[h].fill), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes(), colours
}

// namesColours reports whether a text names the colours in order, and no others.
func namesColours(text string, colours []int) bool {
	var named []int
	for _, m := range anyHue.FindAllStringSubmatchIndex(strings.ToLower(text), -1) {
		for i := range hues {
			if m[2*i+2] >= 0 {
				named = append(named, i)
			}
		}
	}
	return slices.Equal(named, colours)
}
