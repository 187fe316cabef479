package blur

import (
	_ "embed"
	"image"
	"image/color"
	"math"

	pigo "github.com/esimov/pigo/core"

	"bis/internal/pipeline"
)

// cascade is pigo's classifier of faces; see cascade/README.md.
//
//go:embed cascade/facefinder
var cascade []byte

// The search for faces.
const (
	leastFace   = 20   // pixels of a side in the searched picture
	searchSide  = 1400 // of the picture that is searched for upright faces, at most
	tiltedSide  = 640  // of the one for tilted faces, which costs more
	tilt        = 2.0 / 32
	overlap     = 0.2 // above which two finds are one face
	mildScore   = 3   // finds nearly all faces, and some things that are none
	sureScore   = 7   // finds few things that are no faces
	tiltedExtra = 5   // more score for tilted faces, because three searches find more by mistake
)

// finder finds faces. It is safe for concurrent use.
type finder struct {
	forest  *forest
	cluster *pigo.Pigo
}

// newFinder reads the cascade.
func newFinder() (*finder, error) {
	f, err := newForest(cascade)
	return &finder{f, pigo.NewPigo()}, err
}

// find returns the boxes of faces with at least a score. Those that lie in the dead parts alone are
// of no interest.
func (f *finder) find(
	img image.Image, score float32, dead ...[]pipeline.Region,
) []pipeline.Region {
	upright := planeOf(img, searchSide)
	found := f.search(upright, 0, score, dead)
	tilted := planeOf(img, tiltedSide).padded()
	found = append(found, f.search(tilted, tilt, score+tiltedExtra, dead)...)
	return append(found, f.search(tilted, 1-tilt, score+tiltedExtra, dead)...)
}

// search returns the faces of a plane that are tilted by a part of a turn.
func (f *finder) search(
	p plane, turn float64, score float32, dead [][]pipeline.Region,
) []pipeline.Region {
	shift := 0.1
	if turn > 0 {
		shift = 0.13
	}
	found := f.forest.run(p, turn, shift, 1.12, areaOf(p.width, p.height, dead))
	var regions []pipeline.Region
	w, h := float64(p.width), float64(p.height)
	for _, d := range f.cluster.ClusterDetections(found, overlap) {
		if d.Q < score {
			continue
		}
		half := float64(d.Scale) / 2
		x, y := float64(d.Col), float64(d.Row)
		regions = append(regions, pipeline.Region{
			X0: (x - half) / w, Y0: (y - half) / h, X1: (x + half) / w, Y1: (y + half) / h,
		})
	}
	return regions
}

// plane is a grey picture with a margin around it, whose rows are dim bytes long.
type plane struct {
	pix           []uint8
	width, height int
	margin, dim   int
}

// planeOf returns an image as a plane whose longest side has at most most pixels.
func planeOf(img image.Image, most int) plane {
	b := img.Bounds()
	width, height := b.Dx(), b.Dy()
	if longest := max(width, height); longest > most {
		width, height = max(1, width*most/longest), max(1, height*most/longest)
		img = pipeline.Scaled(img, width, height)
		b = img.Bounds()
	}
	p := plane{pix: make([]uint8, width*height), width: width, height: height, dim: width}
	for y := range height {
		row := p.pix[y*width : (y+1)*width]
		switch img := img.(type) {
		case *image.YCbCr:
			copy(row, img.Y[img.YOffset(b.Min.X, b.Min.Y+y):])
		case *image.Gray:
			copy(row, img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):])
		case *image.RGBA:
			greys(row, img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):])
		default:
			for x := range row {
				row[x] = color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y
			}
		}
	}
	return p
}

// greys writes the luma of a row of colours, as JPEG computes it.
func greys(row, pix []uint8) {
	for x := range row {
		c := pix[4*x:][:3]
		row[x] = uint8((19595*int(c[0]) + 38470*int(c[1]) + 7471*int(c[2]) + 1<<15) >> 16)
	}
}

// padded returns a plane with a margin that repeats its edge. A tilted window reaches beyond it.
func (p plane) padded() plane {
	margin := min(p.width, p.height)/4 + 2
	out := plane{width: p.width, height: p.height, margin: margin, dim: p.width + 2*margin}
	out.pix = make([]uint8, out.dim*(p.height+2*margin))
	for y := range p.height + 2*margin {
		from := p.pix[min(max(y-margin, 0), p.height-1)*p.dim:][:p.width]
		row := out.pix[y*out.dim : (y+1)*out.dim]
		copy(row[margin:], from)
		for x := range margin {
			row[x], row[margin+p.width+x] = from[0], from[p.width-1]
		}
	}
	return out
}

// area is a part of a plane, by which a search leaves out the rest.
type area struct {
	across int
	sums   []int32 // of the cells above and to the left of each corner
}

// areaCell is the side of an area's cells in pixels.
const areaCell = 8

// areaOf returns all of a plane but the dead parts, or nil if there are none.
func areaOf(width, height int, dead [][]pipeline.Region) *area {
	w, h := (width+areaCell-1)/areaCell, (height+areaCell-1)/areaCell
	gone := make([]bool, w*h)
	some := false
	for _, list := range dead {
		for _, part := range list { // a cell that is dead in full
			x0, y0 := int(math.Ceil(part.X0*float64(width)/areaCell)), int(math.Ceil(part.Y0*float64(height)/areaCell))
			x1, y1 := int(part.X1*float64(width)/areaCell), int(part.Y1*float64(height)/areaCell)
			if part.X1 >= 1 {
				x1 = w
			}
			if part.Y1 >= 1 {
				y1 = h
			}
			for y := max(y0, 0); y < min(y1, h); y++ {
				for x := max(x0, 0); x < min(x1, w); x++ {
					gone[y*w+x], some = true, true
				}
			}
		}
	}
	if !some {
		return nil
	}
	a := &area{across: w + 1, sums: make([]int32, (w+1)*(h+1))}
	for y := range h {
		row := int32(0)
		for x := range w {
			if !gone[y*w+x] {
				row++
			}
			a.sums[(y+1)*a.across+x+1] = a.sums[y*a.across+x+1] + row
		}
	}
	return a
}

// has reports whether a box, with inclusive corners inside the plane, has a part of the area.
func (a *area) has(x0, y0, x1, y1 int) bool {
	x0, y0 = max(x0, 0)/areaCell, max(y0, 0)/areaCell
	x1, y1 = min(x1/areaCell+1, a.across-1), min(y1/areaCell+1, len(a.sums)/a.across-1)
	at := func(x, y int) int32 { return a.sums[y*a.across+x] }
	return at(x1, y1)-at(x0, y1)-at(x1, y0)+at(x0, y0) > 0
}
