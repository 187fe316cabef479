package camera

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"time"

	"golang.org/x/sync/semaphore"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// PushedFrames has the newest picture that a device has sent. briefing.FrameStore implements it.
type PushedFrames interface {
	PushedFrame(ctx context.Context, camera briefing.CameraID) (briefing.StoredFrame, error)
}

// pushed is the source of a camera whose device sends pictures to this server or another one on the
// same store. One goroutine at a time calls Frame.
type pushed struct {
	frames PushedFrames
	camera briefing.CameraID
	last   string // id of the last picture
}

// OpenPushed returns the source of a camera whose device sends pictures. It waits for none: it has
// the newest picture, which may be old.
func OpenPushed(frames PushedFrames, camera briefing.CameraID) pipeline.Source {
	return &pushed{frames: frames, camera: camera}
}

// Frame implements pipeline.Source. A picture that comes a second time is no sign of a fault.
func (p *pushed) Frame(ctx context.Context) (pipeline.Frame, error) {
	stored, err := p.frames.PushedFrame(ctx, p.camera)
	switch {
	case errors.Is(err, briefing.ErrNotFound):
		return pipeline.Frame{}, away(briefing.TroublePushWaiting, "no picture was sent")
	case ctx.Err() != nil:
		return pipeline.Frame{}, ctx.Err()
	case err != nil:
		return pipeline.Frame{}, &pipeline.Trouble{State: briefing.CameraAway, Err: err}
	}
	f, err := frameOf(ctx, stored.JPEG, stored.At)
	if err != nil {
		return pipeline.Frame{}, err
	}
	f.Pushed, f.Still = true, stored.ID == p.last
	p.last = stored.ID
	return f, nil
}

// Close implements pipeline.Source.
func (p *pushed) Close() error { return nil }

// Pushed pictures are stored as JPEG of this quality, at most pushedSide pixels a side.
const (
	pushedQuality = 85
	pushedSide    = 1920
)

// decodingPushed lets one pushed picture at a time be decoded. A queue of large ones would have the
// memory for decoding, and so delay the pictures that runs wait for.
var decodingPushed = semaphore.NewWeighted(1)

// Reader is a briefing.PictureReader with the bounds of this package.
type Reader struct{}

var _ briefing.PictureReader = Reader{}

// ReadPicture implements briefing.PictureReader.
func (Reader) ReadPicture(
	ctx context.Context, b []byte, masks []briefing.Polygon,
) (encoded []byte, width, height int, err error) {
	defer func() { // an image of a foreign picture may panic when its pixels are read
		if recover() != nil {
			encoded, err = nil, &briefing.PictureError{Reason: briefing.TroubleBroken}
		}
	}()
	if len(b) > maxBytes {
		return nil, 0, 0, &briefing.PictureError{Reason: briefing.TroubleTooLarge}
	}
	if err := decodingPushed.Acquire(ctx, 1); err != nil {
		return nil, 0, 0, err
	}
	defer decodingPushed.Release(1)
	f, err := frameOf(ctx, b, time.Time{})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, 0, 0, ctx.Err()
	case err != nil:
		return nil, 0, 0, unreadable(err)
	case f.Damaged:
		return nil, 0, 0, &briefing.PictureError{Reason: briefing.TroubleBroken}
	}
	img := f.Image
	width, height = img.Bounds().Dx(), img.Bounds().Dy()
	if longest := max(width, height); longest > pushedSide {
		width, height = max(1, width*pushedSide/longest), max(1, height*pushedSide/longest)
		img = pipeline.Scaled(img, width, height)
	}
	var w bytes.Buffer
	err = jpeg.Encode(&w, pipeline.Mask(img, masks), &jpeg.Options{Quality: pushedQuality})
	if err != nil {
		return nil, 0, 0, &briefing.PictureError{Reason: briefing.TroubleBroken}
	}
	return w.Bytes(), width, height, nil
}

// unreadable returns the error for the sender of a picture that cannot be decoded.
func unreadable(err error) error {
	t, ok := errors.AsType[*pipeline.Trouble](err)
	if !ok {
		return &briefing.PictureError{Reason: briefing.TroubleBroken}
	}
	e := &briefing.PictureError{Reason: t.Reason}
	if t.Reason == briefing.TroubleFormat || t.Reason == briefing.TroubleVideo {
		e.Format = t.Words
	}
	return e
}
