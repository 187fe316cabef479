package camera

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/ffmpeg"
	"bis/internal/pipeline/camera/rtsp"
)

// openRTSP returns the source of an rtsp:// or rtsps:// address.
func openRTSP(address string, cfg Config) (pipeline.Source, error) {
	u, user, err := webAddress(address)
	if err != nil {
		return nil, errors.New("camera address must be like rtsp://192.0.2.7:554/stream1")
	}
	src := briefing.Source{Scheme: u.Scheme, Host: u.Host, Path: u.RequestURI()}
	if user != nil {
		src.User = user.Username()
		src.Password, _ = user.Password()
	}
	return rtsp.Open(src, rtsp.Config{
		Clock: cfg.Clock, Timeout: cfg.Timeout, Log: cfg.Log,
		Dial: func(ctx context.Context, host, port string) (net.Conn, error) {
			return dialOnce(ctx, host, port, nil)
		},
		Secure: func(
			ctx context.Context, conn net.Conn, host string, _ bool,
		) (net.Conn, error) {
			c := tls.Client(conn, &tls.Config{ServerName: host})
			if err := c.HandshakeContext(ctx); err != nil {
				conn.Close()
				return nil, err
			}
			return c, nil
		},
		Picture: func(ctx context.Context, b []byte) (pipeline.Frame, error) {
			img, err := decode(ctx, b)
			return pipeline.Frame{Image: img}, err
		},
		Keyframes: keyframes{decoderOf(cfg)},
	})
}

// decoderOf returns the decoder of a configuration.
func decoderOf(cfg Config) *ffmpeg.Decoder {
	if cfg.FFmpeg != nil {
		return cfg.FFmpeg
	}
	return ffmpegInPath()
}

// ffmpegInPath is one decoder for all sources without their own, so that its bound on children
// holds for all of them.
var ffmpegInPath = sync.OnceValue(func() *ffmpeg.Decoder { return ffmpeg.New(ffmpeg.Config{}) })

// keyframes decodes the video of RTSP by ffmpeg.
type keyframes struct{ *ffmpeg.Decoder }

func (k keyframes) Decode(
	ctx context.Context, codec rtsp.Codec, stream []byte,
) (pipeline.Frame, error) {
	name := ffmpeg.H264
	if codec == rtsp.H265 {
		name = ffmpeg.H265
	}
	return k.Decoder.Decode(ctx, name, stream)
}

// dialOnce resolves a host once and connects to one of its addresses. A name that changes its
// address between the check and the call cannot lead elsewhere. check may refuse addresses. Nil
// allows all.
func dialOnce(
	ctx context.Context, host, port string, check func(netip.Addr) error,
) (net.Conn, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	var first error
	for _, addr := range addrs {
		if check != nil {
			if err := check(addr.Unmap()); err != nil {
				return nil, err
			}
		}
	}
	for _, addr := range addrs {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(addr.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		first = cmp.Or(first, err)
	}
	return nil, cmp.Or(first, error(&net.DNSError{Err: "no address", IsNotFound: true}))
}
