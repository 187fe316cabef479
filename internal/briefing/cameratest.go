package briefing

import (
	"context"
	"time"
)

// CameraTrial is a camera to test. It may have been saved or not.
type CameraTrial struct {
	Camera Camera
	// Plain has the credentials of input that is not saved, in the form that Sealer.Seal encrypts.
	// Empty: Camera.Credentials are valid.
	Plain string
}

// CameraTest is the result of a test.
type CameraTest struct {
	// Health has the state that the test saw, and the camera's own words when it refuses. A test
	// has no past, so it cannot find what several runs show, such as a frozen picture.
	Health CameraHealth
	// Frame describes JPEG. Nil means that no picture came. Cameras.Picture does not find its ID.
	Frame *Frame
	JPEG  []byte // the picture, black where the masks are; nil: none came
	// Width and Height are of the picture that came, in pixels. JPEG may be smaller.
	Width, Height int
	Facts         Facts
	Took          time.Duration // until the picture came, or until the camera failed
	// Certificate is the fingerprint of the camera's self-signed certificate, also of one that the
	// test refused because another one was accepted. A save with it accepts it. Empty: it has none.
	Certificate string
	// Tiles are the tiles of the change gate that differ from the background. Nil: the test has no
	// background to compare with.
	Tiles *Tiles
	// Leaves returns what would leave to a provider with an egress, as JPEG. With EgressCounts, and
	// after a fault, ok is false. Nil: no picture came.
	Leaves func(egress Egress) (jpeg []byte, ok bool)
}

// CameraTester tests cameras.
type CameraTester interface {
	// Test gets one picture of a camera now and measures it. It opens a source of its own, so it
	// changes nothing for runs of that camera. A camera that fails is a result, not an error.
	//
	// At most four tests run at once. One more is ErrRateLimited. A test that takes longer than ten
	// seconds has the state CameraAway. The other errors are ctx's, an InvalidError for a camera
	// that cannot be opened as it is, and ErrUnavailable.
	Test(ctx context.Context, trial CameraTrial) (CameraTest, error)
}

// Tiles divides a picture into a grid of tiles.
type Tiles struct {
	Columns, Rows int
	Busy          []bool // by rows: somebody may be there
}
