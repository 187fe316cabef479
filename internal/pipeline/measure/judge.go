package measure

import "slices"

const (
	// sceneShare is the share of changed pixels, 0 to 1, above which the frame shows another
	// scene. A crowd of pasted figures stays below it, unrelated photographs exceed it.
	sceneShare = 0.45
	// lightShare is the share of changed pixels of a known view from which its light is another.
	lightShare = 0.5
	// partShare is the share of changed pixels from which a change of light in a part of the
	// frame prevents counting.
	partShare = 0.2
	// litScene is how much of a change of the scene lies in tiles with an unchanged structure if
	// it is light, and litPart the same for a part of the frame. In the tests' scenes lamps and
	// switched lights reach 0.67 to 1, and people 0.05 to 0.30.
	litScene, litPart = 0.5, 0.7
	// lampGain is a gain beyond any exposure, even one that explains the whole frame.
	lampGain = 3.0
	// lostShare is the share of tiles that show the same below which it is another view, even if
	// it is as bright everywhere as the known one.
	lostShare = 0.4
	// mightMove is the share of tiles that show the same below which the view may be displaced.
	mightMove = 0.7
	// litShare is the share of pixels at twice Config.Dark from which a dark frame still shows
	// something: infrared lamps light the middle of a frame alone.
	litShare = 0.06
	// leastTiles is how many tiles a statement on the structure of a view needs.
	leastTiles = 5
	// flatShare is the share of tiles that may have a structure although the lens is covered:
	// those of a clock and of a camera's name.
	flatShare = 0.12
)

// judge compares a look with the background. It counts the people of a known view.
func (m *Measurer) judge(l *look, s *scratch) {
	l.place = place{}
	switch {
	case l.brightness < m.cfg.Dark && l.lit < litShare:
		l.verdict = dark
	case m.background == nil && l.isBare():
		l.verdict = flat
	case m.background == nil:
		l.verdict = first
	case !m.background.sameSize(&l.now):
		l.verdict = resized
	default:
		l.exposure = fit(&l.fitted, &l.now, m.background, m.cfg.Threshold)
		l.mask = slices.Grow(l.mask[:0], len(l.now.pix))[:len(l.now.pix)]
		difference(l.mask, &l.fitted, m.background, m.cfg.Threshold)
		l.clip(m.background)
		l.share = share(l.mask, &l.now)
		compare(&l.pairs, &l.now, m.background, l.noise)
		l.alike.sum(l)
		l.verdict = m.view(l)
	}
	if l.verdict == known {
		m.count(l, s)
	}
}

// clip makes pixels of an overexposed frame that are at the sensor's limit, where the background is
// brighter, equal to the background: how bright they are is unknown.
func (l *look) clip(background *plane) {
	if l.exposure.gain > 0.95 {
		return
	}
	for i, v := range l.now.pix {
		if v >= 245 && l.fitted.pix[i] < background.pix[i] {
			l.mask[i], l.fitted.pix[i] = 0, background.pix[i]
		}
	}
}

// view returns the verdict on a bright frame of the background's size.
func (m *Measurer) view(l *look) verdict {
	t := &l.alike
	switch {
	case t.isFlat():
		return flat
	case m.usual.isBlurred(l):
		return blurred
	}
	unsure := t.compared < leastTiles
	jump := l.exposure.jump
	astray := m.watch.astray != ""
	switch {
	case unsure && l.share > sceneShare && (astray || t.visible > 2*t.structured+leastTiles):
		return foreign
	case astray && !unsure && t.same < 0.5:
		return foreign
	case !unsure && t.same < mightMove:
		now, background := outlineOf(&l.now), outlineOf(m.background)
		if l.place = seek(now, background); l.place.displaced() {
			return shifted
		}
	}
	switch t.hidden = l.hidden(); {
	case t.hidden >= coverShare:
		return flat
	case t.hidden >= hiddenShare:
		return foreign
	}
	light := jump < 1/lampGain || jump > lampGain ||
		(jump < leastGain || jump > mostGain) && l.share > partShare/2 ||
		l.share > lightShare && (unsure || t.lit >= litScene)
	switch {
	case (unsure || t.same >= 0.5) && light, flipped(&l.colours, &m.usual.colours, &l.pairs):
		return relit
	case !unsure && t.same < lostShare, !unsure && t.same < 0.5 && light,
		l.share > sceneShare && (unsure || t.same < 0.5 || t.lit < litScene):
		return foreign
	case l.share > sceneShare, l.share > partShare && t.lit >= litPart:
		return partly
	}
	return known
}

// displaced reports whether the background is in the frame, but elsewhere.
func (p place) displaced() bool { return p.elsewhere >= 0.5 && p.elsewhere >= p.here+0.2 }

// remains reports whether more of the background is where it was than anywhere else, by chance.
func (p place) remains() bool { return p.here >= 0.15 && p.here >= p.elsewhere+0.05 }

// tally sums up the pairs of a look.
type tally struct {
	tiles      int     // tiles that can be seen
	structured int     // tiles in which the background has a structure
	visible    int     // tiles in which the frame has one
	compared   int     // tiles whose structure can be compared
	same       float64 // share of those that show the same; 1 if there are none
	median     float32 // median correlation where the background has a structure
	hidden     float64 // share of the frame that something flat hides
	lit        float64 // share of the mask in tiles whose structure did not change
}

// sum computes the tally of a look.
func (t *tally) sum(l *look) {
	*t = tally{same: 1}
	var alike [tileCount]float32
	same, marked, lit := 0, 0, 0
	for i := range l.pairs {
		p := &l.pairs[i]
		if !p.seen {
			continue
		}
		t.tiles++
		visible := p.dev >= max(flatDev, 3*l.noise)
		if visible {
			t.visible++
		}
		if p.base >= flatDev {
			alike[t.structured] = p.alike
			t.structured++
		}
		if p.comparable {
			t.compared++
			if p.alike >= aliveTile {
				same++
			}
		}
		n := l.marked(i)
		marked += n
		if p.comparable && p.alike >= aliveTile || !visible && p.base < flatDev {
			lit += n
		}
	}
	if t.compared > 0 {
		t.same = float64(same) / float64(t.compared)
	}
	if marked > 0 {
		t.lit = float64(lit) / float64(marked)
	}
	slices.Sort(alike[:t.structured])
	if t.structured > 0 {
		t.median = alike[t.structured/2]
	}
}

// isFlat reports whether the structure of the background has gone and none has come.
func (t *tally) isFlat() bool {
	return t.structured >= leastTiles && float64(t.visible) <= flatShare*float64(t.tiles) &&
		5*t.visible <= 2*t.structured && t.median < 0.3
}

// marked returns the number of marked pixels in a tile.
func (l *look) marked(tile int) (n int) {
	if len(l.mask) != len(l.now.pix) {
		return 0
	}
	y0, y1 := tileSpan(tile/tiles, l.now.h)
	x0, x1 := tileSpan(tile%tiles, l.now.w)
	for y := y0; y < y1; y++ {
		for _, v := range l.mask[y*l.now.w+x0 : y*l.now.w+x1] {
			if v != 0 {
				n++
			}
		}
	}
	return n
}
