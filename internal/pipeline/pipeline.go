// Package pipeline turns a tick into a report: a camera frame, the facts
// measured on it, and a caption that says no more than those facts.
//
// Each stage is a folder with a built-in default: camera (frames), measure
// (facts), wording and model (captions and summaries). A stage knows this
// package for Frame and Facts; this package knows no stage.
package pipeline

import (
	"context"
	"errors"
	"image"
	"time"

	"bis/internal/briefing"
)

// Frame is one decoded picture of a camera.
type Frame struct {
	Image image.Image
	At    time.Time // when it was taken, as far as the source can tell
}

// Facts is what was measured on a frame.
type Facts = briefing.Facts

// The two ways in which a camera fails to give a frame. Sources wrap them.
var (
	ErrOffline    = errors.New("camera offline")    // nothing came, or not in time
	ErrUnreadable = errors.New("camera unreadable") // something came that is no acceptable picture
)

// Source gives the frames of one camera.
type Source interface {
	// Frame returns a current frame. Errors are ErrOffline, ErrUnreadable or ctx's own.
	// It is called by one goroutine at a time.
	Frame(ctx context.Context) (Frame, error)
	// Close ends what the source keeps open. It may be called twice.
	Close() error
}

// Measurer makes the facts of one camera's frames. It remembers what it has
// seen of that camera, so there is one for each; it is called by one goroutine at a time.
type Measurer interface {
	Measure(f Frame) Facts
}

// CaptionInput is what a caption is made of.
type CaptionInput struct {
	At       time.Time // in the zone in which the owner lives
	Facts    Facts
	Previous *Facts            // of this request's run before; nil: none known
	Degraded briefing.Degraded // of the camera; empty: it works
	LastSeen time.Time         // last good frame while the camera is away; zero: never
	Custom   []string          // the user's style lines
	Within   time.Duration     // how long wording may take: until the next tick; zero: no such bound
}

// Caption is a worded caption.
type Caption struct {
	Text     string            // one line, never empty
	Source   string            // "template" or the model's name
	Degraded briefing.Degraded // ModelUnavailable when a model is configured and did not word it
}

// Captioner words captions. It never fails because of a model: it falls back to
// the template and says so; an error is ctx's alone. It is called concurrently.
type Captioner interface {
	Caption(ctx context.Context, in CaptionInput) (Caption, error)
}
