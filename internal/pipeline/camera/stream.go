package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"bis/internal/pipeline"
)

// Times of a stream.
const (
	staleAfter = 10 * time.Second // a picture older than this is none; also the longest silence
	idleAfter  = time.Minute      // without anybody asking, the stream is closed
	leastPause = 500 * time.Millisecond
	mostPause  = 10 * time.Second
)

// stream keeps the newest picture of an MJPEG stream. One goroutine reads; it starts
// when a frame is asked for, and ends at Close or when nobody has asked for a while.
type stream struct {
	cfg    Config
	url    *url.URL
	user   *url.Userinfo
	client *http.Client

	mu      sync.Mutex // guards what follows
	cancel  context.CancelFunc
	reading sync.WaitGroup
	closed  bool
	asked   time.Time
	picture []byte // newest part, not decoded
	at      time.Time
	err     error         // of the last attempt; nil while parts come
	news    chan struct{} // closed and replaced when picture or err changes
}

func openStream(address string, cfg Config) (*stream, error) {
	u, user, err := webAddress(address)
	if err != nil {
		return nil, err
	}
	return &stream{cfg: cfg, url: u, user: user, client: newClient(), news: make(chan struct{})}, nil
}

// Frame implements pipeline.Source: the newest picture, or the next one if that is too old.
func (s *stream) Frame(ctx context.Context) (pipeline.Frame, error) {
	wait := time.NewTimer(s.cfg.Timeout)
	defer wait.Stop()
	for {
		picture, at, news, err := s.newest()
		if picture != nil {
			img, err := decode(picture)
			return pipeline.Frame{Image: img, At: at}, err
		}
		if err != nil {
			return pipeline.Frame{}, err
		}
		select {
		case <-news:
		case <-wait.C:
			return pipeline.Frame{}, fmt.Errorf("%w: no picture within %v", pipeline.ErrOffline, s.cfg.Timeout)
		case <-ctx.Done():
			return pipeline.Frame{}, ctx.Err()
		}
	}
}

// newest returns a fresh picture if there is one, an error if the last attempt failed, or else what to wait for.
// It makes sure that somebody reads.
func (s *stream) newest() (picture []byte, at time.Time, news <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, at, nil, fmt.Errorf("%w: closed", pipeline.ErrOffline)
	}
	s.asked = s.cfg.Clock()
	if s.cancel == nil {
		ctx, cancel := context.WithCancel(context.Background())
		s.cancel, s.err, s.picture = cancel, nil, nil
		s.reading.Go(func() { s.read(ctx) })
	}
	if s.picture != nil && s.asked.Sub(s.at) < staleAfter {
		return s.picture, s.at, nil, nil
	}
	return nil, at, s.news, s.err
}

// read keeps the stream open until ctx ends or nobody asks any more.
func (s *stream) read(ctx context.Context) {
	for pause := leastPause; ; pause = min(2*pause, mostPause) {
		got, err := s.readOnce(ctx)
		if got {
			pause = leastPause
		}
		if ctx.Err() != nil || errors.Is(err, errIdle) {
			return
		}
		s.cfg.Log.Debug("camera stream broke", "err", err)
		s.tell(nil, err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause*3/4 + rand.N(pause/2)):
		}
		if s.idle() {
			return
		}
	}
}

// errIdle says that nobody asks for pictures any more.
var errIdle = errors.New("nobody asks")

// idle reports whether the reader may end, and if so makes room for the next.
func (s *stream) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.Clock().Sub(s.asked) < idleAfter {
		return false
	}
	s.cancel()
	s.cancel = nil
	return true
}

// readOnce opens the stream and reads parts until it breaks. got tells whether any came.
func (s *stream) readOnce(ctx context.Context) (got bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(staleAfter, cancel) // a camera that hangs is cut off
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
		s.tell(picture, nil)
		got = true
		if s.idle() {
			return got, errIdle
		}
	}
}

// partsOf finds the boundary between the pictures. Some cameras write its dashes into the header too.
func partsOf(contentType string, body io.Reader) (*multipart.Reader, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	boundary := strings.TrimPrefix(params["boundary"], "--")
	if err != nil || !strings.HasPrefix(kind, "multipart/") || boundary == "" {
		return nil, fmt.Errorf("%w: it is no MJPEG stream", pipeline.ErrUnreadable)
	}
	return multipart.NewReader(body, boundary), nil
}

// nextPart reads one picture.
func nextPart(parts *multipart.Reader) ([]byte, error) {
	p, err := parts.NextRawPart()
	if err != nil {
		return nil, offline(err)
	}
	defer p.Close()
	return readPicture(p)
}

// tell keeps a picture, or why there is none, and wakes who waits.
func (s *stream) tell(picture []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.err = err
	} else {
		s.picture, s.at, s.err = picture, s.cfg.Clock(), nil
	}
	close(s.news)
	s.news = make(chan struct{})
}

// Close implements pipeline.Source.
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
