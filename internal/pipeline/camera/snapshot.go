package camera

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"bis/internal/pipeline"
)

// snapshot asks a camera for a picture each time.
type snapshot struct {
	cfg    Config
	url    *url.URL
	user   *url.Userinfo
	client *http.Client
}

func openSnapshot(address string, cfg Config) (*snapshot, error) {
	u, user, err := webAddress(address)
	if err != nil {
		return nil, err
	}
	return &snapshot{cfg: cfg, url: u, user: user, client: newClient()}, nil
}

// newClient makes a client of its own, so that Close ends its connections. It follows no redirect to another host,
// where the credentials have no business.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() // it is one, by its documentation
	transport.MaxIdleConnsPerHost = 1
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 3 || r.URL.Host != via[0].URL.Host {
			return errors.New("redirected to another host, or too often")
		}
		return nil
	}}
}

// get asks an address with its credentials. The caller closes the body of the answer.
func get(ctx context.Context, client *http.Client, u *url.URL, user *url.Userinfo) (*http.Response, error) {
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
		return nil, fmt.Errorf("%w: it answered %d", pipeline.ErrOffline, res.StatusCode)
	}
	return res, nil
}

// Frame implements pipeline.Source. The kind of a picture is read off its bytes: cameras
// are careless with content types.
func (s *snapshot) Frame(ctx context.Context) (pipeline.Frame, error) {
	inner, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	b, err := s.fetch(inner)
	if ctx.Err() != nil {
		return pipeline.Frame{}, ctx.Err()
	}
	if err != nil {
		return pipeline.Frame{}, err
	}
	img, err := decode(b)
	return pipeline.Frame{Image: img, At: s.cfg.Clock()}, err
}

func (s *snapshot) fetch(ctx context.Context) ([]byte, error) {
	res, err := get(ctx, s.client, s.url, s.user)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return readPicture(res.Body)
}

// Close implements pipeline.Source.
func (s *snapshot) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
