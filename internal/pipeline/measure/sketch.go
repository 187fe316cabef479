package measure

import (
	"bytes"
	"slices"
	"sync"

	"bis/internal/pipeline"
)

const (
	// sketchBytes is the most pixels of a sketch. A wider plane is narrowed.
	sketchBytes = 32 << 10
	// leastUnlike is the difference of luma from which a pixel differs, from the background or from
	// another sketch, and mostUnlike is a limit that unrest and exposure do not raise.
	// Compression and noise that are averaged over a pixel's block stay below both.
	leastUnlike, mostUnlike = 14, 26
	// exposed is how much a change of the gain raises the limit: colours that reach the sensor's
	// limit follow no gain.
	exposed = 100
	// restless is how many times its usual unrest a pixel differs at least, up to mostUnlike.
	// Leaves and screens have one.
	restless = 4
	// unlikeShare is the share of a tile's pixels from which the tile differs, and unlikePixels is
	// their least number: fewer are no thing.
	unlikeShare, unlikePixels = 0.015, 4
	// tileShare is the share of a tile's pixels from which Tiles states it.
	tileShare = 0.05
	// shadeShare is how much of a shadow's change the pixels around it have.
	shadeShare = 0.1
)

// sketch implements pipeline.Sketch. It has the blurred picture in the exposure of the background,
// and the pixels that differ from the background. A difference between two sketches counts where
// one of them differs from its background, or where something did in between: a shadow that moves
// slowly is learnt with the background and is never a difference.
type sketch struct {
	w, h   int
	grey   []uint8 // luma
	busy   []uint8 // one bit a pixel: it differs from the background
	hidden []bool  // nil: nothing is hidden; shared with the measurer unless the plane was narrowed
	// era identifies the background's light. It is another one after each relearning, and in each
	// measurer.
	era  *era
	gain float32 // from the picture's exposure to that which the background had first
	// stirs counts how often each tile began or ceased to differ from the background.
	stirs [tileCount]uint32
}

// era is the time from one relearning of a background to the next. It has a size, because pointers
// to variables without one may be equal.
type era struct{ _ byte }

var _ pipeline.Sketch = (*sketch)(nil)

// sketchOf returns the sketch of a counted look, and counts the tiles that stir.
func (m *Measurer) sketchOf(l *look) *sketch {
	p := &l.fitted
	n := max((len(p.pix)+sketchBytes-1)/sketchBytes, 1) // columns that become one
	s := &sketch{w: (p.w + n - 1) / n, h: p.h, hidden: p.hidden, era: m.era, gain: l.exposure.gain * m.gain}
	size := s.w * s.h
	s.grey, s.busy = make([]uint8, size), make([]uint8, (size+7)/8)
	if n > 1 && p.hidden != nil {
		s.hidden = make([]bool, size)
	}
	marks, unlike := l.marks(), unlikeFor(l.exposure.gain)
	for y := range s.h {
		for x := range s.w {
			i, sum, end := y*s.w+x, float32(0), min((x+1)*n, p.w)
			for j := y*p.w + x*n; j < y*p.w+end; j++ {
				sum += p.pix[j]
				d := p.pix[j] - m.background.pix[j]
				mark := marks[l.mask[j]]
				if mark == left || mark == 0 && unlike.exceed(d, min(restless*m.unrest[j], mostUnlike)) {
					s.busy[i/8] |= 1 << (i % 8)
				}
				if n > 1 && p.isHidden(j) {
					s.hidden[i] = true
				}
			}
			s.grey[i] = uint8(sum/float32(end-x*n) + 0.5)
		}
	}
	busy := s.tiles()
	for i := range busy {
		if busy[i] != m.busy[i] {
			m.stirs[i]++
		}
	}
	m.busy, s.stirs = busy, m.stirs
	return s
}

// The marks of a blob's pixels in a sketch.
const (
	light = iota + 1 // a patch of light: they are as the background
	left             // a hole, which has become the background by now: they differ
)

// marks returns the marks by label. A small blob is no light: a distant person changes the
// structure of a tile too little.
func (l *look) marks() (marks [256]uint8) {
	for i := range l.blobs {
		switch b := &l.blobs[i]; {
		case b.hole:
			marks[b.label] = left
		case !b.person && b.area*tileCount >= len(l.mask) && l.isLight(b):
			marks[b.label] = light
		}
	}
	return marks
}

// limits are the differences of luma from which a pixel differs, downward and upward.
type limits struct{ down, up float32 }

// unlikeFor returns the limits between two pictures whose exposures have a gain. In the longer
// exposure bright colours reach the sensor's limit and remain too dark.
func unlikeFor(gain float32) limits {
	change := max(gain-1, 1-gain)
	near, far := min(leastUnlike+exposed*change, mostUnlike), min(leastUnlike+2*exposed*change, 2*mostUnlike)
	if gain < 1 {
		return limits{down: far, up: near}
	}
	return limits{down: near, up: far}
}

// exceed reports whether a difference is one, for a pixel that has an unrest of its own.
func (l limits) exceed(d, unrest float32) bool {
	return d >= max(l.up, unrest) || -d >= max(l.down, unrest)
}

func (s *sketch) isBusy(i int) bool { return s.busy[i/8]>>(i%8)&1 != 0 }

func (s *sketch) isAnyBusy() bool {
	return slices.ContainsFunc(s.busy, func(bits uint8) bool { return bits != 0 })
}

func (s *sketch) isHidden(i int) bool { return s.hidden != nil && s.hidden[i] }

// Tiles implements pipeline.Sketch.
func (s *sketch) Tiles() (columns, rows int, busy []bool) {
	b := s.tiles()
	return tiles, tiles, b[:]
}

// tiles returns the tiles that differ from the background.
func (s *sketch) tiles() (busy [tileCount]bool) {
	for t := range busy {
		x0, x1 := tileSpan(t%tiles, s.w)
		y0, y1 := tileSpan(t/tiles, s.h)
		marked, seen := 0, 0
		for y := y0; y < y1; y++ {
			for i := y*s.w + x0; i < y*s.w+x1; i++ {
				if s.isHidden(i) {
					continue
				}
				seen++
				if s.isBusy(i) {
					marked++
				}
			}
		}
		busy[t] = marked > 0 && float64(marked) >= tileShare*float64(seen)
	}
	return busy
}

// grids lends the memory of one comparison.
var grids = sync.Pool{New: func() any { return new(grid) }}

// grid counts pixels in cells of half a tile each way.
type grid struct {
	now, was, fitted plane
	marked, seen     [2 * tiles * 2 * tiles]int
	step, drift      [2 * tiles * 2 * tiles]float32 // sums of the differences: marked, and others
}

// Differs implements pipeline.Sketch.
func (s *sketch) Differs(before pipeline.Sketch) bool {
	b, ok := before.(*sketch)
	if !ok || b == nil || s.era != b.era || s.w != b.w || s.h != b.h {
		return true
	}
	if s.stirs == b.stirs && !s.isAnyBusy() && !b.isAnyBusy() {
		return false
	}
	g := grids.Get().(*grid)
	defer grids.Put(g)
	s.plane(&g.now)
	b.plane(&g.was)
	fit(&g.fitted, &g.now, &g.was, mostUnlike)
	g.count(s, b)
	return g.differs()
}

// plane makes a plane of a sketch.
func (s *sketch) plane(p *plane) {
	p.resize(s.w, s.h, s.hidden)
	for i, v := range s.grey {
		p.pix[i] = float32(v)
	}
}

// count counts the pixels that differ in each cell.
func (g *grid) count(s, b *sketch) {
	clear(g.marked[:])
	clear(g.seen[:])
	clear(g.step[:])
	clear(g.drift[:])
	unlike := unlikeFor(s.gain / b.gain)
	for y := range s.h {
		row, above := y*2*tiles/s.h, y*tiles/s.h
		for x := range s.w {
			i := y*s.w + x
			if s.isHidden(i) {
				continue
			}
			cell := row*2*tiles + x*2*tiles/s.w
			g.seen[cell]++
			d, tile := g.fitted.pix[i]-g.was.pix[i], above*tiles+x*tiles/s.w
			if unlike.exceed(d, 0) && (s.isBusy(i) || b.isBusy(i) || s.stirs[tile] != b.stirs[tile]) {
				g.marked[cell]++
				g.step[cell] += d
			} else {
				g.drift[cell] += d
			}
		}
	}
}

// differs reports whether some tile differs. Each tile overlaps its neighbours by half, so that a
// border of tiles cuts no person in two.
func (g *grid) differs() bool {
	const n = 2 * tiles
	for y := range n - 1 {
		for x := range n - 1 {
			i := y*n + x
			marked := g.marked[i] + g.marked[i+1] + g.marked[i+n] + g.marked[i+n+1]
			seen := g.seen[i] + g.seen[i+1] + g.seen[i+n] + g.seen[i+n+1]
			if marked >= unlikePixels && float64(marked) >= unlikeShare*float64(seen) &&
				!isShade(g.around(&g.step, i)/float32(marked), g.around(&g.drift, i)/float32(max(seen-marked, 1))) {
				return true
			}
		}
	}
	return false
}

// around returns the sum of a tile that begins with a cell.
func (g *grid) around(sums *[2 * tiles * 2 * tiles]float32, i int) float32 {
	const n = 2 * tiles
	return sums[i] + sums[i+1] + sums[i+n] + sums[i+n+1]
}

// isShade reports whether the differences of a tile are those of a soft shadow that moves: the
// pixels that differ do so weakly, and the others around them change in the same direction. step
// and drift are the mean differences of both.
func isShade(step, drift float32) bool {
	return abs(step) < mostUnlike && drift*step >= shadeShare*step*step
}

// Equal reports whether two sketches, perhaps of two measurers, have the same pixels. No sketch
// equals one of another kind.
func (s *sketch) Equal(other pipeline.Sketch) bool {
	o, ok := other.(*sketch)
	return ok && o != nil && s.w == o.w && s.h == o.h && s.stirs == o.stirs && bytes.Equal(s.grey, o.grey) &&
		bytes.Equal(s.busy, o.busy) && slices.Equal(s.hidden, o.hidden)
}
