package measure

// coarse is how many pixels of a plane make one of an outline, each way.
const coarse = 4

// outline is the structure of a plane on a coarse grid: each cell is its difference to the cells
// around, in units of their deviation. Light of any strength and direction leaves it the same.
// A hidden cell is 0.
type outline struct {
	w, h int
	pix  []float32
}

// outlineOf returns the outline of a plane.
func outlineOf(p *plane) *outline {
	o := &outline{w: max(p.w/coarse, 1), h: max(p.h/coarse, 1)}
	means, hidden := make([]float32, o.w*o.h), make([]bool, o.w*o.h)
	for y := range o.h {
		for x := range o.w {
			sum, n := float32(0), float32(0)
			for yy := y * coarse; yy < min((y+1)*coarse, p.h); yy++ {
				for xx := x * coarse; xx < min((x+1)*coarse, p.w); xx++ {
					sum, n = sum+p.pix[yy*p.w+xx], n+1
					hidden[y*o.w+x] = hidden[y*o.w+x] || p.isHidden(yy*p.w+xx)
				}
			}
			means[y*o.w+x] = sum / n
		}
	}
	o.pix = make([]float32, len(means))
	const around = 3 // cells each way
	for y := range o.h {
		for x := range o.w {
			var sum, squares, n float32
			for yy := max(y-around, 0); yy <= min(y+around, o.h-1); yy++ {
				for _, v := range means[yy*o.w+max(x-around, 0) : yy*o.w+min(x+around, o.w-1)+1] {
					sum, squares, n = sum+v, squares+v*v, n+1
				}
			}
			if i := y*o.w + x; !hidden[i] {
				mean := sum / n
				o.pix[i] = (means[i] - mean) / (sqrt(max(squares/n-mean*mean, 0)) + flatDev)
			}
		}
	}
	return o
}

// place is where the outline of a background is found in that of a frame.
type place struct {
	here      float32 // correlation where it was, or one cell beside
	elsewhere float32 // the best correlation of any other place
	dx, dy    int     // that place, in cells
}

// seek compares a background with a frame at every shift of up to two fifths of the width and three
// tenths of the height. Where less than a quarter of the background would be in the frame, chance
// decides, so larger shifts are not sought.
//
// A view that is clearly where it was is not sought elsewhere.
func seek(now, background *outline) place {
	best := place{here: now.correlation(background, 0, 0)}
	if best.here > 0.5 {
		return best
	}
	for dy := -now.h * 3 / 10; dy <= now.h*3/10; dy++ {
		for dx := -now.w * 2 / 5; dx <= now.w*2/5; dx++ {
			c := now.correlation(background, dx, dy)
			switch near := max(dx, -dx) <= 1 && max(dy, -dy) <= 1; {
			case near:
				best.here = max(best.here, c)
			case c > best.elsewhere:
				best.elsewhere, best.dx, best.dy = c, dx, dy
			}
		}
	}
	return best
}

// correlation compares o, moved back by a shift, with another outline, where both are.
func (o *outline) correlation(other *outline, dx, dy int) float32 {
	var aa, bb, ab float32
	x0, x1 := max(0, dx), min(o.w, o.w+dx)
	for y := max(0, dy); y < min(o.h, o.h+dy); y++ {
		row := o.pix[y*o.w+x0 : y*o.w+x1]
		with := other.pix[(y-dy)*o.w+x0-dx:][:len(row)]
		for i, a := range row {
			b := with[i]
			aa, bb, ab = aa+a*a, bb+b*b, ab+a*b
		}
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / sqrt(aa*bb)
}
