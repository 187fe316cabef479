// Package ffmpeg decodes keyframes of H.264 and H.265 by a child process, one picture a child.
//
// # Promises
//
// The child reads the stream from its standard input and writes one picture to its standard output.
// Its arguments are the same for every camera of a codec, and its environment is empty: no address
// and no password is in the list of processes.
//
// Both directions are bounded. A child has Config.Timeout, and ends with the context and, on Linux,
// with this process. At most Config.Children run at once; further calls wait.
//
// The stream is foreign input. Whatever the child does with it, Decode returns a picture or an
// error. On Linux a child has bounds on memory and processor time, and can write no file.
//
// # Left to others
//
// The caller collects a keyframe with its parameter sets. See package rtsp.
package ffmpeg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Config says where ffmpeg is and what it may use.
type Config struct {
	// Path is the program's path, or a name that is looked up in PATH. Empty means "ffmpeg".
	Path string
	// Timeout bounds the time of one child. Zero means 10 s.
	Timeout time.Duration
	// Children is how many children may run at once. Zero means one a processor.
	Children int
	Log      *slog.Logger // nil: slog.Default()
}

// Decoder starts the children. Its methods are safe for concurrent use.
type Decoder struct {
	cfg     Config
	path    string // absolute; empty: the program was not found
	slots   *semaphore.Weighted
	missing sync.Once // logs that the program was not found
}

// New finds the program. A Decoder without the program is valid: its Ready returns the reason.
func New(cfg Config) *Decoder {
	cfg.Path = cmp.Or(cfg.Path, "ffmpeg")
	cfg.Timeout = cmp.Or(cfg.Timeout, 10*time.Second)
	cfg.Children = cmp.Or(cfg.Children, runtime.GOMAXPROCS(0))
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	d := &Decoder{cfg: cfg, slots: semaphore.NewWeighted(int64(cfg.Children))}
	if path, err := exec.LookPath(cfg.Path); err == nil {
		// The child's folder differs from this process's.
		if path, err = filepath.Abs(path); err == nil {
			d.path = path
		}
	}
	return d
}

// Found reports whether the program was found.
func (d *Decoder) Found() bool { return d.path != "" }

// Ready returns nil if the program was found, and otherwise a pipeline.Trouble for the owner. Its
// first call without the program logs one line for the operator.
func (d *Decoder) Ready() error {
	if d.Found() {
		return nil
	}
	d.missing.Do(func() {
		d.cfg.Log.Warn("a camera sends H.264 or H.265, and ffmpeg was not found: install it, or " +
			"set BIS_FFMPEG to its path, and restart")
	})
	return &pipeline.Trouble{
		State: briefing.CameraIllegible, Reason: briefing.TroubleNoDecoder, Err: errMissing,
	}
}

var errMissing = errors.New("ffmpeg was not found")

// Codec is the format of a stream, by ffmpeg's name.
type Codec string

// The codecs that Decode accepts.
const (
	H264 Codec = "h264"
	H265 Codec = "hevc"
)

// Decode returns the picture of a keyframe: an Annex B stream of one access unit with its parameter
// sets in front. A larger picture than MaxSide is scaled down. Frame.Damaged says that the child
// reported a missing part; for H.265 it does not report the last bytes. The frame's time is left to
// the caller.
//
// The error is ctx's own, or pipeline.ErrUnreadable.
func (d *Decoder) Decode(ctx context.Context, codec Codec, stream []byte) (pipeline.Frame, error) {
	if err := d.Ready(); err != nil {
		return pipeline.Frame{}, err
	}
	if codec != H264 && codec != H265 {
		return pipeline.Frame{}, fmt.Errorf("%w: codec %q", pipeline.ErrUnreadable, codec)
	}
	if err := d.slots.Acquire(ctx, 1); err != nil {
		return pipeline.Frame{}, err
	}
	defer d.slots.Release(1)
	inner, cancel := context.WithTimeoutCause(ctx, d.cfg.Timeout, errSlow)
	defer cancel()
	frame, err := d.run(inner, codec, stream)
	switch {
	case err == nil:
		return frame, nil
	case ctx.Err() != nil:
		return pipeline.Frame{}, ctx.Err() // the caller has left
	case inner.Err() != nil:
		err = context.Cause(inner)
	}
	return pipeline.Frame{}, &pipeline.Trouble{
		State: briefing.CameraIllegible, Reason: briefing.TroubleBrokenVideo, Err: err,
	}
}

var errSlow = errors.New("ffmpeg took too long")
