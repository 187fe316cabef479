// Package pipeline turns a tick into a report: a camera frame, the facts measured on it,
// and a caption that says no more than those facts.
//
// It offers Pipeline, which implements briefing.Runner, and the interfaces of its stages. Each
// stage is a folder: camera returns frames, measure computes facts, counting gives turns at a
// detector, wording and model write captions and summaries. A stage imports this package for Frame
// and Facts. This package imports no stage; internal/app joins them.
//
// It promises that a run always ends: a camera has FrameTimeout, a captioner has the time until the
// next tick, and a panic in a stage fails one run. Runs of one camera at the same moment share one
// frame and one measurement. A run whose picture is as in an earlier run of its request repeats the
// counts of that run, without a detector and a model. The pipeline has the state of each camera,
// and on request its last frame, in memory alone.
//
// It leaves to others when a run is due (schedule), and the storing of its report.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"bis/internal/briefing"
)

// Frame is one decoded picture of a camera, turned upright.
type Frame struct {
	Image image.Image
	At    time.Time // when the picture was taken, or received if the source has no better time
	// Damaged says that a part of the picture is missing: it was cut on its way. Such a picture
	// may be shown, but nothing is counted on it.
	Damaged bool
	// Still says that equal pictures in a row are no sign of a fault, as those of a file are.
	Still bool
	// Encoded has the bytes from which Decode makes the image again. A frame that is retained for
	// its picture then needs neither its pixels nor an encoding that nobody may read. Both are
	// optional. Decode is called at most once, by any goroutine, and must not change Encoded.
	Encoded []byte
	Decode  func(encoded []byte) (image.Image, error)
	// Pushed says that a device has sent the picture, so that an old one means that it stopped.
	Pushed bool
	// Changed are the parts that differ from the background, which may be people. Nil means that
	// nobody knows: all of the picture may show people. Measurements set it.
	Changed []Region
	// Unsure are the parts of which nobody knows that they are free of people, beside Changed: they
	// may show a person who was there when the background was learnt. Measurements set it.
	Unsure []Region
	// People are the boxes of people that a detector has found in the picture, or in an earlier one
	// that it equals. It may have missed some.
	People []Region
}

// Region is a rectangle of a picture, in shares of its width and height, 0 to 1.
type Region struct{ X0, Y0, X1, Y1 float64 }

// Facts is what was measured on a frame.
type Facts = briefing.Facts

// The errors of a camera that gives no frame. Sources wrap them, and a report states which one it
// was.
var (
	// ErrOffline means that no picture came, or none in time.
	ErrOffline = errors.New("camera offline")
	// ErrUnreadable means that the bytes that came are not a picture, or that the picture exceeds
	// the bounds.
	ErrUnreadable = errors.New("camera unreadable")
	// ErrRefused is an ErrOffline: the camera refuses the credentials.
	ErrRefused = fmt.Errorf("%w: it refuses the credentials", ErrOffline)
	// ErrStale means that the camera's picture is older than the caller accepts.
	ErrStale = errors.New("camera stale")
)

// Source returns the frames of one camera.
type Source interface {
	// Frame returns a current frame. Its error is ctx's own, or one of the kinds above, with a
	// Trouble in its chain if the reason is known.
	// One goroutine calls it at a time, and its deadline is that of ctx.
	Frame(ctx context.Context) (Frame, error)
	// Close releases the source's connections and files. It may be called while Frame runs, and
	// more than once. The pipeline cancels the ctx of a running Frame before it calls Close.
	Close() error
}

// Burster is a Source that can return several frames within a run.
type Burster interface {
	// Burst returns 1 to n frames, each about apart after the one before, in order. Frames that
	// are broken are left out while one is good. The errors are those of Frame.
	Burst(ctx context.Context, n int, apart time.Duration) ([]Frame, error)
}

// Measurer turns one camera's frames into facts. It compares each burst with earlier ones of that
// camera, so each camera has its own. One goroutine calls it at a time.
type Measurer interface {
	// Measure returns what the frames of one run show. It cannot fail: frames that show nothing
	// give facts whose Counted is false. A burst has at least one frame, in the order of time.
	Measure(burst []Frame) Measurement
}

// Cloner is a Measurer that can be copied, so that a test of a camera knows what its runs know.
type Cloner interface {
	// Clone returns a copy that learns by itself. It is not called while Measure runs.
	Clone() Measurer
}

// Box is a thing that was found in a picture.
type Box = briefing.Box

// Sketch is what the change gate needs of a measured picture. It is immutable, small, and safe for
// concurrent use.
type Sketch interface {
	// Differs reports whether somebody may have come, gone or moved since an earlier sketch of the
	// same measurer. Noise, compression and the camera's exposure are no difference. A sketch of
	// another size, or of another light, differs.
	Differs(before Sketch) bool
	// Tiles divides the picture into a grid and returns the tiles, by rows, that differ from the
	// background, where somebody may be.
	Tiles() (columns, rows int, busy []bool)
}

// Counter lets captures count by a detector, in turns. It is called concurrently.
type Counter interface {
	// Count returns what a detector finds in the pictures of a burst, at least the last one. If ok
	// is false, no detector counts: there is none, it has failed, or this capture got no turn
	// within wait. Motion counts then. Count returns at once when ctx ends.
	Count(ctx context.Context, burst []image.Image, wait time.Duration) (found Found, ok bool)
	// Provider returns the provider that gets the pictures, as in briefing.ProviderEgress. It is
	// empty if they stay on this machine or in its network. A provider gets the pictures of those
	// cameras alone that let it have full ones.
	Provider() string
}

// Found is what a detector has found in a burst.
type Found struct {
	Pictures [][]Box // by picture, in the order of time; never empty
	Method   briefing.CountMethod
	Detector string // the name for Facts.Detector
}

// Measurement is the result of a Measurer.
type Measurement struct {
	Facts Facts
	// State is CameraOK, or the trouble that the frames show: CameraFrozen, CameraDark,
	// CameraCovered, CameraBlurred, CameraMoved or CameraLightChange. Facts.Counted is false
	// unless the state is CameraOK.
	State briefing.CameraState
	// Changed and Unsure are those of the last frame.
	Changed, Unsure []Region
	// Found are the people that the measurer counted, by picture. It is nil unless Facts.Counted.
	Found [][]Box
	// Sketch is that of the last picture. Nil unless Facts.Counted.
	Sketch Sketch
}

// Privacy prepares pictures for other eyes. It is called concurrently.
type Privacy interface {
	// Picture returns a frame as JPEG, black where the masks are, as an egress allows. With
	// EgressCounts, and after any fault, ok is false and nothing may leave. Leaving has the size.
	Picture(f Frame, masks []briefing.Polygon, egress briefing.Egress) (jpeg []byte, ok bool)
}

// Keeper stores pictures.
type Keeper interface {
	// Keep stores a picture later, or drops it. It returns at once.
	Keep(f briefing.StoredFrame)
}

// CaptionInput is everything that a caption may use.
type CaptionInput struct {
	// Username is the owner, whose budget pays for questions to a model. Empty means nobody.
	Username string
	// At is the moment of the tick, in the owner's time zone.
	At    time.Time
	Facts Facts
	// Previous has the facts of this request's previous run. Nil means that they are unknown: this
	// is the first run, the server was restarted, or runs were missed.
	Previous *Facts
	// Degraded says why the camera gave no frame. Empty means that it gave one.
	Degraded briefing.Degraded
	// LastSeen is the moment of the camera's last good frame. Zero means never.
	LastSeen time.Time
	// Unchanged says that the run repeats an earlier one. Code words it: no model is called.
	Unchanged bool
	// Custom has the user's style lines. They may change how a caption sounds, never what it
	// states.
	Custom []string
	// Within is the time left until the next tick. Zero means no bound.
	Within time.Duration
}

// Caption is a caption in words.
type Caption struct {
	Text   string // one line, never empty
	Source string // "template", or the name of the model that wrote the lines of the style
	// Headline has at most 20 characters.
	Headline string
	Made     briefing.Made
	// Degraded is ModelUnavailable or BudgetSpent when built-in lines speak in place of those of
	// a configured model. It is empty while a model still writes them.
	Degraded briefing.Degraded
}

// Captioner writes captions. It is called concurrently.
type Captioner interface {
	// Caption writes one caption, and waits for no model. A failing model does not cause an error:
	// built-in lines speak instead, and the caption's Degraded says so. The only error is ctx's.
	Caption(ctx context.Context, in CaptionInput) (Caption, error)
}

// DescribeInput is what a model may know of a picture.
type DescribeInput struct {
	Username string
	Facts    Facts
	// Previous has the facts of the request's previous run, as in CaptionInput.
	Previous *Facts
	Custom   []string // the user's style lines
	// Egress returns what a provider may get now. It may change while a question waits.
	Egress func(provider string) briefing.Egress
	// Picture returns the picture as an egress allows, at most 1,024 pixels on the longest side.
	// With EgressCounts, and after any fault, ok is false.
	Picture func(briefing.Egress) (jpeg []byte, ok bool)
	// Within bounds the time. It is below the interval of the request, and below 60 s.
	Within time.Duration
}

// Description is what a model says on a picture.
type Description struct {
	Text, Question string // either may be empty
	Model          string // the model that answered; empty: none did
	Usage          briefing.Usage
	Refused        string // the reference of refused texts; empty: none
	// Degraded is ModelUnavailable or BudgetSpent if a provider that may get the picture gave no
	// answer. A refused answer is not degraded.
	Degraded briefing.Degraded
}

// Describer describes pictures. It is called concurrently.
type Describer interface {
	// Describe asks a model on a picture. ok is false if no provider got it, because none may or
	// none sees pictures, and if ctx has ended. The usage is set nevertheless. Describe returns
	// within in.Within, and soon after ctx ends.
	Describe(ctx context.Context, in DescribeInput) (d Description, ok bool)
}
