package camera

import (
	"image"
	"image/color"
	"math"
	"time"
)

// scene is what the demo shows. Its values are those of briefing.DemoScenes.
type scene string

// The scenes. What happens in them follows the clock, so that it can be waited for.
const (
	day      scene = "day"      // visitors come and go
	night    scene = "night"    // the same in the light of the camera's infrared lamps
	daynight scene = "daynight" // five minutes of day, five minutes of night
	obscured scene = "covered"  // one minute free, one minute with a covered lens
	freezer  scene = "freezer"  // the freezer's lid is open for 40 s of two minutes
	queue    scene = "queue"    // two to five people wait in a row
)

// people returns the visitors of the scene at a moment.
func (s scene) people(seed uint64, now time.Time) []person {
	if s == queue {
		return queueAt(seed, now)
	}
	return peopleAt(seed, now)
}

// isNight reports whether the camera has switched to infrared.
func (s scene) isNight(now time.Time) bool {
	return s == night || s == daynight && now.Unix()/300%2 == 1
}

// isCovered reports whether something is in front of the lens.
func (s scene) isCovered(now time.Time) bool { return s == obscured && now.Unix()/60%2 == 1 }

// furnish draws what differs from the shop at rest, behind the people.
func (s scene) furnish(img *image.RGBA, now time.Time) {
	if s != freezer || now.Unix()%120 >= 40 {
		return
	}
	fill(img, 478, 48, 620, 104, color.RGBA{176, 206, 226, 255}) // the lid, raised
	fill(img, 484, 54, 614, 100, color.RGBA{196, 220, 234, 255})
	fill(img, 478, 104, 620, 132, color.RGBA{238, 246, 250, 255}) // light inside
	for x := 486; x < 610; x += 18 {
		fill(img, x, 112, x+12, 130, color.RGBA{96, 150, 196, 255})
	}
}

// infrared turns a picture into that of a camera at night: grey, lit by lamps beside the lens, with
// dark corners. Clothes are brighter than by day.
func infrared(img *image.RGBA) {
	across, down := lamps(img.Rect.Dx()), lamps(img.Rect.Dy())
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*img.Rect.Dx()]
		for x := range img.Rect.Dx() {
			p := row[4*x : 4*x+3]
			luma := 50*int(p[0]) + 30*int(p[1]) + 20*int(p[2])
			g := uint8(min(8+int(float32(luma)*across[x]*down[y]/115), 255))
			p[0], p[1], p[2] = g, g, g
		}
	}
}

// lamps returns the light along one side of a picture: 1 in the middle, a third at the ends.
func lamps(n int) []float32 {
	light := make([]float32, n)
	for i := range light {
		u := 2*float64(i)/float64(n) - 1
		light[i] = float32(math.Exp(-1.1 * u * u))
	}
	return light
}

// addGrain adds the noise of a sensor in little light, -8 to 7 steps of grey.
func addGrain(pix []byte, state uint64) {
	for i := 0; i+4 <= len(pix); i += 4 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		g := uint8(min(max(int(pix[i])+int(state>>20&15)-8, 0), 255))
		pix[i], pix[i+1], pix[i+2] = g, g, g
	}
}

// cover draws what a lens sees of the thing in front of it: a dim colour, lighter at one side.
func cover(img *image.RGBA) {
	for x := range img.Rect.Dx() {
		v := uint8(38 + 30*x/img.Rect.Dx())
		fill(img, x, 0, x+1, img.Rect.Dy(), color.RGBA{v + 8, v, v - 6, 255})
	}
}
