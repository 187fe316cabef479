package measure

// The perspective of a view says how large a person is whose feet are in a row of the plane. It is
// learnt from single people who walk through the view. A camera that looks down a street then
// counts people who are smaller than leastHeight, and divides groups by the area of one person.
const (
	// stripes is how many stripes a plane has. Each remembers the people whose feet were in it.
	stripes = 12
	// stripeSure is how many people a stripe needs, and sureStripes is how many stripes a
	// perspective needs.
	stripeSure, sureStripes = 1, 3
	// stripeRate is how far one person moves the mean of a stripe at least.
	stripeRate = 0.1
	// straight is the mean deviation from a straight line that a perspective has at most, as a
	// share of the height.
	straight = 0.2
	// singleLeast and singleMost bound the width of a single person, divided by the height.
	singleLeast, singleMost = 0.25, 0.6
	// singleNarrow is the least width of a person in a group, divided by the height.
	singleNarrow = 0.35
	// smallest is the height of the smallest person, as a share of the plane's.
	smallest = 0.06
	// shortest and thinnest are the least shares of a person's height and area that a blob has.
	shortest, thinnest = 0.6, 0.4
	// mostHeads is the greatest number of people in one blob.
	mostHeads = 8
)

// perspective is what a view has shown of the size of people.
type perspective struct {
	seen         [stripes]stripe
	slope, start float64 // height = start + slope x row of the feet
	body         float64 // area of a person, divided by the square of the height
	sure         bool
}

// stripe has the means of the single people whose feet were in a stripe.
type stripe struct {
	n                  int
	feet, height, body float64
}

// learn adds the single people of a look. Those who stand still add nothing new and do no harm: a
// stripe counts as one point of the line.
func (v *perspective) learn(l *look) {
	added := false
	for i := range l.blobs {
		b := &l.blobs[i]
		slim := float64(b.w()) / float64(b.h())
		cut := b.x0 == 0 || b.y0 == 0 || b.x1 == l.now.w || b.y1 == l.now.h
		if cut || b.hole || slim < singleLeast || slim > singleMost || float64(b.h()) < 0.08*float64(l.now.h) ||
			float64(b.area) < 0.45*float64(b.w()*b.h()) || l.isLight(b) {
			continue
		}
		s := &v.seen[min(b.y1*stripes/l.now.h, stripes-1)]
		s.n++
		rate := max(1/float64(s.n), stripeRate)
		h := float64(b.h())
		s.feet += (float64(b.y1) - s.feet) * rate
		s.height += (h - s.height) * rate
		s.body += (float64(b.area)/(h*h) - s.body) * rate
		added = true
	}
	if added {
		v.fit()
	}
}

// fit lays a straight line through the stripes.
func (v *perspective) fit() {
	v.sure = false
	var n, sy, sh, syy, syh, body float64
	for _, s := range v.seen {
		if s.n >= stripeSure {
			n, sy, sh = n+1, sy+s.feet, sh+s.height
			syy, syh, body = syy+s.feet*s.feet, syh+s.feet*s.height, body+s.body
		}
	}
	spread := n*syy - sy*sy
	if n < sureStripes || spread <= 0 {
		return
	}
	v.slope = (n*syh - sy*sh) / spread
	v.start, v.body = (sh-v.slope*sy)/n, body/n
	off := 0.0
	for _, s := range v.seen {
		if s.n >= stripeSure {
			d := (s.height - v.start - v.slope*s.feet) / s.height
			off += max(d, -d) / n
		}
	}
	v.sure = v.slope > 0 && off <= straight
}

// heads returns how many people are in a blob, and whether the perspective knows. height is the
// plane's.
func (v *perspective) heads(b *blob, height int) (n int, ok bool) {
	tall := v.start + v.slope*float64(b.y1)
	if !v.sure || tall < smallest*float64(height) {
		return 0, false
	}
	one := v.body * tall * tall
	area := float64(b.area)
	if float64(b.h()) < shortest*tall || area < thinnest*one || float64(b.area) < leastFill*float64(b.w()*b.h()) {
		return 0, true
	}
	most := max(1, int(float64(b.w())/(singleNarrow*tall)+0.5)) * max(1, int(float64(b.h())/tall+0.5))
	return max(1, min(int(area/one+0.5), most, mostHeads)), true
}
