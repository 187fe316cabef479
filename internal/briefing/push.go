package briefing

import (
	"context"
	"time"
)

// PushedFor is how long the newest picture of a device is stored. It exceeds the longest interval
// of a request, which is a day.
const PushedFor = 25 * time.Hour

// MaxPushLen is the most bytes of a picture that a device sends.
const MaxPushLen = 10 << 20

// PictureReader reads the pictures that devices send. Its methods are safe for concurrent use.
type PictureReader interface {
	// ReadPicture decodes a JPEG or PNG picture within the bounds of cameras and turns it upright.
	// It returns the picture encoded anew as JPEG, without metadata, black where the masks are, and
	// its size. Damaged pictures are refused. The errors are ctx's and a PictureError.
	ReadPicture(ctx context.Context, b []byte, masks []Polygon) (jpeg []byte, width, height int, err error)
}

// PictureError is an error of the kind ErrInvalid: bytes are no picture that can be read.
type PictureError struct {
	Reason TroubleReason
	Format string // the name of a format that cannot be read, such as "WebP"; empty: unknown
}

// Error returns a sentence for the sender.
func (e *PictureError) Error() string {
	switch {
	case e.Reason == TroubleTooLarge:
		return "the picture is too large: send at most 10 MiB and 40 million pixels"
	case e.Reason == TroubleFormat && e.Format != "", e.Reason == TroubleVideo && e.Format != "":
		return "the picture is " + e.Format + ", which cannot be read: send JPEG or PNG"
	case e.Reason == TroubleBroken:
		return "the picture is damaged: send it again"
	}
	return "the body is no picture: send JPEG or PNG"
}

// Is makes errors.Is(err, ErrInvalid) true.
func (e *PictureError) Is(target error) bool { return target == ErrInvalid }
