package measure

import (
	"hash/maphash"
	"image"
	"math/bits"
	"time"
)

// A camera is frozen when its picture has not changed over this many runs and this time. Both are
// needed: a fast request makes ten runs within seconds, and a slow one has two runs hours apart.
const (
	frozenRuns  = 10
	frozenTime  = 2 * time.Minute
	frozenClock = 10 * time.Minute // when a clock runs in the picture
)

// clockTiles is how many tiles the clock of a frozen picture touches at most. They are in the two
// upper or the two lower rows of tiles.
const clockTiles = 8

// repeat watches for pictures that come again. A sensor's noise changes some pixel of every tile,
// so a picture counts as the same only if every visible luma is exactly equal.
//
// A picture that is equal but for a clock counts too, after frozenClock: only tiles at the upper or
// the lower border differ, and they differ in every run. A frozen picture that was compressed anew
// is not equal and never counts: nothing tells it from a camera with a good denoiser.
type repeat struct {
	first time.Time // of the streak; zero: no streak
	runs  int       // in the streak
	tiles prints    // of the streak's first frame
	last  prints    // of the last frame
	clock set       // tiles that have differed from the first
	ticks bool      // every run of the streak has differed from the one before
}

// prints has a hash of each tile's visible pixels.
type prints [tileCount]uint64

// set is a set of tiles.
type set [2]uint64

func (s *set) add(tile int) { s[tile/64] |= 1 << (tile % 64) }

func (s set) len() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

// within reports whether every tile of s is in one of two rows of tiles that start with row.
func (s set) within(row int) bool {
	for t := range tileCount {
		if s[t/64]>>(t%64)&1 != 0 && t/tiles != row && t/tiles != row+1 {
			return false
		}
	}
	return true
}

// differing returns the tiles in which two frames differ.
func (p *prints) differing(q *prints) (s set) {
	for i := range p {
		if p[i] != q[i] {
			s.add(i)
		}
	}
	return s
}

// run adds the frames of one run. still means that equal pictures are no fault.
func (r *repeat) run(frames []*prints, at time.Time, still bool) {
	last := frames[len(frames)-1]
	clock, ticks := r.clock, r.ticks && r.last.differing(last).len() > 0
	for _, f := range frames {
		differ := r.tiles.differing(f)
		clock[0], clock[1] = clock[0]|differ[0], clock[1]|differ[1]
	}
	same := clock.len() == 0 ||
		ticks && clock.len() <= clockTiles && (clock.within(0) || clock.within(tiles-2))
	switch {
	case still:
		*r = repeat{}
	case r.runs == 0 || !same:
		*r = repeat{first: at, runs: 1, tiles: *last, last: *last, ticks: true}
	default:
		r.runs++
		r.last, r.clock, r.ticks = *last, clock, ticks
	}
	if r.clock.len() == 0 {
		r.ticks = true // a clock may still start
	}
}

// frozen reports whether the streak proves that the camera is frozen.
func (r *repeat) frozen(at time.Time) bool {
	needed := frozenTime
	if r.clock.len() > 0 {
		needed = frozenClock
	}
	return r.runs >= frozenRuns && at.Sub(r.first) >= needed
}

// seed makes the hashes of this process.
var seed = maphash.MakeSeed()

// measure hashes the visible pixels of a picture, tile by tile. A kind of picture that decoders
// seldom return is hashed by the pixels of its plane, which noise changes as well.
func (p *prints) measure(img image.Image, small *plane) {
	pix, pitch, step, ok := lumaOf(img)
	b := img.Bounds()
	if step == 4 {
		pix, pitch = pixOf(img)
	}
	for t := range p {
		y0, y1 := tileSpan(t/tiles, small.h)
		x0, x1 := tileSpan(t%tiles, small.w)
		h := uint64(0)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				if small.isHidden(y*small.w + x) {
					continue
				}
				if !ok {
					h = chain(h, maphash.Comparable(seed, small.pix[y*small.w+x]))
					continue
				}
				end := x + 1
				for end < x1 && !small.isHidden(y*small.w+end) {
					end++
				}
				from, _ := span(x, small.w, b.Dx())
				_, to := span(end-1, small.w, b.Dx())
				top, _ := span(y, small.h, b.Dy())
				_, bottom := span(y, small.h, b.Dy())
				for yy := top; yy < bottom; yy++ {
					h = chain(h, maphash.Bytes(seed, pix[yy*pitch+from*step:yy*pitch+to*step]))
				}
				x = end
			}
		}
		p[t] = h
	}
}

// chain adds a hash to a chain of them, in which their order matters.
func chain(h, next uint64) uint64 { return (bits.RotateLeft64(h, 23) ^ next) * 0x9e3779b97f4a7c15 }

// pixOf returns the bytes of a colour picture with four bytes a pixel.
func pixOf(img image.Image) (pix []uint8, pitch int) {
	if img, ok := img.(*image.NRGBA); ok {
		return img.Pix, img.Stride
	}
	rgba := img.(*image.RGBA)
	return rgba.Pix, rgba.Stride
}
