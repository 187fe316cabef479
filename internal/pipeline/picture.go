package pipeline

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"sync"
	"time"

	"bis/internal/briefing"
)

// quality is that of a JPEG picture.
const quality = 80

// picture is a frame that may be shown. It is encoded when it is first read, because most frames
// are never read, and a run must not wait for it. A picture is safe for concurrent use.
type picture struct {
	frame briefing.Frame
	owner string             // of a stored camera; empty: of the settings
	masks []briefing.Polygon // black in the JPEG
	// blur encodes the frame with blurred people. Nil: nothing is blurred.
	blur func() ([]byte, bool)

	mu      sync.Mutex  // guards the fields below
	decoded image.Image // nil: encoded
	encoded []byte      // nil: not encoded yet, or the encoder failed
}

// newPicture returns the picture of a frame. It encodes nothing.
func newPicture(f Frame, masks []briefing.Polygon, now time.Time) *picture {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	at := f.At
	if at.IsZero() {
		at = now
	}
	width, height := fitted(f.Image.Bounds())
	return &picture{decoded: f.Image, masks: masks, frame: briefing.Frame{
		ID: hex.EncodeToString(id[:]), Width: width, Height: height, At: at.UTC(),
	}}
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

// size returns the bytes that the picture takes, decoded and encoded.
func (p *picture) size() (decoded, encoded int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decoded != nil {
		decoded = sizeOf(p.decoded)
	}
	return decoded, len(p.encoded)
}

// encode encodes the frame with its masks and releases the decoded one. An image of a foreign
// picture may panic when its pixels are read. The caller must hold mu.
func (p *picture) encode() {
	img := p.decoded
	p.decoded = nil
	defer func() { _ = recover() }()
	if p.blur != nil {
		blur := p.blur
		p.blur = nil
		if b, ok := blur(); ok {
			p.encoded = b
		}
		return
	}
	if b := img.Bounds(); b.Dx() != p.frame.Width || b.Dy() != p.frame.Height {
		img = scaled(img, p.frame.Width, p.frame.Height)
		paint(img, p.masks) // nobody else has the scaled image
	} else {
		img = Mask(img, p.masks)
	}
	var w bytes.Buffer
	if jpeg.Encode(&w, img, &jpeg.Options{Quality: quality}) == nil {
		p.encoded = w.Bytes()
	}
}

// conceal makes a picture one with blurred people. It has another size.
func (p *picture) conceal(f Frame, by Privacy) {
	p.frame.Width, p.frame.Height = Leaving(f.Image.Bounds().Dx(), f.Image.Bounds().Dy())
	p.blur = func() ([]byte, bool) { return by.Picture(f, p.masks, briefing.EgressBlurred) }
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
