package camera

import (
	"bytes"
	"context"
	"image"
	"image/color"
	_ "image/jpeg" // cameras give JPEG
	_ "image/png"  // folders may also have PNG
	"io"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Bounds of a picture, checked before it is decoded: a PNG of a few kilobytes can announce
// gigabytes of pixels. A camera of 8K gives 33 million pixels. The bound on memory admits a JPEG of
// 40 million pixels with the usual subsampling, and a progressive JPEG of 4K. Larger JPEGs are
// decoded at an eighth of their size.
const (
	maxBytes   = 10 << 20 // of the file
	maxPixels  = 40_000_000
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
		return nil, illegible(briefing.TroubleTooLarge, "more than %d bytes", maxBytes)
	}
	return b, nil
}

// frameOf decodes a JPEG or PNG picture by its bytes, not by a content type or a file name. It
// mends what cameras leave out, turns the picture as its EXIF data say, and scales it down to
// maxSide. A picture whose end is missing becomes a damaged frame.
//
// The error for every fault, even a panic of the decoder, is a Trouble of the kind ErrUnreadable.
// frameOf waits while other pictures use the memory for decoding. If ctx ends during the wait, it
// returns ctx's error.
//
// The frame holds b, which the caller must not change afterwards.
func frameOf(ctx context.Context, b []byte, at time.Time) (pipeline.Frame, error) {
	f, err := decodeFrame(ctx, b)
	if err != nil {
		return pipeline.Frame{}, err
	}
	f.At, f.Encoded = at, b
	f.Decode = func(b []byte) (image.Image, error) {
		again, err := decodeFrame(context.WithoutCancel(ctx), b)
		return again.Image, err
	}
	return f, nil
}

// decodeFrame is frameOf for a frame without a time.
func decodeFrame(ctx context.Context, b []byte) (f pipeline.Frame, err error) {
	defer func() {
		if p := recover(); p != nil {
			f = pipeline.Frame{}
			err = illegible(briefing.TroubleBroken, "decoder panicked: %v", p)
		}
	}()
	b, orientation, short, err := prepared(b)
	if err != nil {
		return pipeline.Frame{}, err
	}
	if err := undecodable(b); err != nil {
		return pipeline.Frame{}, err
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil:
		return pipeline.Frame{}, illegible(briefing.TroubleBroken, "%w", err)
	case size.Width <= 0 || size.Height <= 0:
		return pipeline.Frame{}, illegible(briefing.TroubleBroken, "it has no pixels")
	case size.Width > maxPixels/size.Height:
		return pipeline.Frame{}, illegible(briefing.TroubleTooLarge,
			"%d x %d pixels", size.Width, size.Height)
	}
	memory, decoder := decodedBytes(b, size, format), decodeMended
	if memory > maxDecoded && format == "jpeg" && size.ColorModel != color.CMYKModel {
		memory, decoder = eighthBytes(size), decodeEighth
	}
	if memory > maxDecoded {
		return pipeline.Frame{}, illegible(briefing.TroubleTooLarge,
			"it takes %d bytes to decode", memory)
	}
	if err := decoding.Acquire(ctx, memory); err != nil {
		return pipeline.Frame{}, err
	}
	defer decoding.Release(memory)
	img, damaged, err := decoder(b)
	if err != nil {
		return pipeline.Frame{}, illegible(briefing.TroubleBroken, "%w", err)
	}
	img = turned(reduced(img), orientation)
	return pipeline.Frame{Image: img, Damaged: damaged || short}, nil
}

// prepared returns the bytes of a picture without what surrounds it, mended if it is a JPEG, and
// its orientation. short says that scans of a progressive JPEG are missing, which decoders accept.
func prepared(b []byte) (picture []byte, orientation int, short bool, err error) {
	var s scanner
	s.feed(b)
	found, err := s.next()
	if err != nil {
		return nil, 1, false, err
	}
	if found == nil {
		if found = s.rest(); found == nil {
			return nil, 1, false, s.fault(briefing.Source{})
		}
	}
	if bytes.HasPrefix(found, pngMagic) {
		return found, 1, false, nil
	}
	found, ended := mended(found)
	h := readHeader(found)
	return found, h.orientation, h.kind == markerSOF2 && !ended && !allScans(found), nil
}

// decodeMended decodes a picture. A JPEG whose end is missing is completed first, and damaged.
func decodeMended(b []byte) (img image.Image, damaged bool, err error) {
	img, format, err := image.Decode(bytes.NewReader(b))
	if err == nil || format == "png" || bytes.HasPrefix(b, pngMagic) {
		return img, false, err
	}
	whole, damaged, ok := completed(b)
	if !ok {
		return nil, false, err
	}
	img, _, err = image.Decode(bytes.NewReader(whole))
	return img, damaged, err
}

// decode is frameOf for callers that need the image alone.
func decode(ctx context.Context, b []byte) (image.Image, error) {
	f, err := frameOf(ctx, b, time.Time{})
	return f.Image, err
}
