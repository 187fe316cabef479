package rtsp

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Codec is the format of a camera's video.
type Codec string

// The codecs that a Source reads.
const (
	MJPEG Codec = "MJPEG"
	H264  Codec = "H.264"
	H265  Codec = "H.265"
)

// Keyframes decodes the pictures of H.264 and H.265.
type Keyframes interface {
	// Ready returns nil if keyframes can be decoded, or else a pipeline.Trouble.
	Ready() error
	// Decode returns the picture of a keyframe, an Annex B stream that begins with its parameter
	// sets. Its errors are those of pipeline.Source.
	Decode(ctx context.Context, codec Codec, stream []byte) (pipeline.Frame, error)
}

// Config has what a Source needs. Dial, Secure, Picture and Keyframes are required.
type Config struct {
	// Clock gives the moments of frames. Nil means time.Now.
	Clock func() time.Time
	// Timeout bounds the time until the camera has answered that it plays. Zero means 5 s.
	Timeout time.Duration
	Log     *slog.Logger // nil: slog.Default()
	// Dial opens a TCP connection, or refuses.
	Dial func(ctx context.Context, host, port string) (net.Conn, error)
	// Secure makes a TLS connection to a host, and closes conn if that fails. own says that host is
	// the camera's, and not another one to which the camera leads.
	Secure func(ctx context.Context, conn net.Conn, host string, own bool) (net.Conn, error)
	// Picture decodes a JPEG. Its errors are those of pipeline.Source.
	Picture   func(ctx context.Context, jpeg []byte) (pipeline.Frame, error)
	Keyframes Keyframes

	times times // zero: as defaults has them; tests set others
}

// times are the durations of a reader.
type times struct {
	stale    time.Duration // least age from which a picture does not show the present
	broken   time.Duration // the same while the connection is broken
	silent   time.Duration // least silence after which the connection is opened again
	idle     time.Duration // the connection closes after so long without a call; see idleFor
	keyframe time.Duration // how long Frame waits for a picture of a camera that plays
	pause    [2]time.Duration
	refused  [2]time.Duration // pauses after a refusal: cameras lock accounts after some attempts
}

var defaults = times{
	stale:    10 * time.Second,
	broken:   2 * time.Second,
	silent:   30 * time.Second,
	idle:     time.Minute,
	keyframe: 15 * time.Second,
	pause:    [2]time.Duration{500 * time.Millisecond, 10 * time.Second},
	refused:  [2]time.Duration{5 * time.Second, 5 * time.Minute},
}

// Source reads one camera. It implements pipeline.Source and pipeline.Burster.
type Source struct {
	cfg     Config
	address target
	secrets []string // of its path

	reading sync.WaitGroup // the reader
	// asked says that the camera has asked for Digest authentication. The reader alone uses it.
	asked bool

	mu       sync.Mutex         // guards the fields below
	cancel   context.CancelFunc // ends the reader; nil: there is none
	closed   bool
	waiting  int // calls that wait
	lastCall time.Time
	newest   picture
	pace     pace
	playing  bool          // the camera has answered that it plays
	codec    Codec         // of the connection
	heard    bool          // a packet of the video has come on it
	rare     bool          // a call waited in vain, although the camera plays
	broken   bool          // no picture came since the last attempt ended
	err      error         // why the last attempt ended; nil while another one is under way
	failed   time.Time     // when it ended
	retryNow func()        // ends the pause before the next attempt; nil: there is no pause
	changed  chan struct{} // closed and replaced when newest or err changes
}

var (
	_ pipeline.Source  = (*Source)(nil)
	_ pipeline.Burster = (*Source)(nil)
)

// picture is a picture as the camera sent it.
type picture struct {
	codec Codec
	data  []byte // nil: none yet
	at    time.Time
	n     int64 // counts the pictures of a Source
}

// target is a camera's address, split.
type target struct {
	secure bool
	host   string // with the port, if the address has one
	path   string // with the query
	user   *url.Userinfo
	other  bool // another host than the camera's
}

// Open returns the source of an rtsp:// or rtsps:// address. It opens no connection. The error is a
// sentence without the address.
func Open(address briefing.Source, cfg Config) (*Source, error) {
	scheme := strings.ToLower(address.Scheme)
	to := target{secure: scheme == "rtsps", host: address.Host, path: cmp.Or(address.Path, "/")}
	if address.User != "" || address.Password != "" {
		to.user = url.UserPassword(address.User, address.Password)
	}
	if scheme != "rtsp" && scheme != "rtsps" || to.host == "" {
		return nil, errAddress
	}
	if _, err := to.url(); err != nil {
		return nil, errAddress
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 5*time.Second)
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.times == (times{}) {
		cfg.times = defaults
	}
	return &Source{
		cfg: cfg, address: to, secrets: address.PathSecrets(), changed: make(chan struct{}),
	}, nil
}

var errAddress = errors.New("camera address must be like rtsp://192.0.2.7:554/stream1")

// Frame implements pipeline.Source. If the connection is broken it waits for the next attempt,
// which starts at once. After a refusal it returns the last error instead, because cameras lock
// accounts after some attempts. A picture that cannot be decoded is followed by the next one, three
// times at most.
func (s *Source) Frame(ctx context.Context) (pipeline.Frame, error) {
	var first error
	from := wanted{}
	for range 3 {
		p, err := s.next(ctx, from)
		if err != nil {
			return pipeline.Frame{}, cmp.Or(first, err)
		}
		frame, err := s.decode(ctx, p)
		if err == nil || !errors.Is(err, pipeline.ErrUnreadable) {
			return frame, err
		}
		first = cmp.Or(first, err)
		from.after = p.n
	}
	return pipeline.Frame{}, first
}

// Burst implements pipeline.Burster. Several frames come of MJPEG alone: keyframes are too far from
// each other.
func (s *Source) Burst(
	ctx context.Context, n int, apart time.Duration,
) ([]pipeline.Frame, error) {
	var (
		frames []pipeline.Frame
		first  error
		from   wanted
	)
	for range n {
		p, err := s.next(ctx, from)
		if err != nil {
			first = cmp.Or(first, err)
			break
		}
		frame, err := s.decode(ctx, p)
		if err == nil {
			frames = append(frames, frame)
		}
		first = cmp.Or(first, err)
		if p.codec != MJPEG || ctx.Err() != nil {
			break
		}
		from = wanted{after: p.n, since: p.at.Add(apart), wait: max(3*apart, time.Second)}
	}
	switch {
	case len(frames) > 0:
		return frames, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case from.after > 0: // the first pictures were broken; Frame has more patience
		frame, err := s.Frame(ctx)
		if err == nil {
			return []pipeline.Frame{frame}, nil
		}
	}
	return nil, first
}

// decode returns the frame of a picture.
func (s *Source) decode(ctx context.Context, p picture) (frame pipeline.Frame, err error) {
	if p.codec == MJPEG {
		frame, err = s.cfg.Picture(ctx, p.data)
	} else {
		frame, err = s.cfg.Keyframes.Decode(ctx, p.codec, p.data)
	}
	if err != nil {
		return pipeline.Frame{}, err
	}
	frame.At = p.at
	return frame, nil
}

// Close implements pipeline.Source. It ends the reader and the waiting calls, and waits for the
// reader.
func (s *Source) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.wake()
	s.mu.Unlock()
	s.reading.Wait()
	return nil
}
