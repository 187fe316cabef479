package pipeline

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
	"time"

	"bis/internal/briefing"
)

// Bounds of a picture that stays in memory.
const (
	maxWidth   = 1280     // pixels across
	maxHeight  = 2560     // pixels down
	maxPending = 16 << 20 // bytes of a decoded frame that waits for its encoding
	quality    = 80       // of JPEG
)

// picture is the last frame of a camera. It is encoded when it is first read, because most frames
// are never read, and a run must not wait for it. A picture is safe for concurrent use.
type picture struct {
	frame briefing.Frame

	mu      sync.Mutex  // guards the fields below
	decoded image.Image // nil: encoded
	encoded []byte      // nil: not encoded yet, or the encoder failed
}

// newPicture returns the picture of a frame. It encodes nothing.
func newPicture(f Frame, now time.Time) *picture {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	at := f.At
	if at.IsZero() {
		at = now
	}
	width, height := fitted(f.Image.Bounds())
	return &picture{decoded: f.Image, frame: briefing.Frame{
		ID: hex.EncodeToString(id[:]), Width: width, Height: height, At: at.UTC(),
	}}
}

// fitted returns the size of a picture within the bounds, with the proportions of the original.
func fitted(r image.Rectangle) (width, height int) {
	width, height = r.Dx(), r.Dy()
	if width > maxWidth {
		width, height = maxWidth, height*maxWidth/width
	}
	if height > maxHeight {
		width, height = width*maxHeight/height, maxHeight
	}
	return max(1, width), max(1, height)
}

// compact reduces a decoded frame that takes much memory.
func (p *picture) compact() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decoded != nil && sizeOf(p.decoded) > maxPending {
		p.encode()
	}
}

// jpeg returns the picture as JPEG. A frame that cannot be encoded is ErrNotFound.
func (p *picture) jpeg() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decoded != nil {
		p.encode()
	}
	if p.encoded == nil {
		return nil, fmt.Errorf("%w: the frame cannot be encoded", briefing.ErrNotFound)
	}
	return p.encoded, nil
}

// encode encodes the frame and releases the decoded one. An image of a foreign picture may panic
// when its pixels are read. The caller must hold mu.
func (p *picture) encode() {
	img := p.decoded
	p.decoded = nil
	defer func() { _ = recover() }()
	if b := img.Bounds(); b.Dx() != p.frame.Width || b.Dy() != p.frame.Height {
		img = scaled(img, p.frame.Width, p.frame.Height)
	}
	var w bytes.Buffer
	if jpeg.Encode(&w, img, &jpeg.Options{Quality: quality}) == nil {
		p.encoded = w.Bytes()
	}
}

// scaled returns a smaller copy of an image. Each pixel is the mean of four samples of its area.
func scaled(img image.Image, width, height int) image.Image {
	b := img.Bounds()
	at := func(x, y int) color.RGBA64 {
		r, g, bl, a := img.At(x, y).RGBA()
		return color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(bl), A: uint16(a)}
	}
	if fast, ok := img.(image.RGBA64Image); ok {
		at = fast.RGBA64At // makes no garbage
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		top, low := b.Min.Y+(4*y+1)*b.Dy()/(4*height), b.Min.Y+(4*y+3)*b.Dy()/(4*height)
		for x := range width {
			left, right := b.Min.X+(4*x+1)*b.Dx()/(4*width), b.Min.X+(4*x+3)*b.Dx()/(4*width)
			four := [4]color.RGBA64{at(left, top), at(right, top), at(left, low), at(right, low)}
			var red, green, blue uint32
			for _, c := range four {
				red, green, blue = red+uint32(c.R), green+uint32(c.G), blue+uint32(c.B)
			}
			small.SetRGBA(x, y, color.RGBA{
				R: uint8(red >> 10), G: uint8(green >> 10), B: uint8(blue >> 10), A: 255,
			})
		}
	}
	return small
}

// sizeOf returns the bytes of an image's pixels.
func sizeOf(img image.Image) int {
	switch img := img.(type) {
	case *image.YCbCr:
		return len(img.Y) + len(img.Cb) + len(img.Cr)
	case *image.RGBA:
		return len(img.Pix)
	case *image.Gray:
		return len(img.Pix)
	}
	return img.Bounds().Dx() * img.Bounds().Dy() * 8
}
