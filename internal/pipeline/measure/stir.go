package measure

import (
	"math"
	"slices"
	"time"
)

// A living person is never quite still between two pictures: the weight shifts, the head turns, a
// hand moves. A parcel is. So the background does not learn a person whose blob stirs now and then.
//
// A cell stirs when its structure differs from that of the run before. Light that changes leaves
// the structure as it is, up to a factor. Noise and compression change all cells alike, so they
// raise the limit. A blob that has another area than before has just come, or is joined by somebody
// who passes: it does not stir.
const (
	// stirLeast is the least mean difference of luma of a cell that stirs, with its brightness made
	// equal. In the tests' shops compression, noise and light reach 2.4, and a person of a third
	// of the height whose head moves by one pixel of 270 reaches 4 to 9.
	stirLeast = 3
	// stirNoise is how many times the usual difference of the other cells a cell exceeds.
	stirNoise = 4
	// stirSample is how many of the other cells there are for each that is compared.
	stirSample = 5
	// stirCells is the least share of a blob's cells that stir in a living person.
	stirCells = 0.02
	// stirArea is how much the area of a blob changes at most from one run to the next, as a share.
	stirArea = 0.25
	// stirTime is the time constant with which a stir is forgotten, and stirRun bounds what one
	// run forgets: an hour between two runs is no proof of rest.
	stirTime = 30 * time.Minute
	stirRun  = 0.8
	// stirOften is the number of remembered stirs from which a person is restless: two at least.
	// stirMost is the greatest number that is remembered.
	stirOften, stirMost = 1.05, 3
	// stirLongest is how long a person is restless at most. A plant in a draught is learnt then.
	stirLongest = 24 * time.Hour
)

// stir is what is known of one cell.
type stir struct {
	heat  float32       // the stirs that are remembered
	area  float32       // of the person's blob in the run before; 0: there was none
	since time.Duration // how long it has been under a person
}

// stirs has the cells of a view.
type stirs struct {
	w, h     int // cells
	cells    []stir
	restless [256]bool // by label: a living person
	alive    bool      // there is one

	marks   []uint8   // scratch: the person's label of each cell
	differs []float32 // scratch: the difference of each cell
	sorted  []float32 // scratch
}

// start forgets everything.
func (v *stirs) start(p *plane) {
	v.w, v.h = (p.w+cellSide-1)/cellSide, (p.h+cellSide-1)/cellSide
	v.cells = slices.Grow(v.cells[:0], v.w*v.h)[:v.w*v.h]
	clear(v.cells)
	clear(v.restless[:])
	v.alive = false
}

// clone returns a copy that shares no memory.
func (v *stirs) clone() stirs {
	return stirs{w: v.w, h: v.h, cells: slices.Clone(v.cells)}
}

// observe adds a look of the known view. was is the picture before, since is the time between.
func (v *stirs) observe(l *look, was *plane, since time.Duration) {
	clear(v.restless[:])
	if v.alive = false; !l.now.sameSize(was) {
		clear(v.cells)
		return
	}
	limit := float32(0)
	if v.mark(l) {
		limit = v.compare(&l.now, was)
	}
	fade := float32(max(math.Exp(-max(since, 0).Seconds()/stirTime.Seconds()), stirRun))
	var area [256]float32
	for i := range l.blobs {
		area[l.blobs[i].label] = float32(l.blobs[i].area)
	}
	var all, moved [256]int
	for i, b := range v.marks {
		all[b]++
		if c := &v.cells[i]; b != 0 && v.differs[i] > limit && abs(area[b]-c.area) <= stirArea*area[b] {
			moved[b]++
		}
	}
	var heat [256]float32
	var stood [256]time.Duration
	for i, b := range v.marks {
		c := &v.cells[i]
		if c.heat *= fade; b == 0 {
			c.area, c.since = 0, 0
			continue
		}
		if moved[b] > 0 && float64(moved[b]) >= stirCells*float64(all[b]) {
			c.heat = min(c.heat+1, stirMost)
		}
		c.area, c.since = area[b], c.since+max(since, 0)
		heat[b], stood[b] = heat[b]+c.heat, max(stood[b], c.since)
	}
	for b := range heat {
		v.restless[b] = b > 0 && heat[b] >= stirOften*float32(max(all[b], 1)) && stood[b] < stirLongest
		v.alive = v.alive || v.restless[b]
	}
}

// shield gives the unmarked pixels beside a restless person the person's label. The background
// would otherwise learn the outline of somebody who sways.
func (v *stirs) shield(mask []uint8, w int) {
	if !v.alive {
		return
	}
	for i, label := range mask {
		if label == 0 {
			if b := v.marks[i/w/cellSide*v.w+i%w/cellSide]; v.restless[b] {
				mask[i] = b
			}
		}
	}
}

// mark notes which person is in each cell: the last one that has a pixel in it. It returns whether
// there are people.
func (v *stirs) mark(l *look) (people bool) {
	v.marks = slices.Grow(v.marks[:0], len(v.cells))[:len(v.cells)]
	clear(v.marks)
	for i := range l.blobs {
		b := &l.blobs[i]
		if !b.person {
			continue
		}
		people = true
		for y := b.y0; y < b.y1; y++ {
			for x := b.x0; x < b.x1; x++ {
				if l.mask[y*l.now.w+x] == b.label {
					v.marks[y/cellSide*v.w+x/cellSide] = b.label
				}
			}
		}
	}
	return people
}

// compare computes how much the structure of each person's cell differs, and returns the limit from
// which a cell stirs. A sample of the other cells is enough for it.
func (v *stirs) compare(now, was *plane) (limit float32) {
	v.differs = slices.Grow(v.differs[:0], len(v.cells))[:len(v.cells)]
	v.sorted = v.sorted[:0]
	for i, b := range v.marks {
		if b == 0 && i%stirSample != 0 {
			continue
		}
		v.differs[i] = unlike(now, was, i%v.w*cellSide, i/v.w*cellSide)
		if b == 0 {
			v.sorted = append(v.sorted, v.differs[i])
		}
	}
	slices.Sort(v.sorted)
	if n := len(v.sorted); n > 0 {
		limit = v.sorted[n*3/4]
	}
	return max(stirLeast, stirNoise*limit)
}

// unlike returns the mean difference of two planes in a cell, with its brightness made equal.
func unlike(p, q *plane, x0, y0 int) float32 {
	x1, y1 := min(x0+cellSide, p.w), min(y0+cellSide, p.h)
	var mine, theirs float32
	for y := y0; y < y1; y++ {
		a, b := p.pix[y*p.w+x0:y*p.w+x1], q.pix[y*p.w+x0:y*p.w+x1]
		for i, v := range a {
			mine, theirs = mine+v, theirs+b[i]
		}
	}
	gain, sum := (theirs+1)/(mine+1), float32(0)
	for y := y0; y < y1; y++ {
		a, b := p.pix[y*p.w+x0:y*p.w+x1], q.pix[y*p.w+x0:y*p.w+x1]
		for i, v := range a {
			sum += abs(v*gain - b[i])
		}
	}
	return sum / float32((x1-x0)*(y1-y0))
}
