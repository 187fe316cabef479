package measure

import (
	"image"
	"math"
	"slices"
	"sync"
	"time"

	"bis/internal/pipeline"
)

// look is one frame of a burst as the measures need it. The first fields follow from the frame
// alone, the others from its comparison with the background.
type look struct {
	at         time.Time
	brightness float64 // mean luma
	lit        float64 // share of pixels of at least twice Config.Dark
	noise      float32 // standard deviation of the noise of now
	now        plane   // blurred
	detail     [scales]energies
	colours    colours
	prints     prints

	verdict  verdict
	exposure exposure
	fitted   plane   // now, with the exposure of the background
	mask     []uint8 // what differs from the background; labelled once people are counted
	share    float64 // of the mask
	pairs    [tileCount]pair
	alike    tally
	place    place // set for a view whose structure is not where it was
	people   int
	blobs    []blob
	size     image.Point // of the plane in which the blobs were found
}

// verdict says what a frame shows, compared with the background.
type verdict uint8

const (
	dark    verdict = iota // nothing: no light
	flat                   // nothing: no structure where the background has some
	blurred                // the known view without its detail
	first                  // a view, and there is no background yet
	resized                // a view of another size
	foreign                // another view, or the known one behind a crowd
	shifted                // the known view at another place of the frame
	relit                  // the known view in other light
	partly                 // the known view, a part of it in other light
	known                  // the known view, perhaps with people
	verdicts
)

// scratch has the memory of one call of Measure.
type scratch struct {
	looks  []look
	raw    plane
	across plane
	was    []uint8
	stack  []int
}

// scratches lends scratches, so that measuring allocates nothing and a camera at rest has its
// background alone in memory.
var scratches = sync.Pool{New: func() any { return new(scratch) }}

// take returns n looks, whose memory is that of earlier ones.
func (s *scratch) take(n int) []look {
	for len(s.looks) < n {
		s.looks = append(s.looks, look{})
	}
	return s.looks[:n]
}

// see measures what follows from a frame alone.
func (m *Measurer) see(l *look, f pipeline.Frame, s *scratch) {
	l.at = f.At
	s.raw.reduce(f.Image, m.hiddenIn(f.Image.Bounds()))
	l.brightness = math.Round(s.raw.mean()*10) / 10
	l.lit = s.raw.above(float32(2 * m.cfg.Dark))
	l.now.blur(&s.raw, &s.across)
	l.noise = noiseOf(&s.raw, &l.now)
	l.detail[fine].measure(f.Image, &l.now)
	l.detail[rough].measurePlane(&s.raw)
	l.colours.measure(f.Image, &l.now)
	l.prints.measure(f.Image, &l.now)
}

// above returns the share of the visible pixels that are at least as bright as luma. Without
// visible pixels it returns 1: nothing says that it is dark.
func (p *plane) above(luma float32) float64 {
	n, all := 0, 0
	for i, v := range p.pix {
		if p.isHidden(i) {
			continue
		}
		all++
		if v >= luma {
			n++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(n) / float64(all)
}

// hiddenIn returns the hidden pixels of a picture's plane. It computes them once for each size.
func (m *Measurer) hiddenIn(picture image.Rectangle) []bool {
	if size := picture.Size(); m.hiddenSize != size {
		m.hiddenSize, m.hidden = size, hide(m.cfg.Masks, picture)
	}
	return m.hidden
}

// mark makes was as long as a plane.
func (s *scratch) mark(n int) { s.was = slices.Grow(s.was[:0], n)[:n] }
