package camera

import (
	"context"
	"errors"
	"slices"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/retry"
)

// Times of a stream.
const (
	// idleAfter is how long a stream stays open without a call of Frame. It is long enough that the
	// stream stays open between two runs with an interval of up to a minute.
	idleAfter  = time.Minute
	leastPause = 500 * time.Millisecond
	mostPause  = 10 * time.Second
	// warmUp is how long the first pictures of a stream are not final: some cameras begin with old
	// or dark ones.
	warmUp      = 500 * time.Millisecond
	warmUpCount = 3
	spare       = 500 * time.Millisecond // of a caller's time
)

// Bounds of the silence after which a stream no longer shows the present. It is then opened again.
const (
	leastSilence = 10 * time.Second // also for a fast camera
	firstSilence = 30 * time.Second // while the pace is unknown
	mostSilence  = 90 * time.Second
)

// pace is how often a stream brings a picture: the camera's own pace decides when it is late.
type pace struct {
	last time.Time        // the last picture
	gaps [4]time.Duration // between the last pictures
	n    int
}

// add records a picture.
func (p *pace) add(at time.Time) {
	if !p.last.IsZero() {
		p.gaps[p.n%len(p.gaps)] = min(at.Sub(p.last), mostSilence)
		p.n++
	}
	p.last = at
}

// silence returns how long the stream may be silent: three times the longest of the last gaps.
func (p *pace) silence() time.Duration {
	if p.n == 0 {
		return firstSilence
	}
	longest := slices.Max(p.gaps[:min(p.n, len(p.gaps))])
	return min(max(3*longest, leastSilence), mostSilence)
}

// latest returns the newest frame of the stream. It waits for one if there is none, or none that
// is new enough. A picture with damage inside is left out if another one comes. If the last attempt
// to read the stream has failed, it returns that error at once.
func (w *web) latest(ctx context.Context, after int) (pipeline.Frame, int, error) {
	wait := time.NewTimer(w.cfg.Timeout)
	defer wait.Stop()
	var fault error // of a picture that cannot be decoded
	for extended := false; ; {
		if fault != nil && w.polls() {
			f, err := w.poll(ctx)
			return f, 0, err
		}
		p, changed, settle, err := w.current(after)
		if err != nil {
			return pipeline.Frame{}, 0, err
		}
		if p.bytes != nil && settle <= 0 {
			f, err := frameOf(ctx, p.bytes, p.at)
			if reasonOf(err) != briefing.TroubleBroken {
				return f, p.n, err
			}
			after, fault = p.n, err
			continue
		}
		var settled <-chan time.Time
		if p.bytes != nil {
			settled = time.After(settle)
		}
		select {
		case <-changed:
		case <-settled:
		case <-wait.C:
			if more := w.patience(ctx); !extended && fault == nil && more > 0 {
				extended = true
				wait.Reset(more)
				continue
			}
			return pipeline.Frame{}, 0, w.missing(fault)
		case <-ctx.Done():
			return pipeline.Frame{}, 0, ctx.Err()
		}
	}
}

// polls reports whether the camera turned out to answer with one picture.
func (w *web) polls() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.polling
}

// patience returns how much longer than Timeout a caller can wait for a picture of an open stream.
func (w *web) patience(ctx context.Context) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	deadline, ok := ctx.Deadline()
	if !ok || !w.opened {
		return 0
	}
	return time.Until(deadline) - spare
}

// missing returns the trouble of a stream without a picture in time.
func (w *web) missing(fault error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case fault != nil:
		return fault
	case w.opened:
		return away(briefing.TroubleNoPicture, "no picture within %v", w.cfg.Timeout)
	}
	return away(briefing.TroubleTimeout, "no answer within %v", w.cfg.Timeout)
}

// current returns a fresh picture with a number greater than after, or the error of the last
// attempt, or neither. changed closes with the next picture or error. While settle is positive, a
// newer picture may come that is better. It starts the reader if there is none.
func (w *web) current(
	after int,
) (p picture, changed <-chan struct{}, settle time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return p, nil, 0, away(briefing.TroubleCut, "%w", errClosed)
	}
	w.lastCall = w.cfg.Clock()
	limit := w.pace.silence()
	if w.err != nil {
		limit = min(limit, leastSilence) // the stream is broken, and may come back
	}
	fresh := w.newest.bytes != nil && w.lastCall.Sub(w.newest.at) < limit
	if !w.running && !(fresh && w.polling) {
		w.err, w.newest.bytes = nil, nil
		w.start(nil)
		fresh = false
	}
	if fresh && w.newest.n > after {
		return w.newest, w.changed, time.Until(w.settled), nil
	}
	return p, w.changed, 0, w.err
}

// start starts the reader, with a stream that is open already, or nil. The caller holds mu.
func (w *web) start(open *reading) {
	w.running, w.opened = true, open != nil
	w.lastCall = w.cfg.Clock()
	w.reading.Go(func() { w.read(open) })
}

// read reads the stream, opened again after each break, until Close, until nobody asks, or until
// the camera turns out to answer with one picture.
func (w *web) read(open *reading) {
	pauses := retry.Backoff{Least: leastPause, Most: mostPause}
	for {
		got, err := w.readOnce(open)
		open = nil
		if got {
			pauses.Reset()
		}
		if errors.Is(err, errIdle) {
			return
		}
		w.fail(err)
		if w.stopped() || pauses.Wait(w.life) != nil || w.idle() {
			return
		}
	}
}

// errIdle ends a reader after idleAfter without a call of Frame.
var errIdle = errors.New("nobody asks")

// idle reports whether the reader must end. If so, the next call of Frame starts a new reader:
// both are decided under one lock, so no call finds a reader that is about to end.
func (w *web) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cfg.Clock().Sub(w.lastCall) < idleAfter {
		return false
	}
	w.running = false
	return true
}

// stopped reports whether the source is closed or polls now, and ends the reader if so.
func (w *web) stopped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.polling {
		w.running = false
		return true
	}
	return false
}

// readOnce opens the stream, unless it is open, and reads pictures until it breaks, is silent for
// too long, or nobody asks. got reports whether any picture came.
func (w *web) readOnce(r *reading) (got bool, err error) {
	if r == nil {
		wait, cancel := context.WithTimeout(w.life, w.cfg.Timeout)
		a, err := w.client.get(w.life, wait)
		cancel()
		if err != nil {
			return false, err
		}
		r = newReading(a, w.src)
		w.setOpened()
	}
	defer r.close()
	for n := 0; ; n++ {
		silent, cancel := context.WithTimeout(w.life, w.silence())
		b, err := r.next(silent, w.report)
		cancel()
		if err != nil {
			// One picture and the end: the camera answers with single pictures.
			w.setPolling(n == 1 && reasonOf(err) == briefing.TroubleCut)
			return got, err
		}
		single := n == 0 && r.single()
		w.store(b, single)
		if got = true; single {
			return got, nil
		}
		if w.idle() {
			return got, errIdle
		}
	}
}

// silence returns how long the stream may be silent.
func (w *web) silence() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pace.silence()
}

// setOpened records that the stream has answered. Its first pictures are not final.
func (w *web) setOpened() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = true
	w.settled, w.warm = time.Time{}, w.newest.n
}

// setPolling makes the source poll from the next call of Frame on.
func (w *web) setPolling(polling bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.polling = w.polling || polling
}

// store records a picture. With polling, the source polls from the next call of Frame on.
func (w *web) store(b []byte, polling bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.polling = w.polling || polling
	w.add(b)
}

// add records a picture and wakes the waiting calls of Frame. The caller holds mu.
func (w *web) add(b []byte) {
	now := w.cfg.Clock()
	w.newest = picture{bytes: b, at: now, n: w.newest.n + 1}
	w.pace.add(now)
	w.err = nil
	switch {
	case w.polling, w.newest.n-w.warm >= warmUpCount:
		w.settled = time.Now()
	case w.settled.IsZero():
		w.settled = time.Now().Add(warmUp)
	}
	w.wake()
}

// wake wakes the waiting calls of Frame. The caller holds mu.
func (w *web) wake() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// report records that something else than a picture came. The stream goes on.
func (w *web) report(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	w.wake()
}

// fail records why an attempt to read the stream has ended, and wakes the waiting calls of Frame.
// After a picture the error is reported only when another one is due.
func (w *web) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil || w.polling {
		return
	}
	w.err, w.opened = err, false
	w.wake()
}
