package measure

// isBare reports whether a frame shows nothing from the start: next to no tile has a structure, and
// the luma changes slowly from tile to tile. So does a lens that is covered, and no view of a shop.
// The tiles of a clock and of a camera's name do not count. A frame too small to tell is not bare.
func (l *look) isBare() bool {
	compare(&l.pairs, &l.now, &l.now, l.noise)
	seen, visible := 0, 0
	for i := range l.pairs {
		p := &l.pairs[i]
		if !p.seen {
			continue
		}
		seen++
		grain := l.detail[fine].tiles[i]
		if p.dev >= max(flatDev, bareNoise*l.noise) || grain+l.detail[fine].noise > bareDetail {
			visible++
			continue
		}
		for _, next := range [2]int{i + 1, i + tiles} {
			if next == i+1 && next%tiles == 0 || next >= tileCount {
				continue
			}
			q := &l.pairs[next]
			smooth := q.seen && q.dev < max(flatDev, bareNoise*l.noise)
			if smooth && abs(p.mean-q.mean) > hiddenStep {
				return false
			}
		}
	}
	return 2*seen >= tileCount && float64(visible) <= flatShare*float64(seen)
}

const (
	// bareNoise is how many times the noise a structure is at least. It is less than a comparison
	// of two frames needs: a dim view that can hardly be seen is no covered lens.
	bareNoise = 1.5
	// bareDetail is the energy of fine detail, with its noise, that no covered lens has: that of a
	// noise of ten steps.
	bareDetail = 20 * 10 * 10
)
