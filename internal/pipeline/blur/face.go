package blur

import (
	_ "embed"
	"fmt"
	"image"
	"image/color"

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
type finder struct{ classifier *pigo.Pigo }

// newFinder reads the cascade.
func newFinder() (f *finder, err error) {
	defer func() {
		if cause := recover(); cause != nil { // of a short file
			err = fmt.Errorf("cascade of faces: %v", cause)
		}
	}()
	classifier, err := pigo.NewPigo().Unpack(cascade)
	return &finder{classifier}, err
}

// find returns the boxes of faces with at least a score.
func (f *finder) find(img image.Image, score float32) []pipeline.Region {
	found := f.search(square(img, searchSide), 0, score)
	tilted := square(img, tiltedSide)
	found = append(found, f.search(tilted, tilt, score+tiltedExtra)...)
	return append(found, f.search(tilted, 1-tilt, score+tiltedExtra)...)
}

// plane is a grey picture in the corner of a square. pigo bounds the columns of a tilted search by
// the number of rows, so that it reads wrong pixels of other pictures, or beyond their end.
type plane struct {
	pix           []uint8
	side          int
	width, height int
}

// search returns the faces of a plane that are tilted by a part of a turn.
func (f *finder) search(p plane, turn float64, score float32) []pipeline.Region {
	params := pigo.CascadeParams{
		MinSize: leastFace, MaxSize: p.side, ShiftFactor: 0.1, ScaleFactor: 1.12,
		ImageParams: pigo.ImageParams{Pixels: p.pix, Rows: p.height, Cols: p.width, Dim: p.side},
	}
	if turn > 0 {
		params.Rows, params.Cols, params.ShiftFactor = p.side, p.side, 0.13
	}
	found := f.classifier.RunCascade(params, turn)
	var regions []pipeline.Region
	w, h := float64(p.width), float64(p.height)
	for _, d := range f.classifier.ClusterDetections(found, overlap) {
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

// square returns an image as a plane whose longest side has at most most pixels.
func square(img image.Image, most int) plane {
	b := img.Bounds()
	width, height := b.Dx(), b.Dy()
	if longest := max(width, height); longest > most {
		width, height = max(1, width*most/longest), max(1, height*most/longest)
		img = pipeline.Scaled(img, width, height)
		b = img.Bounds()
	}
	p := plane{side: max(width, height, leastFace), width: width, height: height}
	p.pix = make([]uint8, p.side*p.side)
	for y := range height {
		row := p.pix[y*p.side : y*p.side+width]
		switch img := img.(type) {
		case *image.YCbCr:
			copy(row, img.Y[img.YOffset(b.Min.X, b.Min.Y+y):])
		case *image.Gray:
			copy(row, img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):])
		default:
			for x := range row {
				row[x] = color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y
			}
		}
	}
	return p
}
