package rtsp

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
)

// maxRedirects bounds how often a camera may send the reader elsewhere.
const maxRedirects = 3

// leaveAfter is how long a camera may delay the end of a connection.
const leaveAfter = time.Second

// receive is called with each packet of the video. data is a complete picture, or nil if the packet
// completes none. err ends the connection.
type receive func(codec Codec, data []byte, err error)

// connection is an RTSP session that plays.
type connection struct {
	client *gortsplib.Client // nil: not started
	talk   *talk
	ended  chan error // the end of the session, before or after close

	waiting sync.WaitGroup
	mu      sync.Mutex // guards line
	line    *line      // nil: not connected
}

// connect opens a session and plays the camera's video. It follows redirects.
func (s *Source) connect(ctx context.Context, got receive) (*connection, error) {
	to := s.address
	for range maxRedirects + 1 {
		c := &connection{ended: make(chan error, 1), talk: &talk{asked: s.asked, secure: to.secure}}
		err := c.open(ctx, s, to, got)
		s.asked = s.asked || c.talk.askedDigest()
		if err == nil {
			return c, nil
		}
		c.close()
		location := c.talk.movedTo()
		if location == "" {
			return nil, c.cause(err)
		}
		if to, err = to.moved(location); err != nil {
			return nil, err
		}
	}
	return nil, errRedirects
}

// open connects, asks for the description, chooses the video and plays it. Without success the
// caller must call close, too.
func (c *connection) open(ctx context.Context, s *Source, to target, got receive) error {
	address, err := to.url()
	if err != nil {
		return errLocation
	}
	tcp := gortsplib.ProtocolTCP
	dial := func(_ context.Context, _, hostport string) (net.Conn, error) {
		return c.dial(ctx, s, to, hostport)
	}
	client := &gortsplib.Client{
		Scheme: address.Scheme, Host: address.Host, Protocol: &tcp, UserAgent: "bis",
		// The reader has its own bounds on time. These are beyond them.
		ReadTimeout: 10 * time.Minute, WriteTimeout: 5 * time.Second,
		DialContext: dial, DialTLSContext: dial,
		OnRequest: c.talk.request, OnResponse: c.talk.response,
		OnTransportSwitch: func(error) {}, OnPacketsLost: func(uint64) {}, OnDecodeError: func(error) {},
	}
	if err := client.Start(); err != nil {
		return err
	}
	c.client = client
	c.waiting.Go(func() { c.ended <- c.client.Wait() })
	stop := context.AfterFunc(ctx, c.cut)
	defer stop()
	return c.play(s, address, got)
}

// play sends the requests of a session.
func (c *connection) play(s *Source, address *base.URL, got receive) error {
	var desc *description.Session
	err := c.talk.repeat(func() (err error) {
		desc, _, err = c.client.Describe(address)
		return err
	})
	switch {
	case c.talk.hasNoVideo():
		return errNoVideo
	case err != nil:
		return err
	}
	video, err := choose(desc, s.cfg.Keyframes)
	if err != nil {
		return err
	}
	err = c.talk.repeat(func() error {
		_, err := c.client.Setup(desc.BaseURL, video.media, 0, 0)
		return err
	})
	if err != nil {
		return err
	}
	s.setVideo(video.codec)
	c.client.OnPacketRTP(video.media, video.format, video.packets(got))
	return c.talk.repeat(func() error {
		_, err := c.client.Play(nil)
		return err
	})
}

// dial opens the connection of a session, with TLS if the address says so.
func (c *connection) dial(
	ctx context.Context, s *Source, to target, hostport string,
) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, err
	}
	raw, err := s.cfg.Dial(ctx, host, port)
	if err != nil {
		return nil, err
	}
	conn := raw
	if to.secure {
		if conn, err = s.cfg.Secure(ctx, raw, host, !to.other); err != nil {
			return nil, handshakeTrouble(err)
		}
	}
	line := &line{Conn: conn, raw: raw}
	c.mu.Lock()
	c.line = line
	c.mu.Unlock()
	if ctx.Err() != nil {
		c.cut() // ctx may have ended before there was a line to cut
	}
	return line, nil
}

// cut ends the connection at once. Its calls return with an error.
func (c *connection) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.line != nil {
		c.line.raw.Close()
	}
}

// close says goodbye to the camera and ends the session. A camera that does not listen is cut off.
func (c *connection) close() {
	if c.client == nil {
		return
	}
	patience := time.AfterFunc(leaveAfter, c.cut)
	defer patience.Stop()
	c.client.Close()
	c.waiting.Wait()
}

// cause returns the reason of an error: another protocol on the port explains all others.
func (c *connection) cause(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.line != nil {
		if other := c.line.otherProtocol(err); other != nil {
			return other
		}
	}
	return c.talk.explain(err)
}

// url returns the address for requests, with the credentials.
func (t target) url() (*base.URL, error) {
	scheme := "rtsp"
	if t.secure {
		scheme = "rtsps"
	}
	u, err := base.ParseURL(scheme + "://" + t.host + "/" + strings.TrimPrefix(t.path, "/"))
	if err != nil {
		return nil, err
	}
	u.User = t.user
	return u, nil
}

var (
	errRedirects = errors.New("it redirects too often")
	errLocation  = errors.New("it redirects to an address that is not RTSP")
	errDowngrade = errors.New("it redirects from rtsps to rtsp")
	errNoAnswer  = errors.New("no answer in time")
	errStalled   = errors.New("the stream is silent")
	errNoVideo   = errors.New("the stream has no video")
)

// moved returns the target of a redirect. The credentials stay with the camera's own host.
func (t target) moved(location string) (target, error) {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" || u.Scheme != "rtsp" && u.Scheme != "rtsps" {
		return target{}, errLocation
	}
	if t.secure && u.Scheme != "rtsps" {
		return target{}, errDowngrade
	}
	to := target{secure: u.Scheme == "rtsps", host: u.Host, path: u.RequestURI(), other: true}
	from := &url.URL{Host: t.host}
	if !t.other && strings.EqualFold(from.Hostname(), u.Hostname()) {
		to.user, to.other = t.user, false
	}
	return to, nil
}
