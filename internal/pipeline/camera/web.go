package camera

import (
	"context"
	"errors"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/retry"
)

// web is a camera that speaks HTTP. It polls an address that answers with one picture, and reads a
// stream of pictures without end. The scheme says which to expect, and the first answer decides:
// owners confuse the two, and some cameras change between them.
//
// At most one goroutine reads a stream. It starts with a call of Frame, opens the stream again
// after each break, and ends at Close or after idleAfter without a call. Pictures are decoded only
// when Frame returns them.
type web struct {
	cfg    Config
	src    briefing.Source
	client *client
	life   context.Context // ends at Close
	end    context.CancelFunc

	reading sync.WaitGroup // the reader

	mu       sync.Mutex // guards the fields below
	polling  bool       // the camera answers with one picture
	closed   bool
	running  bool          // there is a reader
	lastCall time.Time     // the last call of Frame
	newest   picture       // of the stream; without bytes: none since the reader started
	err      error         // why the last attempt ended; nil while pictures come
	changed  chan struct{} // closed and replaced when newest or err changes
	opened   bool          // the stream has answered
	settled  time.Time     // until when better pictures than the first ones are awaited
	warm     int           // the number of the last picture before this connection
	pace     pace
}

// picture is a picture that was not decoded.
type picture struct {
	bytes []byte
	at    time.Time // when it came
	n     int       // its number
}

// openWeb returns the source of an address with http or https, perhaps behind "mjpeg+". It
// contacts no camera.
func openWeb(src briefing.Source, cfg Config) (*web, error) {
	c, err := newClient(src, cfg)
	if err != nil {
		return nil, err
	}
	w := &web{
		cfg: cfg, src: src, client: c, changed: make(chan struct{}),
		polling: src.Scheme == "http" || src.Scheme == "https",
	}
	w.life, w.end = context.WithCancel(context.Background())
	return w, nil
}

// Frame implements pipeline.Source. The time of a frame is its arrival.
func (w *web) Frame(ctx context.Context) (pipeline.Frame, error) {
	f, _, err := w.frame(ctx, 0)
	return f, err
}

// frame returns a frame, and the number of its picture. A picture of a stream has a greater number
// than after.
func (w *web) frame(ctx context.Context, after int) (pipeline.Frame, int, error) {
	w.mu.Lock()
	polling, closed := w.polling, w.closed
	w.mu.Unlock()
	if closed {
		return pipeline.Frame{}, 0, away(briefing.TroubleCut, "%w", errClosed)
	}
	if polling {
		f, err := w.poll(ctx)
		if !errors.Is(err, errStream) {
			return f, 0, err
		}
	}
	return w.latest(ctx, after)
}

// errStream is the error of a poll that was answered by a stream.
var errStream = errors.New("it is a stream")

// poll gets one picture. A picture with damage inside, and a connection that breaks, deserve a
// second try: the next picture is good.
func (w *web) poll(ctx context.Context) (pipeline.Frame, error) {
	wait, cancel := context.WithTimeout(ctx, w.cfg.Timeout)
	defer cancel()
	for again := true; ; again = false {
		b, err := w.fetch(wait)
		if ctx.Err() != nil {
			return pipeline.Frame{}, ctx.Err() // the caller has left; the camera may be well
		}
		var f pipeline.Frame
		if err == nil {
			f, err = frameOf(ctx, b, w.cfg.Clock())
		}
		reason := reasonOf(err)
		if err == nil || !again || wait.Err() != nil ||
			reason != briefing.TroubleBroken && reason != briefing.TroubleCut {
			return f, err
		}
	}
}

// fetch gets the bytes of one picture. If the answer is a stream, it becomes that of the reader.
func (w *web) fetch(wait context.Context) ([]byte, error) {
	a, err := w.client.get(w.life, wait)
	if err != nil {
		return nil, err
	}
	r := newReading(a, w.src)
	b, err := r.next(wait, nil)
	if err != nil || !r.multipart() {
		r.close()
		return b, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.running {
		r.close()
		return b, nil
	}
	w.polling, w.err = false, nil
	w.settled, w.warm = time.Time{}, w.newest.n
	w.start(r)
	w.add(b)
	return nil, errStream
}

// Close implements pipeline.Source. It ends the reader and waits for it.
func (w *web) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.end()
	w.reading.Wait()
	return nil
}

var _ pipeline.Burster = (*web)(nil)

// Burst implements pipeline.Burster. Together the frames take no longer than one may. A stream that
// brings no frame within three times apart is slower than the burst and ends it.
func (w *web) Burst(
	ctx context.Context, n int, apart time.Duration,
) ([]pipeline.Frame, error) {
	until := time.Now().Add(w.cfg.Timeout)
	f, number, fault := w.frame(ctx, 0)
	if fault != nil && (ctx.Err() != nil || !w.worthMore(fault)) {
		return nil, fault
	}
	var frames []pipeline.Frame
	if fault == nil {
		frames = append(frames, f)
	}
	for i := 1; i < n && time.Now().Add(apart).Before(until); i++ {
		if retry.Pause(ctx, apart) != nil {
			break
		}
		limit := until
		if soon := time.Now().Add(3 * apart); number > 0 && soon.Before(limit) {
			limit = soon
		}
		bounded, cancel := context.WithDeadline(ctx, limit)
		f, next, err := w.frame(bounded, number)
		late := bounded.Err() != nil
		cancel()
		if err != nil && late {
			break
		}
		if number = next; err == nil {
			frames = append(frames, f)
		}
	}
	if len(frames) == 0 {
		return nil, fault
	}
	return frames, nil
}

// worthMore reports whether the next frame of a burst may be good although this one is not.
func (w *web) worthMore(err error) bool {
	reason := reasonOf(err)
	return reason == briefing.TroubleBroken || reason == briefing.TroubleCut
}
