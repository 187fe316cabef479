package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"bis/internal/pipeline"
	"bis/internal/retry"
)

// Times of a stream.
const (
	// staleAfter is the age from which a picture no longer shows the present. A stream that is
	// silent for so long is cut off and opened again.
	staleAfter = 10 * time.Second
	// idleAfter is how long a stream stays open without a call of Frame. It is long enough that the
	// stream stays open between two runs with an interval of up to a minute.
	idleAfter  = time.Minute
	leastPause = 500 * time.Millisecond
	mostPause  = 10 * time.Second
)

// stream caches the newest picture of an MJPEG stream. At most one goroutine reads the stream.
// It starts with a call of Frame, opens the stream again after each break, and ends at Close or
// after idleAfter without a call. Pictures are decoded only when Frame returns them.
type stream struct {
	cfg    Config
	url    *url.URL
	user   *url.Userinfo
	client *http.Client

	reading sync.WaitGroup // the reader

	mu       sync.Mutex         // guards the fields below
	cancel   context.CancelFunc // ends the reader; nil: there is none
	closed   bool
	lastCall time.Time     // the last call of Frame
	picture  []byte        // the newest part, not decoded; nil: none since the reader started
	at       time.Time     // when picture came
	err      error         // why the last attempt ended; nil while parts come
	changed  chan struct{} // closed and replaced when picture or err changes
}

// openStream returns the source of an mjpeg+http:// or mjpeg+https:// address, without the prefix.
// It opens no connection; the first call of Frame does.
func openStream(address string, cfg Config) (*stream, error) {
	u, user, err := webAddress(address)
	if err != nil {
		return nil, err
	}
	return &stream{
		cfg: cfg, url: u, user: user, client: newClient(), changed: make(chan struct{}),
	}, nil
}

// Frame implements pipeline.Source. It returns the newest picture if that is younger than
// staleAfter, and otherwise waits for the next one. If the last attempt to read the stream has
// failed, it returns that error at once instead of waiting for the next attempt.
func (s *stream) Frame(ctx context.Context) (pipeline.Frame, error) {
	wait := time.NewTimer(s.cfg.Timeout)
	defer wait.Stop()
	for {
		picture, at, changed, err := s.newest()
		if picture != nil {
			img, err := decode(ctx, picture)
			return pipeline.Frame{Image: img, At: at}, err
		}
		if err != nil {
			return pipeline.Frame{}, err
		}
		select {
		case <-changed:
		case <-wait.C:
			return pipeline.Frame{}, fmt.Errorf("%w: no picture within %v",
				pipeline.ErrOffline, s.cfg.Timeout)
		case <-ctx.Done():
			return pipeline.Frame{}, ctx.Err()
		}
	}
}

// newest returns one of three: a fresh picture, the error of the last attempt, or a channel that
// closes with the next picture or error. It starts the reader if there is none.
func (s *stream) newest() (picture []byte, at time.Time, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, at, nil, fmt.Errorf("%w: closed", pipeline.ErrOffline)
	}
	s.lastCall = s.cfg.Clock()
	if s.cancel == nil {
		ctx, cancel := context.WithCancel(context.Background())
		s.cancel, s.err, s.picture = cancel, nil, nil
		s.reading.Go(func() { s.read(ctx) })
	}
	if s.picture != nil && s.lastCall.Sub(s.at) < staleAfter {
		return s.picture, s.at, nil, nil
	}
	return nil, at, s.changed, s.err
}

// read opens the stream, again after each break, until ctx ends or the stream is idle.
func (s *stream) read(ctx context.Context) {
	pauses := retry.Backoff{Least: leastPause, Most: mostPause}
	for {
		got, err := s.readOnce(ctx)
		if got {
			pauses.Reset()
		}
		if ctx.Err() != nil || errors.Is(err, errIdle) {
			return
		}
		s.cfg.Log.Debug("camera stream broke", "err", err)
		s.store(nil, err)
		if pauses.Wait(ctx) != nil || s.idle() {
			return
		}
	}
}

// errIdle ends a reader after idleAfter without a call of Frame.
var errIdle = errors.New("nobody asks")

// idle reports whether the reader must end. If so, the next call of Frame starts a new reader:
// both are decided under one lock, so no call finds a reader that is about to end.
func (s *stream) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.Clock().Sub(s.lastCall) < idleAfter {
		return false
	}
	s.cancel()
	s.cancel = nil
	return true
}

// readOnce opens the stream and reads parts until the stream breaks, is silent for staleAfter, or
// is idle. got reports whether any part came.
func (s *stream) readOnce(ctx context.Context) (got bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(staleAfter, cancel)
	defer silence.Stop()
	res, err := get(ctx, s.client, s.url, s.user)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	parts, err := partsOf(res.Header.Get("Content-Type"), res.Body)
	if err != nil {
		return false, err
	}
	for {
		picture, err := nextPart(parts)
		if err != nil {
			return got, err
		}
		silence.Reset(staleAfter)
		s.store(picture, nil)
		got = true
		if s.idle() {
			return got, errIdle
		}
	}
}

// partsOf returns a reader of the stream's parts. RFC 2046 puts two dashes before the boundary in
// the body but not in the header. Some cameras also put them into the header.
func partsOf(contentType string, body io.Reader) (*multipart.Reader, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	boundary := strings.TrimPrefix(params["boundary"], "--")
	if err != nil || !strings.HasPrefix(kind, "multipart/") || boundary == "" {
		return nil, fmt.Errorf("%w: it is no MJPEG stream", pipeline.ErrUnreadable)
	}
	return multipart.NewReader(body, boundary), nil
}

// nextPart reads one picture. It uses NextRawPart because pictures are never quoted-printable.
func nextPart(parts *multipart.Reader) ([]byte, error) {
	p, err := parts.NextRawPart()
	if err != nil {
		return nil, offline(err)
	}
	defer p.Close()
	return readPicture(p)
}

// store records a picture, or the error of an attempt, and wakes the waiting calls of Frame.
func (s *stream) store(picture []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.err = err
	} else {
		s.picture, s.at, s.err = picture, s.cfg.Clock(), nil
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Close implements pipeline.Source. It ends the reader and waits for it.
func (s *stream) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.reading.Wait()
	s.client.CloseIdleConnections()
	return nil
}
