package rtsp

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/retry"
)

// read connects to the camera, again after each break, until ctx ends or the source is idle.
func (s *Source) read(ctx context.Context) {
	breaks := retry.Backoff{Least: s.cfg.times.pause[0], Most: s.cfg.times.pause[1]}
	refusals := retry.Backoff{Least: s.cfg.times.refused[0], Most: s.cfg.times.refused[1]}
	for {
		got, err := s.readOnce(ctx)
		if ctx.Err() != nil || errors.Is(err, errIdle) {
			return
		}
		s.cfg.Log.Debug("camera stream broke", "err", err)
		s.fail(err)
		if got {
			breaks.Reset()
			refusals.Reset()
		}
		pauses := &breaks
		if lasting(err) {
			pauses = &refusals
		}
		if s.pause(ctx, pauses); ctx.Err() != nil || s.idle() {
			return
		}
	}
}

// lasting reports whether an error will not pass by itself. A camera that is busy may have room in
// a second.
func lasting(err error) bool {
	var trouble *pipeline.Trouble
	return errors.As(err, &trouble) && trouble.Reason != reasonBusy &&
		(trouble.State == briefing.CameraRefused || trouble.State == briefing.CameraIllegible)
}

// pause waits before the next attempt. A call of Frame may end it.
func (s *Source) pause(ctx context.Context, pauses *retry.Backoff) {
	ctx, retryNow := context.WithCancel(ctx)
	defer retryNow()
	s.mu.Lock()
	s.retryNow = retryNow
	s.mu.Unlock()
	_ = pauses.Wait(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retryNow = nil
}

// errIdle ends a reader that is idle.
var errIdle = errors.New("nobody asks")

// idle reports whether the reader must end. If so, the next call of Frame starts a new reader:
// both are decided under one lock, so no call finds a reader that is about to end.
func (s *Source) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting > 0 || s.cfg.Clock().Sub(s.lastCall) < s.idleFor() {
		return false
	}
	s.cancel()
	s.cancel = nil
	return true
}

// idleFor returns how long the connection stays open without a call. It is longer for a camera
// whose pictures are so rare that a call cannot wait for the first one. The caller holds mu.
func (s *Source) idleFor() time.Duration {
	if s.rare {
		return 10 * s.cfg.times.idle
	}
	return s.cfg.times.idle
}

// readOnce connects and receives pictures until the connection breaks, is silent, or is idle. got
// reports whether any picture came. The error is a pipeline.Trouble or errIdle.
func (s *Source) readOnce(ctx context.Context) (got bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// A parser that panics must end neither the process nor the reader.
	fault := make(chan error, 1)
	packets := make(chan struct{}, 1)
	// A call of Frame that waits for the first picture gets the reason, so this ends before it.
	open, stop := context.WithTimeoutCause(ctx, s.cfg.Timeout*9/10, errNoAnswer)
	defer stop()
	c, err := s.connect(open, func(codec Codec, data []byte, err error) {
		select {
		case packets <- struct{}{}:
		default:
		}
		switch {
		case err != nil:
			select {
			case fault <- err:
			default:
			}
		case data != nil:
			s.store(codec, data)
		}
		s.setHeard()
	})
	if err != nil {
		return false, s.troubleOf(open, err)
	}
	defer c.close()
	s.setPlaying(true)
	defer s.setPlaying(false)
	before := s.count()
	err = s.watch(ctx, c, packets, fault)
	return s.count() > before, err
}

// watch waits until a connection that plays ends.
func (s *Source) watch(
	ctx context.Context, c *connection, packets <-chan struct{}, fault <-chan error,
) error {
	silence := time.NewTimer(s.silentFor())
	defer silence.Stop()
	idle := time.NewTicker(max(s.cfg.times.idle/8, time.Millisecond))
	defer idle.Stop()
	for {
		select {
		case <-packets:
			silence.Reset(s.silentFor())
		case <-silence.C:
			return s.troubleOf(ctx, errStalled)
		case err := <-fault:
			return s.troubleOf(ctx, err)
		case err := <-c.ended:
			return s.troubleOf(ctx, c.cause(err))
		case <-idle.C:
			if s.idle() {
				return errIdle
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// silentFor returns the silence after which a connection counts as dead.
func (s *Source) silentFor() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.cfg.times.silent, 3*s.pace.longest())
}

// store records a picture and wakes the waiting calls.
func (s *Source) store(codec Codec, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Clock()
	if s.newest.data != nil {
		s.pace.add(now.Sub(s.newest.at))
	}
	s.newest = picture{codec: codec, data: data, at: now, n: s.newest.n + 1}
	s.err, s.broken = nil, false
	s.wake()
}

// fail records why an attempt ended and wakes the waiting calls.
func (s *Source) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.broken, s.failed = err, true, s.cfg.Clock()
	s.wake()
}

// wake wakes the waiting calls. The caller holds mu.
func (s *Source) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Source) setPlaying(playing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.playing = playing
}

// setVideo records the video of a new connection.
func (s *Source) setVideo(codec Codec) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codec, s.heard = codec, false
}

// setHeard records that a packet of the video has come.
func (s *Source) setHeard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = true
}

// count returns how many pictures have come.
func (s *Source) count() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest.n
}
