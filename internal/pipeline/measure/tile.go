package measure

import "math"

// pair compares one tile of two planes. The structure of a tile is what is left of its luma after
// its mean and its slope are taken away: light that falls from one side is no structure.
type pair struct {
	seen       bool    // enough of the tile is visible
	mean, was  float32 // mean luma, in the frame and in the background
	dev, base  float32 // standard deviation of the structure, in the frame and in the background
	alike      float32 // correlation of both structures, -1 to 1; 0 if a tile has none
	comparable bool    // the background's structure would be visible in the frame's light
}

// flatDev is the standard deviation of luma below which a tile shows nothing, beside noise: two
// steps of 256 are less than a shadow on a wall.
const flatDev = 2

// aliveTile is the correlation from which two tiles show the same thing. Equal tiles reach 0.9 in
// other light and noise, and tiles of different scenes pass it by chance in one of twenty.
const aliveTile = 0.5

// compare fills pairs with the tiles of a frame and of the background, which have one size. noise
// is the standard deviation of the frame's noise.
func compare(pairs *[tileCount]pair, now, background *plane, noise float32) {
	for ty := range tiles {
		y0, y1 := tileSpan(ty, now.h)
		for tx := range tiles {
			x0, x1 := tileSpan(tx, now.w)
			p := &pairs[ty*tiles+tx]
			*p = pair{}
			if (x1-x0)*(y1-y0) >= 16 && now.isTileVisible(x0, y0, x1, y1) {
				p.compare(now, background, x0, y0, x1, y1)
				p.comparable = p.base >= flatDev && p.base*p.gain() >= max(1, 2.5*noise)
			}
		}
	}
}

// gain returns the gain from the background to the frame in this tile.
func (p *pair) gain() float32 { return min(max(p.mean/max(p.was, 1), 0.05), 3) }

// isTileVisible reports whether at least half of the tile's pixels are not hidden.
func (p *plane) isTileVisible(x0, y0, x1, y1 int) bool {
	if p.hidden == nil {
		return true
	}
	n := 0
	for y := y0; y < y1; y++ {
		for _, hidden := range p.hidden[y*p.w+x0 : y*p.w+x1] {
			if hidden {
				n++
			}
		}
	}
	return 2*n <= (x1-x0)*(y1-y0)
}

// compare measures one tile in a single pass. Each luma is taken less the tile's first, so that
// the squares stay small enough for float32.
func (p *pair) compare(now, background *plane, x0, y0, x1, y1 int) {
	a0, b0 := now.pix[y0*now.w+x0], background.pix[y0*now.w+x0]
	midX, midY := float32(x1-x0-1)/2, float32(y1-y0-1)/2
	var sa, sb, saa, sbb, sab, xa, xb, ya, yb float32
	for y := y0; y < y1; y++ {
		rowA := now.pix[y*now.w+x0 : y*now.w+x1]
		rowB := background.pix[y*now.w+x0:][:len(rowA)]
		var ra, rb float32
		dx := -midX
		for i, a := range rowA {
			a -= a0
			b := rowB[i] - b0
			ra, rb = ra+a, rb+b
			saa, sbb, sab = saa+a*a, sbb+b*b, sab+a*b
			xa, xb = xa+dx*a, xb+dx*b
			dx++
		}
		dy := float32(y-y0) - midY
		sa, sb, ya, yb = sa+ra, sb+rb, ya+dy*ra, yb+dy*rb
	}
	w, h := float32(x1-x0), float32(y1-y0)
	n := w * h
	xx, yy := h*w*(w*w-1)/12, w*h*(h*h-1)/12 // sums of the squared distances from the middle
	left := func(product, s, t, xs, xt, ys, yt float32) float32 {
		return product - s*t/n - xs*xt/max(xx, 1) - ys*yt/max(yy, 1)
	}
	va := max(left(saa, sa, sa, xa, xa, ya, ya), 0)
	vb := max(left(sbb, sb, sb, xb, xb, yb, yb), 0)
	p.seen = true
	p.mean, p.was = a0+sa/n, b0+sb/n
	p.dev, p.base = sqrt(va/n), sqrt(vb/n)
	if p.dev > 0.1 && p.base > 0.1 {
		p.alike = left(sab, sa, sb, xa, xb, ya, yb) / sqrt(va*vb)
	}
}

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }

// noiseOf returns the standard deviation of the noise of a blurred plane, from its difference to
// the plane before it was blurred. A quarter of the pixels of any scene is smooth, so the first
// quartile of the differences is noise. Of Gaussian noise it is 0.319 standard deviations. The
// blur takes away two thirds of the noise.
func noiseOf(raw, blurred *plane) float32 {
	var counts [256]int
	n := 0
	for i := 0; i < len(raw.pix); i += 3 {
		if !raw.isHidden(i) {
			counts[min(int(abs(raw.pix[i]-blurred.pix[i])*16), 255)]++
			n++
		}
	}
	return quartile(&counts, n) / 16 / 0.319 / 0.94 / 3
}

// quartile returns the first quartile of n values that are counted in classes, between two of them.
func quartile(counts *[256]int, n int) float32 {
	want, below := float32(n)/4, float32(0)
	for i, c := range counts {
		if c > 0 && below+float32(c) >= want {
			return float32(i) + (want-below)/float32(c)
		}
		below += float32(c)
	}
	return 0
}
