package briefing

import (
	"context"
	"time"
)

// FrameKind says why a picture is stored. The values are stored.
type FrameKind string

// The kinds of stored pictures.
const (
	FrameLast    FrameKind = "last"    // the last picture of a camera
	FrameChanged FrameKind = "changed" // it differs from the picture before
	FramePushed  FrameKind = "pushed"  // the newest one that a device has sent, for the next run
)

// StoredFrame is a picture as it is stored.
type StoredFrame struct {
	Frame
	CameraID  CameraID
	Username  string    // of the camera's user
	RequestID RequestID // whose run made the picture; empty: a device sent it
	Kind      FrameKind
	Until     time.Time // when it is deleted
	View      string    // the camera's View or PushedView that it was made with
	JPEG      []byte    // black where the camera's masks are
}

// MaxFrameLen is the most bytes of one stored picture.
const MaxFrameLen = 8 << 20

// FrameStore stores pictures of cameras, apart from everything else: they are large, and the newest
// one may be lost. Its methods are safe for concurrent use, and their errors have the kinds of
// Store. Times are in UTC and whole milliseconds. Package storetest has a check for each sentence.
//
// A picture may be read until it is deleted or its Until has passed. The store deletes the oldest
// pictures of all cameras, by At, while all together exceed its bound in bytes. Other processes on
// the same data may exceed it for up to a minute.
//
// A saved picture survives the end of the process. It need not survive the loss of power.
type FrameStore interface {
	// SaveFrame stores a picture. ID has 32 lower-case hex digits, and no other picture has it.
	//
	// A camera has one FrameLast: a FrameLast or FrameChanged that is not older replaces it, and a
	// FrameLast that is older than any of both is not stored. A camera has one FramePushed, the
	// newest. More than MaxFrameLen bytes, or none, are an InvalidError on field "jpeg".
	SaveFrame(ctx context.Context, f StoredFrame) error
	// StoredFrame returns a picture by its ID, or ErrNotFound. A FramePushed is ErrNotFound here.
	StoredFrame(ctx context.Context, id string) (StoredFrame, error)
	// FrameSizes describes those of the pictures that StoredFrame finds, by ID, in one round trip.
	FrameSizes(ctx context.Context, ids []string) (map[string]Frame, error)
	// LastFrames describes the newest picture of each of the cameras, in one round trip. Those of
	// FramePushed do not count. Cameras without a picture are left out.
	LastFrames(ctx context.Context, cameras []CameraID) (map[CameraID]Frame, error)
	// PushedFrame returns the FramePushed of a camera, or ErrNotFound.
	PushedFrame(ctx context.Context, camera CameraID) (StoredFrame, error)
	// DeleteFrames deletes the pictures that match, for good. Without a match it does nothing.
	DeleteFrames(ctx context.Context, of FramesOf) error
	// DeleteExpired deletes the pictures whose Until has passed.
	DeleteExpired(ctx context.Context) error
	// FrameCameras returns the cameras that have pictures, in no order. Their pictures outlive a
	// deletion that was broken off.
	FrameCameras(ctx context.Context) ([]CameraID, error)
	// Close waits for calls under way. Later calls return ErrUnavailable. It may be called twice.
	Close() error
}

// FramesOf selects stored pictures. Without a user and without a camera it selects none.
type FramesOf struct {
	Username string      // of this user, in every spelling of the name
	CameraID CameraID    // of this camera
	Kinds    []FrameKind // of these kinds; empty: of all
	Before   time.Time   // taken before this time; zero: at any time
	NotView  string      // with another View than this; empty: with any
}

// Check returns an InvalidError unless a picture may be stored. Stores call it.
func (f StoredFrame) Check() error {
	switch {
	case len(f.JPEG) == 0 || len(f.JPEG) > MaxFrameLen:
		return Invalid("jpeg", "must have 1 to %d bytes", MaxFrameLen)
	case !ValidFrameID(f.ID):
		return Invalid("id", "must be 32 lower-case hexadecimal digits")
	case f.Kind != FrameLast && f.Kind != FrameChanged && f.Kind != FramePushed:
		return Invalid("kind", "must be %s, %s or %s", FrameLast, FrameChanged, FramePushed)
	}
	return nil
}

// Stored returns a picture as it is stored and read back.
func (f StoredFrame) Stored() StoredFrame {
	f.At, f.Until = inMillis(f.At), inMillis(f.Until)
	return f
}

// ValidFrameID reports whether a text has the form of a Frame's ID.
func ValidFrameID(id string) bool {
	if len(id) != 32 {
		return false
	}
	for _, r := range []byte(id) {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}
