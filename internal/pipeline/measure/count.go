package measure

import (
	"image"
	"math"
	"time"
)

// Time constants of the background: after one of them, 63 % of a change is learnt.
const (
	learnTime   = 60 * time.Second // where the view is free: fast enough for daylight and shadows
	clutterTime = 3 * time.Minute  // under a blob that is not a person, such as a parcel
)

// count counts the people in a look of the known view. It repairs the background where people of
// the first frame have left.
func (m *Measurer) count(l *look, s *scratch) {
	l.people, l.size = 0, image.Pt(l.now.w, l.now.h)
	l.blobs = find(l.blobs, l.mask, &l.now, s)
	for i := range l.blobs {
		b := &l.blobs[i]
		switch {
		case b.isHole(l.mask, &l.fitted, m.background):
			b.hole = true
			b.repair(l.mask, &l.fitted, m.background)
		default:
			if b.people = m.heads(l, b); b.people > 0 {
				b.person = true
				l.people += b.people
			}
		}
	}
}

// heads returns the number of people in a blob, 0 if it is none.
func (m *Measurer) heads(l *look, b *blob) int {
	likely := b.isPerson(l.now.h)
	n, known := m.perspective.heads(b, l.now.h)
	if !likely && n == 0 || l.isLight(b) {
		return 0
	}
	if likely && (!known || n == 0) {
		return b.heads()
	}
	return n
}

// sameTile is the correlation from which a tile shows the background's structure without a person
// in front. A person who covers a sixth of a tile brings it below.
const sameTile = 0.8

// isLight reports whether a blob is a patch of light or shadow rather than a thing: nearly all of
// it lies in tiles that show the background's structure as before, or none before and now.
func (l *look) isLight(b *blob) bool {
	lit := 0
	for y := b.y0; y < b.y1; y++ {
		row := y * tiles / l.now.h * tiles
		for x := b.x0; x < b.x1; x++ {
			if l.mask[y*l.now.w+x] != b.label {
				continue
			}
			p := &l.pairs[row+x*tiles/l.now.w]
			if p.comparable && p.alike >= sameTile || p.seen && p.base < flatDev && p.dev < flatDev {
				lit++
			}
		}
	}
	return 10*lit >= 9*b.area
}

// learn moves each pixel of the background toward the fitted frame. The rate depends on the pixel's
// label in the mask: free, under clutter or under a person. It is 0 under a living one. since is
// the time since the previous frame, so the rate does not depend on the interval between frames.
func (m *Measurer) learn(l *look, since time.Duration) {
	m.usual.learn(l, since)
	m.perspective.learn(l)
	m.sighted = m.sighted || l.alike.visible >= leastTiles
	if since <= 0 {
		return
	}
	free, clutter := rateOf(since, learnTime), rateOf(since, clutterTime)
	person := rateOf(since, m.cfg.Absorb)
	var under [256]float32 // the rate by label; 0 is free, changed (255) belongs to no blob
	for i := range under {
		under[i] = clutter
	}
	under[0] = free
	for i := range l.blobs {
		switch b := &l.blobs[i]; {
		case m.stirring.restless[b.label]:
			under[b.label] = 0
		case b.person:
			under[b.label] = person
		}
	}
	m.stirring.shield(l.mask, l.now.w)
	for i, label := range l.mask {
		d := l.fitted.pix[i] - m.background.pix[i]
		m.background.pix[i] += d * under[label]
		m.unrest[i] += (min(abs(d), mostUnlike) - m.unrest[i]) * under[label]
	}
	m.follow(l)
}

// rateOf returns the share of a change that is learnt in a time, with a time constant.
func rateOf(since, constant time.Duration) float32 {
	return float32(1 - math.Exp(-max(since.Seconds(), 0)/constant.Seconds()))
}
