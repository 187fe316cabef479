// Package remote counts by a detector that is called over HTTP. It offers Client, a
// counting.Backend for servers with the interface of DeepStack and CodeProject.AI: a picture is
// posted as the part "image" of a form, and the answer lists predictions.
//
// It promises that a call is bounded in time and in the size of its answer, and that no redirect
// leads to another server. A picture is encoded anew, so nothing leaves but its pixels. An answer
// that cannot be is an error as a whole. Errors have no part of the address but its host, and no
// text of the server.
package remote

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
)

// Config has the settings of a Client.
type Config struct {
	// URL is the address of the server, http or https, perhaps with credentials. Without a path it
	// gets Path. Required.
	URL string
	// Score is the least score of a box. Zero means 0.4, as servers of this kind have it.
	Score float64
	// Time bounds the call for one picture. Zero means 10 s.
	Time time.Duration
}

// Path is where servers of this kind find things in pictures.
const Path = "/v1/vision/detection"

// Bounds of a call.
const (
	maxAnswer   = 1 << 20
	maxHeader   = 64 << 10
	maxRedirect = 3
	dialTime    = 5 * time.Second
	quality     = 90 // of the JPEG
)

// Client calls a server. It is safe for concurrent use.
type Client struct {
	cfg            Config
	url            string // without credentials
	name, password string
	login          bool
	http           *http.Client
}

var _ counting.Backend = (*Client)(nil)

// New returns a client. It contacts no server. Its error does not quote the address.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("remote: the address of the detector must look like http://host:port")
	}
	cfg.Score, cfg.Time = cmp.Or(cfg.Score, .4), cmp.Or(max(0, cfg.Time), 10*time.Second)
	c := &Client{cfg: cfg}
	if u.User != nil {
		c.login, c.name = true, u.User.Username()
		c.password, _ = u.User.Password()
	}
	u.User, u.Fragment = nil, ""
	if u.Path == "" || u.Path == "/" {
		u.Path = Path
	}
	c.url = u.String()
	c.http = &http.Client{
		Timeout: cfg.Time, CheckRedirect: sameServer,
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: dialTime}).DialContext,
			TLSHandshakeTimeout: dialTime, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: maxHeader, DisableCompression: true,
		},
	}
	return c, nil
}

// Name returns the host of an address for people and facts, or "" if it has none.
func Name(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Provider returns the provider that gets the pictures: the id of an address, as
// briefing.ProviderID has it, or "" if it is this machine or in its network. These are loopback and
// private addresses, names without a dot, and names of the domains that are reserved for local use.
func Provider(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip := net.ParseIP(host); ip != nil {
		if ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() {
			return ""
		}
		return briefing.ProviderID(u)
	}
	if !strings.Contains(host, ".") {
		return ""
	}
	for _, local := range []string{".localhost", ".local", ".internal", ".home.arpa", ".lan"} {
		if strings.HasSuffix(host, local) {
			return ""
		}
	}
	return briefing.ProviderID(u)
}

// sameServer follows redirects within one server. Another redirect is the answer.
func sameServer(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirect || r.URL.Scheme != first.Scheme || r.URL.Host != first.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// Open implements counting.Backend. It contacts no server.
func (c *Client) Open(context.Context) (counting.Reader, error) { return reader{c}, nil }

// Close implements counting.Backend.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// reader is the client for one picture at a time.
type reader struct{ c *Client }

// Close implements counting.Reader.
func (reader) Close() error { return nil }

// Detect implements counting.Reader.
func (r reader) Detect(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
	body, kind, err := r.c.form(img)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.c.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("remote: the address of the detector cannot be used")
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept", "application/json")
	if r.c.login {
		req.SetBasicAuth(r.c.name, r.c.password)
	}
	res, err := r.c.http.Do(req)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, counting.Faultf(counting.Refused, "the detector answers with status %d", res.StatusCode)
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, unreachable(ctx, err)
	case len(answer) > maxAnswer:
		return nil, counting.Faultf(counting.Nonsense, "the detector's answer has more than %d bytes", maxAnswer)
	}
	return boxes(answer, img.Bounds().Dx(), img.Bounds().Dy(), r.c.cfg.Score)
}

// form returns the form with a picture, and its content type.
func (c *Client) form(img image.Image) (body []byte, kind string, err error) {
	defer func() {
		if fault := recover(); fault != nil { // an image of a foreign picture may panic
			err = fmt.Errorf("remote: the picture cannot be read: %.200v", fault)
		}
	}()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	score := w.WriteField("min_confidence", strconv.FormatFloat(c.cfg.Score, 'f', -1, 64))
	part, err := w.CreateFormFile("image", "image.jpg")
	if err == nil {
		err = jpeg.Encode(part, img, &jpeg.Options{Quality: quality})
	}
	err = errors.Join(score, err, w.Close()) // Close writes the end
	return b.Bytes(), w.FormDataContentType(), err
}

// unreachable returns the error of a call without an answer. The error of package http has the
// address, which may contain a key.
func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return counting.Faultf(counting.Slow, "the detector does not answer in time")
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	var op *net.OpError
	if !errors.As(err, &op) {
		return counting.Faultf(counting.Unreachable, "the detector gives no answer that can be read")
	}
	return counting.Faultf(counting.Unreachable, "the detector cannot be reached: %w", op.Err)
}
