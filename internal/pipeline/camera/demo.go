package camera

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Size of the demo's frames in pixels.
const (
	demoWidth  = 640
	demoHeight = 360
)

// demo draws an unmanned shop in which people come, stand and go. What a frame shows is a function
// of the options and the time alone, so two servers with one seed show the same. A frame has pixels
// and nothing else: the people in it must be measured, as with a real camera.
type demo struct {
	cfg   Config
	seed  uint64
	scene scene
	shop  *image.RGBA // the shop without people, drawn once
	frame uint64      // number of frames so far; gives each its own noise
}

// openDemo parses the options, see briefing.ParseDemo.
func openDemo(options string, cfg Config) (*demo, error) {
	seed, name, err := briefing.ParseDemo(options)
	if err != nil {
		return nil, err
	}
	return &demo{cfg: cfg, seed: seed, scene: scene(name), shop: drawShop()}, nil
}

// Frame implements pipeline.Source. It fails only when ctx has ended.
func (d *demo) Frame(ctx context.Context) (pipeline.Frame, error) {
	if err := ctx.Err(); err != nil {
		return pipeline.Frame{}, err
	}
	now := d.cfg.Clock()
	img := image.NewRGBA(d.shop.Bounds())
	copy(img.Pix, d.shop.Pix)
	d.scene.furnish(img, now)
	for _, p := range d.scene.people(d.seed, now) {
		p.draw(img)
	}
	d.frame++
	noise := d.seed ^ d.frame*0x9e3779b97f4a7c15
	switch {
	case d.scene.isCovered(now):
		cover(img)
		addNoise(img.Pix, noise)
	case d.scene.isNight(now):
		infrared(img)
		addGrain(img.Pix, noise)
	default:
		addNoise(img.Pix, noise)
	}
	// A drawn shop never hangs, so equal frames in a row would be no fault of a camera.
	return pipeline.Frame{Image: img, At: now, Still: true}, nil
}

// Close implements pipeline.Source. There is nothing to release.
func (d *demo) Close() error { return nil }

// addNoise adds sensor noise, -1 to 2 steps in each colour channel. Without it two frames of an
// empty shop would be equal, which no real camera gives. The generator is xorshift64.
func addNoise(pix []byte, state uint64) {
	for i := 0; i+4 <= len(pix); i += 4 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		for c := range 3 {
			n := int(pix[i+c]) + int(state>>(8*c)&3) - 1
			pix[i+c] = byte(min(max(n, 0), 255))
		}
	}
}

// fill draws a filled rectangle; x1 and y1 are exclusive.
func fill(img *image.RGBA, x0, y0, x1, y1 int, c color.RGBA) {
	draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
}

// drawShop draws everything that does not move: wall, floor, door, shelves with goods, freezer and
// counter.
func drawShop() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, demoWidth, demoHeight))
	fill(img, 0, 0, demoWidth, 150, color.RGBA{214, 208, 196, 255})
	for y := 150; y < demoHeight; y++ { // the floor gets lighter toward the camera
		v := uint8(140 + (y-150)/5)
		fill(img, 0, y, demoWidth, y+1, color.RGBA{v, v - 6, v - 16, 255})
	}
	for x := 0; x < demoWidth; x += 64 {
		fill(img, x, 150, x+1, demoHeight, color.RGBA{128, 122, 112, 255})
	}
	fill(img, 8, 40, 78, 190, color.RGBA{120, 150, 165, 255}) // door
	fill(img, 14, 46, 72, 184, color.RGBA{178, 205, 214, 255})
	drawShelves(img)
	fill(img, 470, 96, 628, 176, color.RGBA{232, 236, 240, 255}) // freezer
	fill(img, 478, 104, 620, 132, color.RGBA{150, 190, 220, 255})
	fill(img, 560, 210, 640, 300, color.RGBA{110, 78, 52, 255}) // counter
	fill(img, 560, 204, 640, 212, color.RGBA{160, 120, 84, 255})
	return img
}

// drawShelves draws three shelves of goods in many colours.
func drawShelves(img *image.RGBA) {
	goods := []color.RGBA{
		{196, 60, 52, 255}, {238, 196, 64, 255}, {70, 130, 90, 255},
		{64, 96, 168, 255}, {230, 230, 224, 255},
	}
	for row := range 3 {
		y := 44 + row*38
		fill(img, 110, y+26, 440, y+31, color.RGBA{104, 84, 66, 255})
		for i := range 27 {
			x := 114 + i*12
			fill(img, x, y+8+(i*7+row*5)%9, x+9, y+26, goods[(i*3+row)%len(goods)])
		}
	}
}

// second returns a moment in seconds since 1970, with the fraction in milliseconds.
func second(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
