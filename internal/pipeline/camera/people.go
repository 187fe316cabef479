package camera

import (
	"image"
	"image/color"
	"math"
	"time"
)

// Time passes in rounds. In each round a spot of the shop has one visitor or none.
const (
	roundTime = 48.0 // seconds; longer than the longest visit with its walks
	walkTime  = 3.0  // seconds from the door to a spot, and back
)

// spots are the places where visitors stand, in front of the shelves, the freezer and the
// counter. They are far enough apart that visitors do not hide each other.
var spots = [...]struct {
	x, feet int // pixels; feet is the lowest row
	height  int // pixels
}{{150, 282, 118}, {262, 264, 106}, {372, 288, 122}, {486, 270, 110}}

// person is a visitor at one moment, in pixels of the frame.
type person struct {
	x, feet, height int
	clothes         uint64 // hash that chooses the colour of the coat
}

// peopleAt returns the visitors at a moment. A visitor comes in 55 of 100 rounds of a spot, 2 to
// 9 seconds into the round, and stays for 10 to 27 seconds.
func peopleAt(seed uint64, now time.Time) []person {
	t := second(now)
	var here []person
	for spot, s := range spots {
		// Each spot's rounds start a quarter later than the previous spot's, so that visitors
		// do not all come at once.
		shifted := t + float64(spot)*roundTime/float64(len(spots))
		round := math.Floor(shifted / roundTime)
		h := mix(seed ^ mix(uint64(int64(round))^uint64(spot)<<56))
		if h%100 >= 55 {
			continue // nobody comes in this round
		}
		// Other bits of the hash choose each figure, so that they do not depend on each other.
		comes := 2 + float64(h>>8%8)
		stays := 10 + float64(h>>16%18)
		into := shifted - round*roundTime - comes
		if x, ok := walk(into, stays, s.x); ok {
			here = append(here, person{x: x, feet: s.feet, height: s.height, clothes: h})
		}
	}
	return here
}

// The queue. Two people always wait. In each round up to three more come one after the other, and
// leave in that order. At the end of a round the two of the next one take over, at the counter and
// before the freezer in turn. So each place is empty every other round, and a measurer that learns
// the shop while people stand in it soon knows it without them.
const (
	queueRound = 60.0 // seconds
	queueShift = 30.0 // seconds from the beginning of a round to a whole minute
	queueSpace = 62   // pixels from one person to the next
	queueHand  = 5.0  // seconds by which the first of a round stands there before it begins
)

// queueAt returns the people of the queue at a moment.
func queueAt(seed uint64, now time.Time) []person {
	t := second(now) + queueShift
	round := math.Floor(t / queueRound)
	var here []person
	for _, r := range []float64{round, round + 1} { // those of the next round come early
		h := mix(seed ^ mix(uint64(int64(r))))
		front := 528 - int(int64(r)&1)*2*queueSpace
		for k := range 2 + h%4 {
			comes, leaves := 4*float64(k), 34+4*float64(k)
			if k < 2 {
				comes = -queueHand - walkTime - 1 + float64(k)
				leaves = queueRound - queueHand + 1 + float64(k)
			}
			into := t - r*queueRound - comes
			if x, ok := walk(into, leaves-comes-walkTime, front-int(k)*queueSpace); ok {
				here = append(here, person{x: x, feet: 300, height: 112 + int(h>>(8*k)%9), clothes: mix(h + k)})
			}
		}
	}
	return here
}

// walk returns where a visitor is, some seconds into the visit: walking from the door to the
// spot, standing there, or walking back. ok is false before and after the visit.
func walk(into, stays float64, spot int) (x int, ok bool) {
	const door = 44
	switch {
	case into < 0 || into > stays+2*walkTime:
		return 0, false
	case into < walkTime:
		return door + int(float64(spot-door)*into/walkTime), true
	case into < walkTime+stays:
		return spot + int(2*math.Sin(into)), true // a standing person sways a little
	}
	return spot - int(float64(spot-door)*(into-walkTime-stays)/walkTime), true
}

// mix returns a hash of v: one step of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

// draw draws legs, body, arms and head, all in shares of the person's height.
func (p person) draw(img *image.RGBA) {
	coats := [...]color.RGBA{
		{38, 44, 66, 255}, {120, 28, 36, 255}, {24, 72, 56, 255},
		{72, 40, 92, 255}, {30, 30, 32, 255},
	}
	coat := coats[p.clothes>>24%uint64(len(coats))]
	trousers := color.RGBA{28, 30, 38, 255}
	skin := color.RGBA{232, 190, 160, 255}
	hair := color.RGBA{36, 26, 20, 255}
	h := p.height
	top := p.feet - h
	fill(img, p.x-h*10/100, p.feet-h*46/100, p.x-h*1/100, p.feet, trousers)
	fill(img, p.x+h*1/100, p.feet-h*46/100, p.x+h*10/100, p.feet, trousers)
	fill(img, p.x-h*14/100, top+h*17/100, p.x+h*14/100, top+h*56/100, coat)
	fill(img, p.x-h*19/100, top+h*19/100, p.x-h*14/100, top+h*50/100, coat)
	fill(img, p.x+h*14/100, top+h*19/100, p.x+h*19/100, top+h*50/100, coat)
	disc(img, p.x, top+h*8/100, h*8/100, skin)
	fill(img, p.x-h*8/100, top, p.x+h*8/100, top+h*6/100, hair)
}

// disc draws a filled circle row by row.
func disc(img *image.RGBA, cx, cy, r int, c color.RGBA) {
	for y := -r; y <= r; y++ {
		w := int(math.Sqrt(float64(r*r - y*y)))
		fill(img, cx-w, cy+y, cx+w+1, cy+y+1, c)
	}
}
