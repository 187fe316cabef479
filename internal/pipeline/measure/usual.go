package measure

import (
	"math"
	"time"
)

// usualTime is the time constant of what is usual for a camera. Within an hour the light moves on,
// and a lens does not.
const usualTime = time.Hour

// usual is the sharpness and the colours that a camera has when all is well. Both are the camera's
// own: a cheap one is soft, and a shop may be grey.
type usual struct {
	detail  [scales]energies // in the exposure of the background
	colours colours
	runs    int // bursts that were learnt
	drifted int // the last bursts in a row with an exposure far from the background's
}

// The background follows the exposure of the camera, so that a sunset does not end beyond the gains
// that fit allows. An exposure that jumps and returns changes nothing.
const (
	driftGain = 1.5 // a median gain of the tiles of this, or its inverse, is far
	driftSpan = 1.1 // a gain of the contrast of this, or its inverse, is far
	driftRuns = 3
)

// follow gives the background the exposure of the frames once that has drifted far. Only a look
// that shows nearly the same counts, because a crowd disturbs the fit.
func (m *Measurer) follow(l *look) {
	e := l.exposure
	far := max(e.jump, 1/e.jump) > driftGain || max(e.gain, 1/e.gain) > driftSpan
	if !far || l.alike.same < mightMove {
		m.usual.drifted = 0
		return
	}
	if m.usual.drifted++; m.usual.drifted < driftRuns {
		return
	}
	m.usual.drifted = 0
	m.gain *= e.gain
	expose := func(v float32) float32 { return min(max((v-e.offset)/e.gain, 0), 255) }
	for i, v := range m.background.pix {
		m.background.pix[i] = expose(v)
	}
	m.freedom.expose(expose)
	for scale := range m.usual.detail {
		usual := &m.usual.detail[scale].tiles
		for i := range usual {
			change := expose(l.pairs[i].was) / max(l.pairs[i].was, 1)
			usual[i] *= change * change
		}
	}
}

// start begins with one look.
func (u *usual) start(l *look) {
	u.detail, u.colours, u.runs = l.detail, l.colours, 1
}

// learn moves what is usual toward a look, as the mean of the first looks and slowly after them.
func (u *usual) learn(l *look, since time.Duration) {
	u.runs++
	rate := float32(1 - math.Exp(-max(since.Seconds(), 0)/usualTime.Seconds()))
	rate = max(rate, 1/float32(u.runs))
	u.colours.learn(&l.colours, &l.pairs, rate)
	for scale := range u.detail {
		now, usual := &l.detail[scale].tiles, &u.detail[scale].tiles
		for i, e := range now {
			gain := l.pairs[i].gain2()
			switch was := usual[i]; {
			case e < 0:
			case was < 0:
				usual[i] = e * gain
			case l.pairs[i].isLevel(l.exposure):
				usual[i] += (e*gain - was) * rate
			}
		}
	}
}

// isLevel reports whether the tile is as bright as in the background, apart from the exposure. A
// tile with a person seldom is, and a blurred one always.
func (p *pair) isLevel(e exposure) bool {
	return p.seen && abs(p.mean*e.gain+e.offset-p.was) <= 15
}

// gain2 returns the square of the gain from the frame to the background in this tile. An energy
// grows with it.
func (p *pair) gain2() float32 {
	gain := min(max(p.was/max(p.mean, 1), 0.2), 5)
	return gain * gain
}

// Limits of the sharpness.
const (
	// leastDetail is the energy, in the light of the frame, from which a tile can become blurred: a
	// Laplacian of 5 steps. Compression alone takes away finer detail.
	leastDetail = 25
	// blurredDetail is the share of its energy that a blurred tile retains at most. A blur of the
	// width of detailStep leaves less of any edge, and strong compression leaves more.
	blurredDetail = 0.1
	// blurredAlike is the median correlation that a blurred structure retains at least.
	blurredAlike = 0.2
	// blurredTiles is the share of the tiles that a lens out of focus blurs at least.
	blurredTiles = 0.8
)

// isBlurred reports whether the tiles with detail have lost it, while they are as bright as ever.
func (u *usual) isBlurred(l *look) bool {
	if u.runs < 2 || l.alike.median < blurredAlike {
		return false
	}
	blurred, sure := u.lost(l, fine)
	if !sure {
		blurred, _ = u.lost(l, rough)
	}
	return blurred
}

// lost reports whether the detail of one scale has gone, and whether there is enough of it to tell.
// Contrast that is lost in all sizes alike, as in fog or against the light, is no blur. Neither is
// detail that has come elsewhere: the view has changed.
func (u *usual) lost(l *look, scale int) (blurred, sure bool) {
	now, usual := &l.detail[scale], &u.detail[scale].tiles
	detailed, level, lost, gained := 0, 0, 0, 0
	for i := range l.pairs {
		p, base := &l.pairs[i], usual[i]
		if !p.seen || now.tiles[i] < 0 {
			continue
		}
		gain := p.gain2()
		if base < max(leastDetail, 4*now.noise)*gain {
			if now.tiles[i]*gain >= max(leastDetail, 4*base) {
				gained++
			}
			continue
		}
		detailed++
		if !p.isLevel(l.exposure) {
			continue
		}
		level++
		left := now.tiles[i] * gain / base
		contrast := p.dev * p.dev * gain / max(p.base*p.base, 1)
		if left < blurredDetail && (p.base < flatDev || left < contrast/2) {
			lost++
		}
	}
	return level >= leastTiles && 2*level >= detailed && 4*gained <= lost &&
		float64(lost) >= blurredTiles*float64(level), detailed >= leastTiles
}

// turnedGrey reports whether the picture has lost all of its colours, or has got them back.
func (u *usual) turnedGrey(l *look) bool {
	now, was := 0, 0
	for i := range l.colours {
		if l.colours[i] >= colourful {
			now++
		}
		if u.colours[i] >= colourful {
			was++
		}
	}
	return min(now, was) <= tileCount/50 && max(now, was) >= tileCount/5
}
