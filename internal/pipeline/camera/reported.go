package camera

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// repeatAfter is when a reason that was logged may be logged again, for a camera whose troubles
// alternate.
const repeatAfter = time.Minute

// networkSource is a source of a network camera.
type networkSource interface {
	pipeline.Source
	pipeline.Burster
}

// reported is a source that logs each change of its camera's troubles once, at the default level.
// The log has the kind of the address, the status and the reason, and nothing of the address
// itself.
type reported struct {
	source networkSource
	kind   string
	log    *slog.Logger

	mu     sync.Mutex // guards the fields below
	reason briefing.TroubleReason
	bad    bool // the last frame failed
	logged map[briefing.TroubleReason]time.Time
}

// Frame implements pipeline.Source.
func (r *reported) Frame(ctx context.Context) (pipeline.Frame, error) {
	f, err := r.source.Frame(ctx)
	r.note(ctx, err)
	return f, err
}

// Burst implements pipeline.Burster.
func (r *reported) Burst(
	ctx context.Context, n int, apart time.Duration,
) ([]pipeline.Frame, error) {
	f, err := r.source.Burst(ctx, n, apart)
	r.note(ctx, err)
	return f, err
}

// Close implements pipeline.Source.
func (r *reported) Close() error { return r.source.Close() }

// note logs the outcome of a frame if it is another one than before. A caller that has left, and a
// source that was closed, say nothing about the camera.
func (r *reported) note(ctx context.Context, err error) {
	if errors.Is(err, errClosed) || err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		if r.bad {
			r.log.Info("camera gives pictures again", "kind", r.kind)
		}
		r.bad, r.reason = false, ""
		return
	}
	reason := reasonOf(err)
	if r.bad && r.reason == reason {
		return
	}
	r.bad, r.reason = true, reason
	if now := time.Now(); now.Sub(r.logged[reason]) >= repeatAfter {
		if r.logged == nil {
			r.logged = map[briefing.TroubleReason]time.Time{}
		}
		r.logged[reason] = now
		r.log.Warn("camera gives no picture",
			"kind", r.kind, "status", statusOf(err), "reason", string(reason), "err", err)
	}
}

// errClosed is the cause of a frame after Close.
var errClosed = errors.New("closed")

// statusOf returns the HTTP status of an error, or 0.
func statusOf(err error) int {
	if status, ok := errors.AsType[statusError](err); ok {
		return int(status)
	}
	if a, ok := errors.AsType[answered](err); ok {
		return a.status
	}
	return 0
}
