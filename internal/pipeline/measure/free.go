package measure

import (
	"slices"
	"time"

	"bis/internal/pipeline"
)

// A background does not say that nobody is there: a person who stood still while it was learnt is
// a part of it. So privacy has a rule of its own, and a stricter one than counting. A part of the
// view is known to be free of people once it has shown the same for freeTime since the background
// was learnt. The body of a living person moves by more than a sensor's noise in that time.
//
// Somebody who passes hides a part for a while, and then it shows the same again. That time does
// not count, and each interruption costs some. So a person who moves now and then is never free,
// even if the person returns to the same place each time.
const (
	// freeTime is how long a part shows the same until it is free.
	freeTime = 15 * time.Minute
	// guestTime is the same for a part that was free and shows something else now. Something has
	// come, and it may be a person who sits.
	guestTime = 2 * time.Hour
	// interruption is what a change costs of these times, and nearby is what one around costs.
	interruption = time.Minute
	nearby       = 30 * time.Second
	// goneTime is how long a part shows something else until it begins anew with that.
	goneTime = 5 * time.Minute
	// longestStep is how much of these times one burst counts for at most. Between two bursts
	// anything may have happened.
	longestStep = 90 * time.Second
)

const (
	// cellSide is the side of a part in pixels of a plane, a twenty-fourth of the frame's height.
	cellSide = 5
	// besideCells and aboveCells are how far a change holds up the parts around it, to each side
	// and upward and downward: a person whose head moves may have legs that do not.
	besideCells = 3
	aboveCells  = 8
	// leastStep and leastMean are the change of luma of one pixel and the mean one of a part below
	// which the part shows the same. A noisy sensor has higher limits.
	leastStep = 12
	leastMean = 5
	// otherMean is the mean difference of luma from which a free part shows something else.
	otherMean = 10
)

// cell is a part of the view.
type cell struct {
	still time.Duration // how long it has shown the same, less the interruptions
	gone  time.Duration // how long it has shown something else since
	busy  bool          // something changes in it or near it
	free  bool          // it was known to be free
	away  bool          // it is free, and shows something else now
}

// freedom knows which parts of the view are free of people. Both planes have the exposure of the
// background.
type freedom struct {
	w, h  int   // cells
	shown plane // what each cell shows, slowly learnt
	known plane // what each free cell shows without a person, slowly learnt
	cells []cell
	moved []bool // scratch: cells that have changed
	held  []bool // scratch: those and the cells around them
}

// start forgets everything. now is what the view shows.
func (f *freedom) start(now *plane) {
	f.w, f.h = (now.w+cellSide-1)/cellSide, (now.h+cellSide-1)/cellSide
	f.shown.copyFrom(now)
	f.known.copyFrom(now)
	f.cells = slices.Grow(f.cells[:0], f.w*f.h)[:f.w*f.h]
	clear(f.cells)
}

// clone returns a copy that shares no memory.
func (f *freedom) clone() freedom {
	c := freedom{w: f.w, h: f.h, cells: slices.Clone(f.cells)}
	c.shown.copyFrom(&f.shown)
	c.known.copyFrom(&f.known)
	return c
}

// expose changes the luma of both planes, as that of the background.
func (f *freedom) expose(change func(float32) float32) {
	for i := range f.shown.pix {
		f.shown.pix[i], f.known.pix[i] = change(f.shown.pix[i]), change(f.known.pix[i])
	}
}

// observe adds a burst of the known view. since is the time since the burst before.
func (f *freedom) observe(looks []look, since time.Duration, threshold int) {
	f.moved = slices.Grow(f.moved[:0], len(f.cells))[:len(f.cells)]
	clear(f.moved)
	for i := range f.cells {
		f.cells[i].away = false
	}
	for i := range looks {
		f.compare(&looks[i], threshold)
	}
	f.hold(f.moved)
	now := &looks[len(looks)-1].fitted
	step, rate := min(max(since, 0), longestStep), rateOf(since, learnTime)
	anew := false
	for i := range f.cells {
		c := &f.cells[i]
		if busy := f.held[i]; busy && !c.busy {
			c.still, c.busy = max(c.still-cost(f.moved[i]), 0), true
		} else if !busy {
			c.busy, c.still = false, c.still+step
		}
		if f.moved[i] {
			c.gone += step
			f.moved[i] = c.gone >= goneTime
			anew = anew || f.moved[i]
			continue
		}
		c.gone = 0
		f.blend(&f.shown, now, i, rate)
		f.settle(i, now, rate)
	}
	if anew {
		f.begin(now)
	}
}

// cost returns what an interruption costs a cell that changes itself, or one beside.
func cost(itself bool) time.Duration {
	if itself {
		return interruption
	}
	return nearby
}

// settle decides on a cell that shows the same as before.
func (f *freedom) settle(i int, now *plane, rate float32) {
	switch c := &f.cells[i]; {
	case c.free && !c.away:
		f.blend(&f.known, now, i, rate)
	case c.still >= freeTime && !c.free, c.still >= guestTime:
		c.free, c.away = true, false
		f.blend(&f.known, now, i, 1)
	}
}

// begin begins anew with the cells that are marked as moved, which show something else for good,
// and with those around them.
func (f *freedom) begin(now *plane) {
	f.hold(f.moved)
	for i := range f.cells {
		if f.held[i] {
			f.cells[i].still = 0
		}
		if f.moved[i] {
			f.cells[i].gone = 0
			f.blend(&f.shown, now, i, 1)
		}
	}
}

// compare marks the cells of a look that have changed, and the free ones that show something else.
func (f *freedom) compare(l *look, threshold int) {
	noise := l.noise * l.exposure.gain
	step, mean := max(leastStep, 6*noise), max(leastMean, 3*noise)
	for i := range f.cells {
		most, sum := f.differ(&l.fitted, &f.shown, i)
		f.moved[i] = f.moved[i] || most > step || sum > mean
		if c := &f.cells[i]; c.free && !c.away {
			most, sum = f.differ(&l.fitted, &f.known, i)
			c.away = most > float32(threshold) || sum > max(otherMean, mean)
		}
	}
}

// span returns the pixels of a cell.
func (f *freedom) span(cell int) (x0, y0, x1, y1 int) {
	x0, y0 = cell%f.w*cellSide, cell/f.w*cellSide
	return x0, y0, min(x0+cellSide, f.shown.w), min(y0+cellSide, f.shown.h)
}

// differ returns the greatest and the mean difference of two planes in a cell.
func (f *freedom) differ(p, q *plane, cell int) (most, mean float32) {
	x0, y0, x1, y1 := f.span(cell)
	for y := y0; y < y1; y++ {
		for i := y*p.w + x0; i < y*p.w+x1; i++ {
			d := abs(p.pix[i] - q.pix[i])
			most, mean = max(most, d), mean+d
		}
	}
	return most, mean / float32((x1-x0)*(y1-y0))
}

// blend moves the pixels of a cell of p toward q.
func (f *freedom) blend(p, q *plane, cell int, rate float32) {
	x0, y0, x1, y1 := f.span(cell)
	for y := y0; y < y1; y++ {
		for i := y*p.w + x0; i < y*p.w+x1; i++ {
			p.pix[i] += (q.pix[i] - p.pix[i]) * rate
		}
	}
}

// hold marks given cells and those around them as held.
func (f *freedom) hold(marks []bool) {
	f.held = slices.Grow(f.held[:0], len(f.cells))[:len(f.cells)]
	clear(f.held)
	for i, marked := range marks {
		if marked {
			f.fill(f.held, i%f.w-besideCells, i/f.w-aboveCells, i%f.w+besideCells, i/f.w+aboveCells)
		}
	}
}

// fill marks the cells of a box with inclusive corners.
func (f *freedom) fill(marks []bool, x0, y0, x1, y1 int) {
	for y := max(y0, 0); y <= min(y1, f.h-1); y++ {
		for x := max(x0, 0); x <= min(x1, f.w-1); x++ {
			marks[y*f.w+x] = true
		}
	}
}

// unsure returns the regions that may show people, as pipeline.Frame.Unsure: the cells that are not
// free, and the boxes of connected cells that show something else than before, with a margin of a
// cell. A thing in the colours of the background is connected by its outline.
func (f *freedom) unsure() []pipeline.Region {
	marks := make([]bool, len(f.cells))
	seen := make([]bool, len(f.cells))
	var stack []int
	for i := range f.cells {
		if c := &f.cells[i]; !c.free {
			f.fill(marks, i%f.w-1, i/f.w-1, i%f.w+1, i/f.w+1)
		} else if c.away && !seen[i] {
			x0, y0, x1, y1 := f.group(i, seen, &stack)
			f.fill(marks, x0-1, y0-1, x1+1, y1+1)
		}
	}
	return f.regions(marks)
}

// group returns the box, with inclusive corners, of the cells that show something else and are
// connected with a cell. Cells with one other cell between them are connected.
func (f *freedom) group(from int, seen []bool, stack *[]int) (x0, y0, x1, y1 int) {
	x0, y0 = f.w, f.h
	seen[from] = true
	for todo := append((*stack)[:0], from); len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		x, y := i%f.w, i/f.w
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		for ny := max(y-2, 0); ny <= min(y+2, f.h-1); ny++ {
			for nx := max(x-2, 0); nx <= min(x+2, f.w-1); nx++ {
				if j := ny*f.w + nx; f.cells[j].away && !seen[j] {
					seen[j] = true
					todo = append(todo, j)
				}
			}
		}
		*stack = todo
	}
	return x0, y0, x1, y1
}

// regions returns marked cells as regions: runs of a row, which grow downward while the next row
// has the same run.
func (f *freedom) regions(marks []bool) []pipeline.Region {
	regions := []pipeline.Region{}
	w, h := float64(f.shown.w), float64(f.shown.h)
	for y := range f.h {
		for x := 0; x < f.w; x++ {
			if !marks[y*f.w+x] {
				continue
			}
			end, low := x, y
			for end < f.w && marks[y*f.w+end] {
				end++
			}
			for low < f.h && !slices.Contains(marks[low*f.w+x:low*f.w+end], false) {
				clear(marks[low*f.w+x : low*f.w+end])
				low++
			}
			regions = append(regions, pipeline.Region{
				X0: float64(x*cellSide) / w, Y0: float64(y*cellSide) / h,
				X1: min(1, float64(end*cellSide)/w), Y1: min(1, float64(low*cellSide)/h),
			})
			x = end
		}
	}
	return regions
}
