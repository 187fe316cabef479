package rtsp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/rtsp"
)

// config returns a configuration with real connections, the standard decoder, and keyframes whose
// picture is as wide as their stream is long.
func config() rtsp.Config {
	return rtsp.Config{
		Timeout: 10 * time.Second, Log: slog.New(slog.DiscardHandler),
		Dial: func(ctx context.Context, host, port string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
		},
		Secure: secure(func(string) *tls.Config { return &tls.Config{InsecureSkipVerify: true} }),
		Picture: func(_ context.Context, b []byte) (pipeline.Frame, error) {
			img, err := jpeg.Decode(bytes.NewReader(b))
			if err != nil {
				return pipeline.Frame{}, fmt.Errorf("%w: %w", pipeline.ErrUnreadable, err)
			}
			return pipeline.Frame{Image: img}, nil
		},
		Keyframes: lengths{},
	}
}

// lengths is a decoder of keyframes that is no decoder.
type lengths struct{ missing error }

func (l lengths) Ready() error { return l.missing }

func (l lengths) Decode(_ context.Context, codec rtsp.Codec, stream []byte) (pipeline.Frame, error) {
	img := image.NewRGBA(image.Rect(0, 0, len(stream), 1))
	img.Set(0, 0, color.RGBA{R: codec[len(codec)-1]})
	return pipeline.Frame{Image: img}, nil
}

// fast returns cfg with short pauses and times.
func fast(cfg rtsp.Config) rtsp.Config {
	return rtsp.WithTimes(cfg, 0, 0, 0, time.Second, 10*time.Millisecond)
}

// open opens a source that is closed with the test.
func open(t testing.TB, src briefing.Source, cfg rtsp.Config) *rtsp.Source {
	t.Helper()
	s, err := rtsp.Open(src, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// width returns the width of the next frame.
func width(t testing.TB, s *rtsp.Source) int {
	t.Helper()
	frame, err := s.Frame(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return frame.Image.Bounds().Dx()
}

// troubleOf returns the trouble of the next frame.
func troubleOf(t testing.TB, s *rtsp.Source) *pipeline.Trouble {
	t.Helper()
	frame, err := s.Frame(t.Context())
	var trouble *pipeline.Trouble
	if !errors.As(err, &trouble) || frame.Image != nil {
		t.Fatalf("the error is %v, want a trouble", err)
	}
	return trouble
}

// loopback is a Dial that reaches this machine alone.
func loopback(ctx context.Context, host, port string) (net.Conn, error) {
	if host != "127.0.0.1" {
		return nil, &pipeline.Trouble{State: briefing.CameraRefused, Reason: "ADDRESS_NOT_ALLOWED"}
	}
	return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
}

// secure returns a Secure by the configuration of a host.
func secure(f func(host string) *tls.Config) func(context.Context, net.Conn, string, bool) (net.Conn, error) {
	return func(ctx context.Context, conn net.Conn, host string, _ bool) (net.Conn, error) {
		c := tls.Client(conn, f(host))
		if err := c.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		return c, nil
	}
}
