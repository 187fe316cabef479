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
	view  string             // of the camera that it was made with
	masks []briefing.Polygon // black in the JPEG

	encoding sync.Mutex // held while the picture is encoded, which may take seconds

	mu      sync.Mutex  // guards the fields below, and is held for a moment
	blur    blurring    // nil: nothing is blurred
	decoded image.Image // nil: released
	source  Frame       // its Encoded and Decode give the image again; zero: they do not
	encoded []byte      // nil: not encoded yet, or the encoder failed
}

// blurring encodes a frame's image with blurred people.
type blurring func(image.Image) ([]byte, bool)

// newPicture returns the picture of a frame. It encodes nothing.
func newPicture(f Frame, masks []briefing.Polygon, now time.Time) *picture {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	at := f.At
	if at.IsZero() {
		at = now
	}
	width, height := fitted(f.Image.Bounds())
	p := &picture{decoded: f.Image, masks: masks, frame: briefing.Frame{
		ID: hex.EncodeToString(id[:]), Width: width, Height: height, At: at.UTC(),
	}}
	if f.Decode != nil && len(f.Encoded) > 0 {
		p.source = Frame{Encoded: f.Encoded, Decode: f.Decode}
	}
	return p
}

// jpeg returns the picture as JPEG. A frame that cannot be encoded is ErrNotFound. Simultaneous
// callers wait for one encoding.
func (p *picture) jpeg() ([]byte, error) {
	p.encoding.Lock()
	defer p.encoding.Unlock()
	b, _ := p.ready()
	if b == nil {
		b = p.encode()
	}
	if b == nil {
		return nil, fmt.Errorf("%w: the frame cannot be encoded", briefing.ErrNotFound)
	}
	return b, nil
}

// ready returns the JPEG, or nil, and whether the image can be decoded again.
func (p *picture) ready() (encoded []byte, again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.encoded, p.source.Decode != nil
}

// compact releases the decoded frame. It encodes the frame if nothing else gives it again. While
// another goroutine encodes the picture, it has released the frame and does not wait.
func (p *picture) compact() {
	if b, again := p.ready(); b == nil && !again && p.encoding.TryLock() {
		if b, _ := p.ready(); b == nil {
			p.encode()
		}
		p.encoding.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decoded = nil
}

// size returns the bytes that the picture takes, decoded and encoded.
func (p *picture) size() (decoded, encoded int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decoded != nil {
		decoded = sizeOf(p.decoded)
	}
	return decoded, len(p.encoded) + len(p.source.Encoded)
}

// encode encodes the frame with its masks, and releases what it was made from. It returns nil if
// that fails: an image of a foreign picture may panic when its pixels are read. The caller must
// hold encoding, and not mu.
func (p *picture) encode() (encoded []byte) {
	p.mu.Lock()
	img, source, blur := p.decoded, p.source, p.blur
	p.decoded, p.source, p.blur = nil, Frame{}, nil
	p.mu.Unlock()
	defer func() {
		if recover() != nil {
			encoded = nil
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.encoded = encoded
	}()
	if img == nil && source.Decode != nil {
		img, _ = source.Decode(source.Encoded) // nil after an error
	}
	if img == nil {
		return nil
	}
	if blur != nil {
		if b, ok := blur(img); ok {
			return b
		}
		return nil
	}
	if b := img.Bounds(); b.Dx() != p.frame.Width || b.Dy() != p.frame.Height {
		img = scaled(img, p.frame.Width, p.frame.Height)
		paint(img, p.masks) // nobody else has the scaled image
	} else {
		img = Mask(img, p.masks)
	}
	var w bytes.Buffer
	if jpeg.Encode(&w, img, &jpeg.Options{Quality: quality}) != nil {
		return nil
	}
	return w.Bytes()
}

// conceal makes a picture one with blurred people. It has another size.
func (p *picture) conceal(f Frame, by Privacy) {
	p.frame.Width, p.frame.Height = Leaving(f.Image.Bounds().Dx(), f.Image.Bounds().Dy())
	f.Image, f.Encoded, f.Decode = nil, nil, nil // the picture retains one of them
	p.blur = func(img image.Image) ([]byte, bool) {
		of := f
		of.Image = img
		return by.Picture(of, p.masks, briefing.EgressBlurred)
	}
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
