// Package camera gives frames of four kinds of camera. The scheme of the address names the kind:
//
//	demo:             a shop drawn by code, with people who come and go, in several scenes
//	file:PATH         the pictures of a folder in a loop, or one picture
//	http(s)://…       a camera that answers each GET with a JPEG or PNG picture
//	mjpeg+http(s)://… a camera that sends an endless multipart stream of pictures
//
// # Promises
//
// Pictures are foreign input. A picture has at most 10 MiB and 25 million pixels, and both are
// checked before it is decoded. The error for a picture beyond these bounds, or for one that cannot
// be decoded, is pipeline.ErrUnreadable.
//
// Every wait has a deadline. The error for a camera that cannot be reached, refuses, or does not
// answer within Config.Timeout is pipeline.ErrOffline.
//
// Credentials in an address go to the camera's host and port alone, and never from https to http.
// They are in no error and in no log.
//
// # Left to others
//
// A source never measures. It does not check whether an address is safe to call: the operator
// sets addresses, not a user. The pipeline shares one frame among the runs of a moment.
package camera

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"bis/internal/pipeline"
)

// Config has the values that all sources need.
type Config struct {
	// Clock gives the moments of frames and the demo's time. Nil means time.Now.
	Clock func() time.Time
	// Timeout bounds the time of one frame from a network camera, from the connection to the last
	// byte. Zero means 5 s.
	Timeout time.Duration
	Log     *slog.Logger // nil: slog.Default()
}

// Open returns the source of an address. It contacts no camera. An address with file: must lead to
// a picture. The error is one sentence about the address, without its credentials.
func Open(address string, cfg Config) (pipeline.Source, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 5 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "demo":
		return openDemo(rest, cfg)
	case "file":
		return openFiles(rest, cfg)
	case "http", "https":
		return openSnapshot(address, cfg)
	case "mjpeg+http", "mjpeg+https":
		return openStream(strings.TrimPrefix(address, "mjpeg+"), cfg)
	case "rtsp", "rtsps":
		return nil, errRTSP
	}
	return nil, errors.New(
		"camera address must be demo:, file:PATH, http(s)://… or mjpeg+http(s)://…")
}

// errRTSP names the addresses that most cameras with RTSP also have.
var errRTSP = errors.New("camera rtsp://… comes with a later version; use a snapshot (http://…) " +
	"or MJPEG (mjpeg+http://…) address of the camera")

// webAddress splits a camera's address into the part that may be shown and the credentials. The
// error is a fixed sentence, because url.Parse quotes the address and so the password.
func webAddress(address string) (*url.URL, *url.Userinfo, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, nil, errors.New("camera address must be like http://192.0.2.7/snapshot.jpg")
	}
	user := u.User
	u.User = nil
	return u, user, nil
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
