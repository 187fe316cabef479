// Package frame stores pictures of cameras in the background.
//
// It promises that storing a picture delays no run: the queue is bounded, and pictures that find no
// room are dropped and counted. Pictures of a camera that was deleted, whose owner wants none, or
// that has another source, other masks or another choice of blurring since, do not stay: a read of
// the camera precedes and follows each write, and a sweep repairs what a crash has left.
// A briefing.FrameStore has the pictures.
package frame

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// Cameras reads stored cameras. briefing.Store implements it.
type Cameras interface {
	Camera(ctx context.Context, id briefing.CameraID) (briefing.Camera, error)
}

// Config has the collaborators of a Keeper. Store and Cameras are required.
type Config struct {
	Store   briefing.FrameStore
	Cameras Cameras
	// QueueBytes bounds the pictures that wait for the store. Zero means 32 MiB.
	QueueBytes int
	Clock      func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: slog.Default()
}

// Time bounds of a Keeper.
const (
	writeTime   = 5 * time.Second // of one call of the store
	expireEvery = time.Minute     // between deletions of old pictures
	sweepEvery  = time.Hour       // between sweeps
)

// Keeper stores pictures, one after the other. It is safe for concurrent use.
type Keeper struct {
	cfg     Config
	dropped atomic.Int64
	failed  atomic.Int64

	mu     sync.Mutex // guards the fields below
	queue  []briefing.StoredFrame
	bytes  int           // of the queue
	filled chan struct{} // has a value if the queue is not empty
}

// New checks cfg and returns a keeper. It starts nothing; see Run.
func New(cfg Config) (*Keeper, error) {
	if cfg.Store == nil || cfg.Cameras == nil {
		return nil, errors.New("frame: a store and cameras are required")
	}
	if cfg.QueueBytes <= 0 {
		cfg.QueueBytes = 32 << 20
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Keeper{cfg: cfg, filled: make(chan struct{}, 1)}, nil
}

// Keep stores a picture later. It returns at once, and drops the picture if too much waits.
func (k *Keeper) Keep(f briefing.StoredFrame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.bytes+len(f.JPEG) > k.cfg.QueueBytes {
		k.dropped.Add(1)
		return
	}
	k.queue = append(k.queue, f)
	k.bytes += len(f.JPEG)
	select {
	case k.filled <- struct{}{}:
	default:
	}
}

// Dropped returns how many pictures were dropped, because the queue was full.
func (k *Keeper) Dropped() int64 { return k.dropped.Load() }

// Failed returns how many pictures the store has not stored.
func (k *Keeper) Failed() int64 { return k.failed.Load() }

// Run stores pictures until ctx ends. Those that still wait then are lost. It returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	expire, sweep := time.NewTicker(expireEvery), time.NewTicker(sweepEvery)
	defer expire.Stop()
	defer sweep.Stop()
	k.sweep(ctx)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-k.filled:
			for f, ok := k.next(); ok && ctx.Err() == nil; f, ok = k.next() {
				k.write(ctx, f)
			}
		case <-expire.C:
			k.note(ctx, "delete old pictures", k.cfg.Store.DeleteExpired(ctx))
		case <-sweep.C:
			k.sweep(ctx)
		}
	}
	return nil
}

// next removes the oldest picture of the queue.
func (k *Keeper) next() (f briefing.StoredFrame, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.queue) == 0 {
		k.queue = nil // the next one starts with a small array
		return f, false
	}
	f = k.queue[0]
	k.queue[0] = briefing.StoredFrame{}
	k.queue = k.queue[1:]
	k.bytes -= len(f.JPEG)
	return f, true
}

// write stores a picture. Before, it reads the camera, so that an outdated picture replaces none.
// Afterwards it reads the camera again: a deletion either sees the picture, or comes before this
// read.
func (k *Keeper) write(ctx context.Context, f briefing.StoredFrame) {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	stays, err := k.mayStay(ctx, f)
	if err == nil && stays {
		err = k.cfg.Store.SaveFrame(ctx, f)
		if err == nil {
			err = k.settle(ctx, f.CameraID, f.View)
		}
	}
	if err != nil {
		k.failed.Add(1)
		k.note(ctx, "store a picture", err)
	}
}

// mayStay reports whether a picture may be stored: the camera still wants pictures of this view.
func (k *Keeper) mayStay(ctx context.Context, f briefing.StoredFrame) (bool, error) {
	c, err := k.cfg.Cameras.Camera(ctx, f.CameraID)
	switch {
	case errors.Is(err, briefing.ErrNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read camera: %w", err)
	}
	return c.KeepFrames != briefing.KeepNone && (f.View == "" || f.View == c.View()), nil
}

// kinds are those of pictures that an owner wants stored.
var kinds = []briefing.FrameKind{briefing.FrameLast, briefing.FrameChanged}

// settle deletes the pictures of a camera that it may not have. If the camera still has the given
// view, all of them have it.
func (k *Keeper) settle(ctx context.Context, id briefing.CameraID, view string) error {
	c, err := k.cfg.Cameras.Camera(ctx, id)
	switch {
	case errors.Is(err, briefing.ErrNotFound):
		return k.cfg.Store.DeleteFrames(ctx, briefing.FramesOf{CameraID: id})
	case err != nil:
		return fmt.Errorf("read camera: %w", err)
	case c.KeepFrames == briefing.KeepNone:
		return k.cfg.Store.DeleteFrames(ctx, briefing.FramesOf{CameraID: id, Kinds: kinds})
	case view != "" && view == c.View():
		return nil
	}
	return k.cfg.Store.DeleteFrames(ctx, briefing.FramesOf{
		CameraID: id, Kinds: kinds, NotView: c.View(),
	})
}

// sweep deletes what deletions that were broken off have left, and the pictures that are older than
// their camera's days.
func (k *Keeper) sweep(ctx context.Context) {
	k.note(ctx, "delete old pictures", k.cfg.Store.DeleteExpired(ctx))
	cameras, err := k.cfg.Store.FrameCameras(ctx)
	k.note(ctx, "list cameras with pictures", err)
	for _, id := range cameras {
		if ctx.Err() != nil {
			return
		}
		if err := k.settle(ctx, id, ""); err != nil {
			k.note(ctx, "delete pictures", err)
			continue
		}
		c, err := k.cfg.Cameras.Camera(ctx, id)
		if err != nil || c.KeepDays < 1 {
			continue
		}
		before := k.cfg.Clock().Add(-time.Duration(c.KeepDays) * 24 * time.Hour)
		k.note(ctx, "delete pictures", k.cfg.Store.DeleteFrames(ctx, briefing.FramesOf{
			CameraID: id, Kinds: kinds, Before: before,
		}))
	}
}

// note logs an error of the store.
func (k *Keeper) note(ctx context.Context, what string, err error) {
	switch {
	case err == nil, ctx.Err() != nil:
	case errors.Is(err, briefing.ErrUnavailable):
		k.cfg.Log.Debug(what, "err", err)
	default:
		k.cfg.Log.Warn(what, "err", err)
	}
}
