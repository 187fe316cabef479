package blur

import (
	"encoding/binary"
	"errors"
	"math"

	pigo "github.com/esimov/pigo/core"
)

// forest is the cascade of package pigo in a form that a search reads quickly: it computes where
// the pixels of a window lie once for a size, and not for each window. The trees, the windows and
// the scores are those of pigo; a test compares them.
type forest struct {
	depth int       // of each tree
	codes []int8    // of each tree 4 for each node; node 0 is unused
	leafs []float32 // of each tree 2^depth
	least []float32 // of each tree the score below which a window is no face
}

var errCascade = errors.New("cascade of faces: the file is damaged")

// newForest reads a cascade file.
func newForest(b []byte) (*forest, error) {
	if len(b) < 16 {
		return nil, errCascade
	}
	depth, trees := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])
	if depth < 1 || depth > 8 || trees < 1 || trees > 1<<12 {
		return nil, errCascade
	}
	f, leafs := &forest{depth: int(depth)}, 1<<depth
	for b = b[16:]; len(f.least) < int(trees); b = b[8*leafs:] {
		if len(b) < 8*leafs {
			return nil, errCascade
		}
		f.codes = append(f.codes, 0, 0, 0, 0)
		for _, code := range b[:4*leafs-4] {
			f.codes = append(f.codes, int8(code))
		}
		float := func(at int) float32 {
			return math.Float32frombits(binary.LittleEndian.Uint32(b[at:]))
		}
		for i := range leafs {
			f.leafs = append(f.leafs, float(4*leafs-4+4*i))
		}
		f.least = append(f.least, float(8*leafs-4))
	}
	return f, nil
}

// places returns, for each node, how far its two pixels are from the middle of a window of a size
// that is turned by a part of a turn, in a picture whose rows are dim bytes long.
func (f *forest) places(size int, turn float64, dim int, places []int32) []int32 {
	sin, cos := math.Sincos(2 * math.Pi * turn)
	qsin, qcos := size*int(256*sin), size*int(256*cos) // as pigo rounds them
	place := func(down, right int8) int32 {
		a, b := int(down), int(right)
		if turn == 0 {
			return int32((a*size>>8)*dim + b*size>>8)
		}
		return int32((qcos*a-qsin*b)>>16*dim + (qsin*a+qcos*b)>>16)
	}
	places = places[:0]
	for c := f.codes; len(c) > 0; c = c[4:] {
		places = append(places, place(c[0], c[1]), place(c[2], c[3]))
	}
	return places
}

// score returns the score of the window around a pixel. At most 0 means that it is no face.
func (f *forest) score(pix []uint8, middle int, places []int32) float32 {
	out, leafs := float32(0), 1<<f.depth
	for tree, least := range f.least {
		nodes := places[2*leafs*tree:][:2*leafs]
		node := 1
		for range f.depth {
			at := 2 * node
			node *= 2
			if pix[middle+int(nodes[at])] <= pix[middle+int(nodes[at+1])] {
				node++
			}
		}
		if out += f.leafs[leafs*tree+node-leafs]; out <= least {
			return -1
		}
	}
	return out - f.least[len(f.least)-1]
}

// run returns the windows of a plane that are faces. alive says which windows are of interest; nil
// means all.
func (f *forest) run(p plane, turn float64, shift, growth float64, alive *area) []pigo.Detection {
	var found []pigo.Detection
	places := make([]int32, 0, len(f.codes)/2)
	for size := leastFace; size <= min(p.width, p.height); {
		step, edge := max(int(shift*float64(size)), 1), size/2+1
		places = f.places(size, turn, p.dim, places)
		for row := edge; row <= p.height-edge; row += step {
			for col := edge; col <= p.width-edge; col += step {
				if alive != nil && !alive.has(col-size/2, row-size/2, col+size/2, row+size/2) {
					continue
				}
				if q := f.score(p.pix, (row+p.margin)*p.dim+col+p.margin, places); q > 0 {
					found = append(found, pigo.Detection{Row: row, Col: col, Scale: size, Q: q})
				}
			}
		}
		size = int(float64(size) + max(2, float64(size)*growth-float64(size)))
	}
	return found
}
