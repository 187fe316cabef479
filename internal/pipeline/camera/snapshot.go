package camera

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"bis/internal/pipeline"
)

// snapshot gets one picture from a camera for each frame.
type snapshot struct {
	cfg    Config
	url    *url.URL      // without credentials
	user   *url.Userinfo // nil: no credentials
	client *http.Client
}

// openSnapshot returns the source of an http:// or https:// address.
func openSnapshot(address string, cfg Config) (*snapshot, error) {
	u, user, err := webAddress(address)
	if err != nil {
		return nil, err
	}
	return &snapshot{cfg: cfg, url: u, user: user, client: newClient()}, nil
}

// newClient returns a client for one camera. The transport is not shared, so that Close can end
// the camera's connections. The client has no timeout of its own: a snapshot's ctx has one, and
// a stream must not.
func newClient() *http.Client {
	// The documentation of http.DefaultTransport promises this type.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 1
	return &http.Client{Transport: transport, CheckRedirect: checkRedirect}
}

// checkRedirect follows at most three redirects, and none to another host or port: net/http sends
// the credentials along, and they belong to the camera alone. A camera may lead from http to https.
// The other way would send the credentials in clear.
func checkRedirect(r *http.Request, via []*http.Request) error {
	from := via[0].URL
	switch {
	case len(via) > 3:
		return errors.New("redirected too often")
	case !sameHost(r.URL, from):
		return errors.New("redirected to another host")
	case from.Scheme == "https" && r.URL.Scheme != "https":
		return errors.New("redirected from https to http")
	}
	return nil
}

// sameHost reports whether two web addresses have the same host, and the same port or both the
// usual one of their scheme.
func sameHost(a, b *url.URL) bool {
	usual := map[string]string{"http": "80", "https": "443"}
	port := func(u *url.URL) string {
		if p := u.Port(); p != usual[u.Scheme] {
			return p
		}
		return ""
	}
	return strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// get sends a GET with the credentials by basic authentication. The statuses 401 and 403 are
// ErrRefused, and any other status but 200 is ErrOffline. The caller closes the body.
func get(
	ctx context.Context, client *http.Client, u *url.URL, user *url.Userinfo,
) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, offline(err)
	}
	if user != nil {
		password, _ := user.Password()
		r.SetBasicAuth(user.Username(), password)
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, offline(err)
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		kind := pipeline.ErrOffline
		if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden {
			kind = pipeline.ErrRefused
		}
		return nil, fmt.Errorf("%w: it answered %d", kind, res.StatusCode)
	}
	return res, nil
}

// Frame implements pipeline.Source. The picture's bytes show its format, because many cameras send
// a wrong content type. The time of the frame is its arrival.
func (s *snapshot) Frame(ctx context.Context) (pipeline.Frame, error) {
	inner, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	b, err := s.fetch(inner)
	if ctx.Err() != nil {
		return pipeline.Frame{}, ctx.Err() // the caller has left; the camera may be well
	}
	if err != nil {
		return pipeline.Frame{}, err
	}
	img, err := decode(ctx, b)
	return pipeline.Frame{Image: img, At: s.cfg.Clock()}, err
}

// fetch gets the bytes of one picture.
func (s *snapshot) fetch(ctx context.Context) ([]byte, error) {
	res, err := get(ctx, s.client, s.url, s.user)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return readPicture(res.Body)
}

// Close implements pipeline.Source. A running Frame ends by its ctx.
func (s *snapshot) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
