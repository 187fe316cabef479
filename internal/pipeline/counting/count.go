package counting

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"time"

	"bis/internal/pipeline"
)

// leastReading is how long a picture may be read even if the wait for a turn is shorter.
const leastReading = time.Second

// Count implements pipeline.Counter. Reading may take as long as waiting. The burst is read as a
// whole only while no other capture waits; otherwise its last picture alone counts.
func (c *Counter) Count(
	ctx context.Context, burst []image.Image, wait time.Duration,
) (found pipeline.Found, ok bool) {
	if len(burst) == 0 || ctx.Err() != nil || c.ctx.Err() != nil {
		return found, false
	}
	trial, ok := c.state.begin(roomOf(ctx, wait))
	if !ok {
		return found, false
	}
	if trial {
		defer c.state.tried()
	}
	asked := time.Now()
	w, burst := c.turn(ctx, burst, wait)
	if w == nil {
		if wait >= leastReading && time.Since(asked) >= wait && c.pool.stuck(asked) {
			c.state.failed(errSlow, wait)
		}
		return found, false
	}
	begun := time.Now()
	reading, cancel := context.WithTimeoutCause(ctx, max(wait, leastReading), errSlow)
	defer cancel()
	results := make(chan [][]pipeline.Box, 2)
	go c.read(reading, w, burst, results) // Run waits for the end of its turn
	pictures := newest(reading, results)
	// A capture that got its turn late has little time left, which is no failure of the detector.
	took := time.Since(begun)
	if pictures == nil && c.ctx.Err() == nil && !errors.Is(ctx.Err(), context.Canceled) &&
		took >= begun.Sub(asked) {
		c.state.failed(errSlow, took) // even if the reader never returns
	}
	if len(pictures) == 0 {
		return found, false
	}
	return pipeline.Found{Pictures: pictures, Method: c.cfg.Method, Detector: c.cfg.Name}, true
}

// mostWaiting bounds the pixels of the pictures that wait for a turn, which take some 400 MB. A
// hundred cameras of 1080 lines fit. A detector that hangs must not use up the memory.
const mostWaiting = 256 << 20

// turn waits for a reader and returns it with the pictures that it may read, or nil. If too many
// pictures wait, the last one of the burst alone waits, or none.
func (c *Counter) turn(
	ctx context.Context, burst []image.Image, wait time.Duration,
) (*worker, []image.Image) {
	for {
		n := pixels(burst)
		if c.waiting.Add(n) <= mostWaiting {
			defer c.waiting.Add(-n)
			return c.pool.acquire(ctx, wait), burst
		}
		c.waiting.Add(-n)
		if len(burst) == 1 {
			return c.pool.acquire(ctx, 0), burst // without a wait
		}
		burst = burst[len(burst)-1:]
	}
}

// pixels returns how many pixels some pictures have.
func pixels(pictures []image.Image) (n int64) {
	for _, img := range pictures {
		n += int64(img.Bounds().Dx()) * int64(img.Bounds().Dy())
	}
	return n
}

// roomOf returns how long a picture may be read for a capture that gets its turn at once.
func roomOf(ctx context.Context, wait time.Duration) time.Duration {
	room := max(wait, leastReading)
	if end, ok := ctx.Deadline(); ok {
		room = min(room, time.Until(end))
	}
	return room
}

// newest returns the last result before results is closed or ctx ends, or nil.
func newest(ctx context.Context, results <-chan [][]pipeline.Box) (pictures [][]pipeline.Box) {
	for {
		select {
		case p, more := <-results:
			if !more {
				return pictures
			}
			pictures = p
			continue
		default:
		}
		select {
		case p, more := <-results:
			if !more {
				return pictures
			}
			pictures = p
		case <-ctx.Done():
			return pictures
		}
	}
}

// read reads the last picture of a burst, and the others while nobody waits for a turn. It sends
// the boxes of the last picture, and then those of all. A failure sends an empty result, the end of
// ctx none. Then the turn ends.
func (c *Counter) read(
	ctx context.Context, w *worker, burst []image.Image, results chan<- [][]pipeline.Box,
) {
	defer c.pool.release(w)
	whole := false
	defer func() {
		if !whole {
			c.prepare(w.reader)
		}
	}()
	defer close(results)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()
	before := len(burst) - 1
	last, ok := c.detect(ctx, w.reader, burst[before])
	if !ok {
		if ctx.Err() == nil {
			results <- [][]pipeline.Box{}
		}
		return
	}
	results <- [][]pipeline.Box{last}
	all := make([][]pipeline.Box, 0, len(burst))
	for _, img := range burst[:before] {
		if c.pool.crowded() {
			whole = true
			return
		}
		boxes, ok := c.detect(ctx, w.reader, img)
		if !ok {
			return
		}
		all = append(all, boxes)
	}
	whole = true
	if before > 0 {
		results <- append(all, last)
	}
}

// prepare makes a reader ready after a picture that was not read. Otherwise captures with little
// time would never be counted again. If it fails, so does the next reading, which notes it.
func (c *Counter) prepare(r Reader) {
	p, ok := r.(Preparer)
	if !ok {
		return
	}
	defer func() { _ = recover() }()
	_ = p.Prepare(c.ctx)
}

// detect reads one picture and notes its time or its failure. Count notes a picture that was not
// read in time.
func (c *Counter) detect(
	ctx context.Context, r Reader, img image.Image,
) (boxes []pipeline.Box, ok bool) {
	started := time.Now()
	boxes, err := safely(ctx, r, img)
	switch {
	case err == nil:
		c.state.succeeded(time.Since(started))
		return Tidy(boxes), true
	case ctx.Err() == nil:
		c.state.failed(err, 0)
	}
	return nil, false
}

// safely is Reader.Detect, whose panic is an error.
func safely(ctx context.Context, r Reader, img image.Image) (boxes []pipeline.Box, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			boxes, err = nil, fmt.Errorf("counting: the detector panics: %.200v", fault)
		}
	}()
	return r.Detect(ctx, img)
}

// Tidy returns boxes with four decimals, cut at the picture's edges. Boxes without area are left
// out. The result is not nil.
func Tidy(boxes []pipeline.Box) []pipeline.Box {
	out := make([]pipeline.Box, 0, len(boxes))
	for _, b := range boxes {
		for _, v := range []*float64{&b.X0, &b.Y0, &b.X1, &b.Y1, &b.Score} {
			*v = math.Round(min(1, max(0, *v))*1e4) / 1e4
		}
		if b.X0 < b.X1 && b.Y0 < b.Y1 {
			out = append(out, b)
		}
	}
	return out
}
