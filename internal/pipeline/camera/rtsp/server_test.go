package rtsp_test

import (
	"bytes"
	"crypto/tls"
	"image"
	"image/jpeg"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/auth"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph265"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtp"
	"go.uber.org/goleak"

	"bis/internal/briefing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pictureOf returns a JPEG of one tone. Tests recognise it by its width, a multiple of 8.
func pictureOf(t testing.TB, width int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, 16))
	for i := range img.Pix {
		img.Pix[i] = 100
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noiseOf returns a JPEG that fills several packets.
func noiseOf(t testing.TB, width int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, 64))
	state := uint32(1)
	for i := range img.Pix {
		state = state*1664525 + 1013904223
		img.Pix[i] = byte(state >> 24)
	}
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

// cam is a camera with RTSP on loopback. Its fields are set before start.
type cam struct {
	format  format.Format // nil: MJPEG
	user    string        // empty: no credentials are asked for
	methods []auth.VerifyMethod
	tls     *tls.Config
	status  base.StatusCode // of DESCRIBE; zero: 200
	message string
	header  base.Header
	body    []byte          // of DESCRIBE; nil: the stream's description
	setup   base.StatusCode // of SETUP; zero: 200
	address string          // where to listen; empty: a free port

	server  *gortsplib.Server
	ready   chan struct{} // closed when stream is set
	stream  *gortsplib.ServerStream
	media   *description.Media
	plays   chan struct{}
	dials   atomic.Int64
	closes  atomic.Int64
	asked   sync.Map // the Authorization headers that came
	sending sync.WaitGroup
	stop    chan struct{}
	encode  func(unit any) ([]*rtp.Packet, error)
}

var (
	_ gortsplib.ServerHandlerOnConnOpen  = (*cam)(nil)
	_ gortsplib.ServerHandlerOnConnClose = (*cam)(nil)
	_ gortsplib.ServerHandlerOnDescribe  = (*cam)(nil)
	_ gortsplib.ServerHandlerOnSetup     = (*cam)(nil)
	_ gortsplib.ServerHandlerOnPlay      = (*cam)(nil)
)

// start makes the camera answer.
func (c *cam) start(t testing.TB) *cam {
	t.Helper()
	if c.format == nil {
		c.format = &format.MJPEG{}
	}
	if c.address == "" {
		c.address = "127.0.0.1:0"
	}
	c.plays = make(chan struct{}, 100)
	c.stop, c.ready = make(chan struct{}), make(chan struct{})
	c.server = &gortsplib.Server{
		Handler: c, RTSPAddress: c.address, TLSConfig: c.tls, AuthMethods: c.methods,
		ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
	}
	if err := c.server.Start(); err != nil {
		t.Fatal(err)
	}
	c.address = c.server.NetListener().Addr().String()
	c.media = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{c.format}}
	c.stream = &gortsplib.ServerStream{
		Server: c.server, Desc: &description.Session{Medias: []*description.Media{c.media}},
	}
	if err := c.stream.Initialize(); err != nil {
		t.Fatal(err)
	}
	close(c.ready)
	c.encode = encoder(t, c.format)
	var once sync.Once
	end := func() { once.Do(func() { close(c.stop); c.sending.Wait(); c.stream.Close(); c.server.Close() }) }
	t.Cleanup(end)
	return c
}

// cut ends the camera as if it lost its power.
func (c *cam) cut() { c.server.Close() }

// encoder returns the function that turns pictures into packets.
func encoder(t testing.TB, f format.Format) func(unit any) ([]*rtp.Packet, error) {
	t.Helper()
	switch f := f.(type) {
	case *format.MJPEG:
		e := &rtpmjpeg.Encoder{}
		must(t, e.Init())
		return func(unit any) ([]*rtp.Packet, error) { return e.Encode(unit.([]byte)) }
	case *format.H264:
		e := &rtph264.Encoder{PayloadType: f.PayloadTyp, PacketizationMode: 1}
		must(t, e.Init())
		return func(unit any) ([]*rtp.Packet, error) { return e.Encode(unit.([][]byte)) }
	case *format.H265:
		e := &rtph265.Encoder{PayloadType: f.PayloadTyp}
		must(t, e.Init())
		return func(unit any) ([]*rtp.Packet, error) { return e.Encode(unit.([][]byte)) }
	}
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// every sends pictures until the camera ends, one at an interval.
func (c *cam) every(t testing.TB, interval time.Duration, next func(n int) any) {
	t.Helper()
	c.sending.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-tick.C:
			case <-c.stop:
				return
			}
			if unit := next(n); unit != nil {
				c.send(t, n, unit)
			}
		}
	})
}

// onDemand sends pictures once the camera plays, as many as the returned number says. The n-th one
// is 8 n wide.
func (c *cam) onDemand(t testing.TB) *atomic.Int64 {
	t.Helper()
	var wanted atomic.Int64
	sent := int64(0)
	c.every(t, 10*time.Millisecond, func(int) any {
		if len(c.plays) == 0 || sent == wanted.Load() {
			return nil
		}
		sent++
		return pictureOf(t, int(8*sent))
	})
	return &wanted
}

// send sends one picture.
func (c *cam) send(t testing.TB, n int, unit any) {
	packets, err := c.encode(unit)
	if err != nil {
		t.Error(err)
		return
	}
	for _, p := range packets {
		p.Timestamp = uint32(n) * 9000
		_ = c.stream.WritePacketRTP(c.media, p) // it has an error once the camera was cut
	}
}

func (c *cam) OnConnOpen(*gortsplib.ServerHandlerOnConnOpenCtx) { c.dials.Add(1) }

func (c *cam) OnConnClose(*gortsplib.ServerHandlerOnConnCloseCtx) { c.closes.Add(1) }

// verify asks for the credentials.
func (c *cam) verify(conn *gortsplib.ServerConn, r *base.Request) bool {
	if v, ok := r.Header["Authorization"]; ok {
		c.asked.Store(v[0], true)
	}
	user, password, _ := strings.Cut(c.user, ":")
	return c.user == "" || conn.VerifyCredentials(r, user, password)
}

func (c *cam) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	<-c.ready
	if !c.verify(ctx.Conn, ctx.Request) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	res := &base.Response{StatusCode: base.StatusOK, StatusMessage: c.message, Header: c.header, Body: c.body}
	if c.status != 0 {
		res.StatusCode = c.status
		return res, nil, nil
	}
	if c.body != nil {
		return res, nil, nil
	}
	return res, c.stream, nil
}

func (c *cam) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if !c.verify(ctx.Conn, ctx.Request) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	if c.setup != 0 {
		return &base.Response{StatusCode: c.setup}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *cam) OnPlay(_ *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	c.plays <- struct{}{}
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// source returns the address of the camera with credentials.
func (c *cam) source() briefing.Source {
	src := briefing.Source{Scheme: "rtsp", Host: c.address, Path: "/stream1?channel=1"}
	if c.tls != nil {
		src.Scheme = "rtsps"
	}
	src.User, src.Password, _ = strings.Cut(c.user, ":")
	return src
}
