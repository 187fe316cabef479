// Package camera gives frames of five kinds of camera. The scheme of the address names the kind:
//
//	demo:             a shop drawn by code, with people who come and go, in several scenes
//	file:PATH         the pictures of a folder in a loop, or one picture
//	http(s)://…       a camera that answers each GET with a JPEG or PNG picture
//	mjpeg+http(s)://… a camera that sends an endless multipart stream of pictures
//	rtsp(s)://…       a camera that sends video by RTSP; see package rtsp
//
// The scheme of a web address says what to expect, and the answer decides: a stream at an http
// address is read as a stream, and a single picture at an mjpeg+http address as a picture.
//
// # Promises
//
// Pictures are foreign input. A picture has at most 10 MiB and 40 million pixels, and takes at most
// 96 MiB to decode. All of that is checked before it is decoded; larger JPEGs are decoded at an
// eighth of their size. Frames have at most maxSide pixels a side. Answers that break the rules of
// HTTP, of multipart and of JPEG are read as far as they can be understood.
//
// Every wait has a deadline. Each error of a network camera is a pipeline.Trouble with the reason
// for the owner. A camera that cannot be reached or does not answer within Config.Timeout is
// pipeline.ErrOffline, and one that sends something else than a picture pipeline.ErrUnreadable.
// Each change of the reason is logged once.
//
// Credentials go to the camera's host alone, only after it has asked for them, and never from https
// to http. After a camera has offered Digest, its password is not sent in clear. They are in no
// error and in no log. There is no proxy.
//
// An address is resolved once for each connection, and Config.Nets decides about every address of
// it, also behind a redirect. Certificates are verified, or accepted at first use and then pinned.
//
// # Left to others
//
// A source never measures. The pipeline shares one frame among the runs of a moment.
package camera

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"bis/internal/briefing"
	"bis/internal/nets"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera/ffmpeg"
)

// Config has the values that all sources need.
type Config struct {
	// Clock gives the moments of frames and the demo's time. Nil means time.Now.
	Clock func() time.Time
	// Timeout bounds the time of one frame from a network camera, from the connection to the last
	// byte. Zero means 5 s.
	Timeout time.Duration
	Log     *slog.Logger // nil: slog.Default()
	// FFmpeg decodes H.264 and H.265. Nil means the program of that name in PATH.
	FFmpeg *ffmpeg.Decoder
	// Nets decides about each address to which a source connects, and returns an error for one that
	// may not be called. Nil permits every address to Open, and public and private ones
	// to OpenSource.
	Nets func(netip.Addr) error
	// Resolve returns the addresses of a host name. Nil means the system's resolver.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	// Pin is the SHA-256 fingerprint of the certificate that was accepted for this camera, in hex.
	// Empty means none: the next one that cannot be verified is accepted.
	Pin string
	// Pinned is called with the fingerprint of a certificate that is accepted at first use, before
	// anything is sent over that connection. Nil means that nobody records it.
	Pinned func(fingerprint string)
	// PinFile is a file in which the source records accepted certificates itself, one for each
	// host. Empty means none.
	PinFile string
	Roots   *x509.CertPool // of certificates; nil: the system's

	connect func(ctx context.Context, address string) (net.Conn, error) // for tests
}

// Open returns the source of the operator's address. It contacts no camera. An address with file:
// must lead to a picture. The error is one sentence about the address, without its credentials.
func Open(address string, cfg Config) (pipeline.Source, error) {
	cfg = cfg.withDefaults()
	scheme, rest, _ := strings.Cut(strings.TrimSpace(address), ":")
	switch strings.ToLower(scheme) {
	case "demo":
		d, err := openDemo(rest, cfg)
		if invalid, ok := errors.AsType[*briefing.InvalidError](err); ok {
			return nil, errors.New("camera address " + invalid.Rule)
		}
		return d, err
	case "file":
		return openFiles(rest, cfg)
	}
	src, err := briefing.ParseSource(address)
	switch {
	case err != nil && strings.Contains(address, "://") && knownScheme(scheme):
		return nil, errors.New("camera address must be like http://192.0.2.7/snapshot.jpg")
	case err != nil || src.Scheme == "push":
		return nil, errors.New(
			"camera address must be demo:, file:PATH, http(s)://…, mjpeg+http(s)://… or rtsp(s)://…")
	}
	return openSource(src, cfg)
}

// knownScheme reports whether a scheme is one of network cameras.
func knownScheme(scheme string) bool {
	scheme = strings.TrimPrefix(strings.ToLower(scheme), "mjpeg+")
	return scheme == "http" || scheme == "https" || scheme == "rtsp" || scheme == "rtsps"
}

// OpenSource returns the source of a user's address. It contacts no camera. The error is an
// InvalidError on field "source", or that of a file of certificates.
func OpenSource(src briefing.Source, cfg Config) (pipeline.Source, error) {
	cfg = cfg.withDefaults()
	if cfg.Nets == nil {
		cfg.Nets = nets.Nets{Public: true, Private: true}.Check
	}
	switch src.Scheme {
	case "demo":
		return openDemo(src.Path, cfg)
	case "push", "file", "":
		return nil, briefing.Refuse(briefing.RefuseAddress, "source", "must be an address that can be called")
	}
	return openSource(src, cfg)
}

// openSource returns the source of a network camera, which reports its troubles.
func openSource(src briefing.Source, cfg Config) (pipeline.Source, error) {
	switch src.Scheme {
	case "rtsp", "rtsps":
		r, err := openRTSP(src, cfg)
		if err != nil {
			return nil, err
		}
		return &reported{source: r, kind: src.Scheme, log: cfg.Log}, nil
	}
	w, err := openWeb(src, cfg)
	if err != nil {
		return nil, err
	}
	return &reported{source: w, kind: src.Scheme, log: cfg.Log}, nil
}

// withDefaults returns a configuration without zeros that mean something else.
func (cfg Config) withDefaults() Config {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 5 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return cfg
}

// offline wraps a cause as ErrOffline, without the address that net/http puts into its errors.
func offline(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	return fmt.Errorf("%w: %w", pipeline.ErrOffline, unquoted{err})
}

// unquoted is an error whose text is cut at the first quotation mark. Errors of net/http quote
// parts of addresses there: of a proxy, of a redirect, or bytes that came instead of HTTP. A text
// that still contains an address is replaced.
type unquoted struct{ error }

func (e unquoted) Unwrap() error { return e.error }

func (e unquoted) Error() string {
	text, _, _ := strings.Cut(e.error.Error(), `"`)
	text = strings.TrimRight(text, " :")
	if text == "" || strings.Contains(text, "@") || strings.Contains(text, "://") {
		return "the request failed"
	}
	return text
}
