package measure

const (
	// hiddenShare is the share of the tiles from which one flat thing hides the view, if it stays.
	hiddenShare = 0.35
	// coverShare is the share from which it covers the lens at once.
	coverShare = 0.6
	// hiddenStep is the difference of mean luma between two neighbouring tiles of one thing.
	hiddenStep = 25
)

// isGone reports whether the background's structure should be visible in this tile and is not.
func (p *pair) isGone() bool {
	return p.comparable && p.dev < 0.3*p.base*p.gain() && p.alike < aliveTile
}

// hidden returns the share of the frame that something flat hides, 0 to 1: of the largest group of
// neighbouring tiles without structure in which the luma changes slowly. The background must have
// had a structure in many of them. The coats of a crowd are smaller groups.
func (l *look) hidden() float64 {
	var bare, seen [tileCount]bool
	gone, come, all := 0, 0, 0
	for i := range l.pairs {
		p := &l.pairs[i]
		bare[i] = p.isGone() || p.seen && p.base < flatDev && p.dev < max(flatDev, 3*l.noise)
		if p.isGone() {
			gone++
		}
		if p.seen {
			all++
		}
		if p.seen && p.base < flatDev && !bare[i] {
			come++
		}
	}
	if gone < leastTiles || 3*gone < l.alike.structured {
		return 0
	}
	var largest group
	for i := range bare {
		var g group
		if l.grow(&g, i, &bare, &seen); g.lost >= leastTiles && 4*g.lost >= g.size && g.size > largest.size {
			largest = g
		}
	}
	if 10*come > 9*gone && 2*largest.other < largest.size {
		return 0 // as much has come as has gone, and the rest is as bright as before: another view
	}
	return float64(largest.size) / float64(all)
}

// group is a group of neighbouring tiles.
type group struct {
	size  int // tiles
	lost  int // tiles that have lost a structure
	other int // tiles that are brighter or darker than before
}

// grow adds a bare tile to a group, and the bare tiles that are connected with it. It marks them as
// seen, and adds none that was seen before.
func (l *look) grow(g *group, tile int, bare, seen *[tileCount]bool) {
	if !bare[tile] || seen[tile] {
		return
	}
	seen[tile] = true
	p := &l.pairs[tile]
	g.size++
	if p.isGone() {
		g.lost++
	}
	if abs(p.mean-p.was) > hiddenStep/2 {
		g.other++
	}
	for _, side := range [4]struct {
		next int
		ok   bool
	}{
		{tile - 1, tile%tiles > 0}, {tile + 1, tile%tiles < tiles-1},
		{tile - tiles, tile >= tiles}, {tile + tiles, tile < tileCount-tiles},
	} {
		if side.ok && abs(l.pairs[side.next].mean-p.mean) <= hiddenStep {
			l.grow(g, side.next, bare, seen)
		}
	}
}
