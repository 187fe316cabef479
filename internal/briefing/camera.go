package briefing

import "time"

// Camera is a camera as one process sees it.
type Camera struct {
	ID        CameraID
	Name      string // for the owner
	Health    CameraHealth
	LastFrame *Frame // nil: no picture yet, or pictures are not retained
}

// CameraHealth is the state of a camera.
type CameraHealth struct {
	State CameraState
	Since time.Time // since when the camera has this state, UTC
	// Detail is one Korean sentence with the next step for the owner. It has no credentials and no
	// address. It is empty if all is well.
	Detail string
}

// CameraState is a state of a camera. The values are public.
type CameraState string

// The states that a process can tell apart.
const (
	CameraOK         CameraState = "OK"         // pictures come and can be read
	CameraAway       CameraState = "OFFLINE"    // no picture comes
	CameraRefused    CameraState = "REFUSED"    // the camera refuses the credentials
	CameraIllegible  CameraState = "UNREADABLE" // something comes that is not a picture
	CameraDark       CameraState = "DARK"       // it is too dark to see
	CameraUnobserved CameraState = "UNKNOWN"    // there was no run yet
)

// Frame describes a picture that a process has in memory.
type Frame struct {
	ID            string // 32 hex digits, chosen at random
	Width, Height int    // of the JPEG, in pixels
	At            time.Time
}

// Cameras shows the cameras of a process. Its methods are safe for concurrent use.
type Cameras interface {
	// Camera returns a camera, or ErrNotFound. It waits for no camera.
	Camera(id CameraID) (Camera, error)
	// Picture returns the picture of a frame as JPEG, or ErrNotFound if the frame is not one of the
	// last two of a camera. The one before the last serves callers that have just read its ID. The
	// caller must not change the bytes.
	Picture(frame string) ([]byte, error)
}
