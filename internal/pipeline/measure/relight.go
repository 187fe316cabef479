package measure

import "slices"

// relight makes a look's view, which is the previous one by now, the background in its new light.
//
// People who stand there must not become a part of the background. So relight first predicts the
// old background in the new light, tile by tile. Where the frame differs from that by a blob of a
// person's size and shape, the prediction is the new background. There are at most as many of these
// blobs as people were counted in the old light.
func (m *Measurer) relight(l *look, s *scratch) {
	people, old, busy := m.people, m.background, m.watch.busy
	m.relearn(l)
	if people == 0 {
		return
	}
	predicted := predict(old, m.background, busy)
	mask := make([]uint8, len(old.pix))
	difference(mask, m.background, predicted, m.cfg.Threshold)
	if share(mask, old) > sceneShare {
		return // the prediction has failed
	}
	blobs := slices.DeleteFunc(find(nil, mask, old, s), func(b blob) bool {
		return !b.isPerson(old.h) || b.isHole(mask, m.background, predicted)
	})
	slices.SortFunc(blobs, func(a, b blob) int { return b.area - a.area })
	for _, b := range blobs {
		if people -= b.heads(); people < 0 {
			break
		}
		b.repair(mask, predicted, m.background)
		m.people += b.heads()
	}
}

// occupied returns the pixels in which the previous frame differs from the background: those of the
// people in the last frame before the light changed.
func (m *Measurer) occupied(s *scratch) []uint8 {
	fit(&s.raw, m.previous, m.background, m.cfg.Threshold)
	mask := make([]uint8, len(s.raw.pix))
	difference(mask, &s.raw, m.background, m.cfg.Threshold)
	return mask
}

// predict returns a background in the light of another frame. The gain of each tile is the median
// quotient of its pixels, then the median of the tiles around it, and changes smoothly from tile to
// tile. Busy pixels, which had a person in front, do not count.
func predict(background, now *plane, busy []uint8) *plane {
	var gains, smooth [tileCount]float32 // a gain of 0 is unknown
	var quotients []float32
	for t := range gains {
		quotients = quotients[:0]
		y0, y1 := tileSpan(t/tiles, now.h)
		x0, x1 := tileSpan(t%tiles, now.w)
		for y := y0; y < y1; y++ {
			for i := y*now.w + x0; i < y*now.w+x1; i++ {
				if len(busy) != len(now.pix) || busy[i] == 0 {
					quotients = append(quotients, (now.pix[i]+1)/(background.pix[i]+1))
				}
			}
		}
		if 4*len(quotients) >= (x1-x0)*(y1-y0) {
			gains[t] = middle(quotients, 0)
		}
	}
	for t := range smooth {
		for around := 1; smooth[t] == 0 && around < tiles; around++ {
			quotients = quotients[:0]
			for y := max(t/tiles-around, 0); y <= min(t/tiles+around, tiles-1); y++ {
				for x := max(t%tiles-around, 0); x <= min(t%tiles+around, tiles-1); x++ {
					if g := gains[y*tiles+x]; g > 0 {
						quotients = append(quotients, g)
					}
				}
			}
			smooth[t] = middle(quotients, 0)
		}
	}
	out := background.clone()
	for y := range out.h {
		ty, fy := between(y, out.h)
		for x := range out.w {
			tx, fx := between(x, out.w)
			t := ty*tiles + tx
			up := smooth[t] + (smooth[t+1]-smooth[t])*fx
			down := smooth[t+tiles] + (smooth[t+tiles+1]-smooth[t+tiles])*fx
			i := y*out.w + x
			out.pix[i] = min(out.pix[i]*(up+(down-up)*fy), 255)
		}
	}
	return out
}

// between returns the tile whose middle is before a pixel, and the share of the way from that
// middle to the next tile's.
func between(i, n int) (tile int, share float32) {
	at := (float32(i)+0.5)*tiles/float32(n) - 0.5
	tile = min(max(int(at), 0), tiles-2)
	return tile, min(max(at-float32(tile), 0), 1)
}

// middle returns the median of values, which it sorts, or the given value if there are none.
func middle(values []float32, none float32) float32 {
	if len(values) == 0 {
		return none
	}
	slices.Sort(values)
	return values[len(values)/2]
}
