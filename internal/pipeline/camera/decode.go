package camera

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // cameras give JPEG
	_ "image/png"  // folders may also have PNG
	"io"

	"bis/internal/pipeline"
)

// Bounds of a picture, checked before it is decoded: a PNG of a few kilobytes can announce
// gigabytes of pixels. A 4K camera gives 8 million pixels, so three times that is generous. The
// bound on memory admits a progressive JPEG of 4K and a photograph of 24 million pixels.
const (
	maxBytes   = 10 << 20 // of the file
	maxPixels  = 25_000_000
	maxDecoded = 96 << 20 // bytes of memory for decoding
)

// readPicture reads the bytes of one picture. It returns ErrUnreadable for more than maxBytes, and
// ErrOffline if a read fails.
func readPicture(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return nil, offline(err)
	case len(b) > maxBytes:
		return nil, fmt.Errorf("%w: more than %d bytes", pipeline.ErrUnreadable, maxBytes)
	}
	return b, nil
}

// decode decodes a JPEG or PNG picture by its first bytes, not by a content type or a file name.
// For every fault, even a panic of the decoder, it returns ErrUnreadable. It waits while other
// pictures use the memory for decoding. If ctx ends during the wait, it returns ctx's error.
func decode(ctx context.Context, b []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w: decoder panicked: %v", pipeline.ErrUnreadable, p)
		}
	}()
	size, format, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", pipeline.ErrUnreadable, err)
	case size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height:
		return nil, fmt.Errorf("%w: %d x %d pixels",
			pipeline.ErrUnreadable, size.Width, size.Height)
	}
	memory := decodedBytes(b, size, format)
	if memory > maxDecoded {
		return nil, fmt.Errorf("%w: it takes %d bytes to decode", pipeline.ErrUnreadable, memory)
	}
	if err := decoding.Acquire(ctx, memory); err != nil {
		return nil, err
	}
	defer decoding.Release(memory)
	if img, _, err = image.Decode(bytes.NewReader(b)); err != nil {
		return nil, fmt.Errorf("%w: %w", pipeline.ErrUnreadable, err)
	}
	return img, nil
}
