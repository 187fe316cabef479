// Package blur prepares pictures for other eyes: for providers of models, and for an owner who
// wants people blurred. It offers Blur, which implements pipeline.Privacy.
//
// It promises that with EgressCounts nothing leaves, ever, and that after a fault nothing leaves
// either: a panic of a decoder, of the detector or of an encoder. What leaves is encoded here as
// baseline JPEG, without metadata, with at most 1,024 pixels a side, and with black masks.
//
// Blurred means coarse: the means of large blocks replace each face, the upper quarter of each
// person that a detector has found, each part that differs from the background, and each part that
// is not known to be free of people, so no filter restores them. A picture whose background is not
// known is coarse as a whole. Package pigo finds faces, upright and tilted by about a sixteenth of
// a turn. It misses profiles, covered faces and faces below about 15 pixels. So nothing here finds
// all people; that is why COUNTS is the default.
//
// A search for faces costs up to a third of a second. A gate bounds what all of them cost the
// process, and a picture that finds no room is coarse as a whole.
package blur

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"log/slog"
	"runtime/debug"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// quality is that of the JPEG pictures.
const quality = 80

// Blur prepares pictures. It is safe for concurrent use.
type Blur struct {
	faces *finder
	gate  *gate
	log   *slog.Logger
}

var _ pipeline.Privacy = (*Blur)(nil)

// New returns a Blur. A nil log means slog.Default().
func New(log *slog.Logger) (*Blur, error) {
	faces, err := newFinder()
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.Default()
	}
	return &Blur{faces: faces, gate: newGate(), log: log}, nil
}

// Prepare returns what may leave of a camera's frame to a provider, as the camera's choice says. If
// ok is false, nothing may leave.
func (b *Blur) Prepare(
	f pipeline.Frame, c briefing.Camera, provider string,
) (jpeg []byte, ok bool) {
	return b.Picture(f, c.Masks, c.EgressOf(provider))
}

// Picture implements pipeline.Privacy.
func (b *Blur) Picture(
	f pipeline.Frame, masks []briefing.Polygon, egress briefing.Egress,
) (picture []byte, ok bool) {
	if egress != briefing.EgressBlurred && egress != briefing.EgressFull || f.Image == nil {
		return nil, false
	}
	defer func() {
		if cause := recover(); cause != nil {
			b.log.Error("picture cannot be blurred", "panic", cause, "stack", string(debug.Stack()))
			picture, ok = nil, false
		}
	}()
	img := small(f.Image, masks)
	if egress == briefing.EgressBlurred {
		b.conceal(img, f, masks)
	}
	var w bytes.Buffer
	err := jpeg.Encode(&w, pipeline.Mask(img, masks), &jpeg.Options{Quality: quality})
	return w.Bytes(), err == nil
}

// small returns a copy of an image in the size in which it leaves, black where the masks are. The
// masks come before the conversion, because neighbours share colours in a JPEG.
func small(img image.Image, masks []briefing.Polygon) *image.RGBA {
	width, height := pipeline.Leaving(img.Bounds().Dx(), img.Bounds().Dy())
	if width != img.Bounds().Dx() || height != img.Bounds().Dy() {
		img = pipeline.Scaled(img, width, height)
	}
	img = pipeline.Mask(img, masks)
	copied := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(copied, copied.Rect, img, img.Bounds().Min, draw.Src)
	return copied
}

// Margins around what is made coarse, and the number of blocks along its longest side.
const (
	faceMargin  = 0.35 // of the face: hair, chin and ears
	faceBlocks  = 5
	partBlocks  = 6
	wholeBlocks = 16
	leastBlock  = 8 // pixels
	rounds      = 3 // of searches for faces in the result
)

// conceal makes faces, changed and unsure parts coarse, or all if nobody knows the background or
// if too many pictures are searched at once.
func (b *Blur) conceal(img *image.RGBA, f pipeline.Frame, masks []briefing.Polygon) {
	if f.Changed == nil {
		coarsen(img, img.Rect, blockOf(img.Rect, wholeBlocks))
		return
	}
	if coarsenParts(img, f.Unsure) {
		return
	}
	if !b.gate.enter() {
		coarsen(img, img.Rect, blockOf(img.Rect, wholeBlocks))
		return
	}
	started := time.Now()
	defer func() { b.gate.leave(time.Since(started)) }()
	b.hide(img, f, masks)
}

// hide makes faces and changed parts coarse. It searches the result again, because a face may
// appear when its surroundings have become coarse. If faces remain, all becomes coarse.
func (b *Blur) hide(img *image.RGBA, f pipeline.Frame, masks []briefing.Polygon) {
	whole := img.Rect
	faces := b.faces.find(pipeline.Mask(f.Image, masks), mildScore, f.Unsure)
	if len(faces)+len(f.Changed)+len(f.Unsure)+len(f.People) == 0 {
		return
	}
	for _, part := range f.Changed {
		box := pixels(part, whole)
		coarsen(img, box, blockOf(box, partBlocks))
	}
	for _, person := range f.People {
		box := pixels(headOf(person), whole)
		coarsen(img, box, blockOf(box, faceBlocks))
	}
	for range rounds {
		for _, face := range faces {
			box := pixels(widened(face), whole)
			coarsen(img, box, blockOf(box, faceBlocks))
		}
		if faces = b.faces.find(img, sureScore, f.Unsure); len(faces) == 0 {
			return
		}
	}
	coarsen(img, whole, blockOf(whole, wholeBlocks))
}

// headShare is the share of a person's box, from above, that has the head.
const headShare = 0.25

// headOf returns the part of a person's box that is made coarse.
func headOf(person pipeline.Region) pipeline.Region {
	person.Y1 = person.Y0 + (person.Y1-person.Y0)*headShare
	return person
}

// widened returns a face with its margin.
func widened(r pipeline.Region) pipeline.Region {
	dx, dy := (r.X1-r.X0)*faceMargin, (r.Y1-r.Y0)*faceMargin
	return pipeline.Region{X0: r.X0 - dx, Y0: r.Y0 - dy, X1: r.X1 + dx, Y1: r.Y1 + dy}
}

// pixels returns the pixels that a region touches, within an image.
func pixels(r pipeline.Region, within image.Rectangle) image.Rectangle {
	w, h := float64(within.Dx()), float64(within.Dy())
	return image.Rect(
		int(r.X0*w), int(r.Y0*h), int(r.X1*w)+1, int(r.Y1*h)+1,
	).Add(within.Min).Intersect(within)
}

// blockOf returns the side of the blocks of a box that has n of them along its longest side.
func blockOf(box image.Rectangle, n int) int {
	return max(leastBlock, (max(box.Dx(), box.Dy())+n-1)/n)
}

// coarsenParts makes the blocks of the whole picture that a part touches coarse. Blocks of the size
// of a part would show it. It reports whether all of the picture is coarse.
func coarsenParts(img *image.RGBA, parts []pipeline.Region) bool {
	if len(parts) == 0 {
		return false
	}
	side := blockOf(img.Rect, wholeBlocks)
	across := (img.Rect.Dx() + side - 1) / side
	marks := make([]bool, across*((img.Rect.Dy()+side-1)/side))
	left := len(marks)
	for _, part := range parts {
		box := pixels(part, img.Rect)
		for y := box.Min.Y / side; y*side < box.Max.Y; y++ {
			for x := box.Min.X / side; x*side < box.Max.X; x++ {
				if !marks[y*across+x] {
					marks[y*across+x] = true
					left--
					x0, y0 := x*side, y*side
					level(img, image.Rect(x0, y0, x0+side, y0+side).Intersect(img.Rect))
				}
			}
		}
	}
	return left == 0
}

// coarsen replaces each block of a box by its mean. Blocks begin at the box's corner.
func coarsen(img *image.RGBA, box image.Rectangle, side int) {
	for y := box.Min.Y; y < box.Max.Y; y += side {
		for x := box.Min.X; x < box.Max.X; x += side {
			level(img, image.Rect(x, y, x+side, y+side).Intersect(box))
		}
	}
}

// level gives all pixels of a block their mean.
func level(img *image.RGBA, block image.Rectangle) {
	var sum [3]int
	for y := block.Min.Y; y < block.Max.Y; y++ {
		row := img.Pix[img.PixOffset(block.Min.X, y):]
		for i := 0; i < 4*block.Dx(); i += 4 {
			sum[0], sum[1], sum[2] = sum[0]+int(row[i]), sum[1]+int(row[i+1]), sum[2]+int(row[i+2])
		}
	}
	n := max(1, block.Dx()*block.Dy())
	for y := block.Min.Y; y < block.Max.Y; y++ {
		row := img.Pix[img.PixOffset(block.Min.X, y):]
		for i := 0; i < 4*block.Dx(); i += 4 {
			row[i], row[i+1], row[i+2] = byte(sum[0]/n), byte(sum[1]/n), byte(sum[2]/n)
		}
	}
}
