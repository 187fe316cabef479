package camera

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the two formats that cameras give
	_ "image/png"
	"io"

	"bis/internal/pipeline"
)

// Bounds of a picture, held before it is decoded. Few cameras exceed 8 million pixels.
const (
	maxBytes  = 10 << 20
	maxPixels = 25_000_000
)

// readPicture reads a picture's bytes. More than maxBytes is ErrUnreadable, a broken reading ErrOffline.
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

// decode decodes a JPEG or PNG. Whatever is wrong with it is ErrUnreadable.
func decode(b []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w: decoder panicked: %v", pipeline.ErrUnreadable, p)
		}
	}()
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", pipeline.ErrUnreadable, err)
	case size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height:
		return nil, fmt.Errorf("%w: %d x %d pixels", pipeline.ErrUnreadable, size.Width, size.Height)
	}
	if img, _, err = image.Decode(bytes.NewReader(b)); err != nil {
		return nil, fmt.Errorf("%w: %w", pipeline.ErrUnreadable, err)
	}
	return img, nil
}
