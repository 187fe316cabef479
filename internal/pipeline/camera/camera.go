// Package camera gets frames: of a shop drawn by code, of pictures in a folder, of
// cameras that answer HTTP with a picture or an MJPEG stream.
//
// What comes from outside is foreign input. Its bytes and its pixels are bounded before it is
// decoded, every wait has a deadline, and credentials in an address are sent to the camera and
// shown to nobody.
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

// Config is what sources need.
type Config struct {
	Clock func() time.Time // nil: time.Now
	// Timeout is how long a camera may take to give a frame. Zero means 5 s.
	Timeout time.Duration
	Log     *slog.Logger // nil: slog.Default()
}

// Open returns the source of an address: demo:, file:PATH, http(s)://… or
// mjpeg+http(s)://…. It reaches for no camera yet; an error is a sentence on the address.
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
		return nil, errors.New("camera rtsp://… comes with a later version; use a snapshot (http://…) or MJPEG (mjpeg+http://…) address of the camera")
	}
	return nil, errors.New("camera address must be demo:, file:PATH, http(s)://… or mjpeg+http(s)://…")
}

// webAddress takes a camera's address apart into what may be shown and the credentials.
func webAddress(address string) (*url.URL, *url.Userinfo, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, nil, errors.New("camera address must be like http://192.0.2.7/snapshot.jpg") // the parser would quote the password
	}
	user := u.User
	u.User = nil
	return u, user, nil
}

// offline wraps a cause as ErrOffline. The address that net/http puts into its errors is left out.
func offline(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	return fmt.Errorf("%w: %w", pipeline.ErrOffline, unquoted{err})
}

// unquoted is an error whose text ends before the first quotation. Errors of net/http quote pieces
// of addresses: of a proxy, of a redirect, of what came instead of HTTP.
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
