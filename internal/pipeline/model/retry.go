package model

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/openai/openai-go/v3"

	"bis/internal/retry"
)

// transient reports whether a second try may succeed: the server was slow or overloaded. A wrong
// key, model or prompt fails again in the same way. A refused connection is not retried, because
// the template can write at once. Some servers send status 529 for "overloaded".
func transient(err error) bool {
	if errors.Is(err, ErrTimeout) {
		return true
	}
	status := (*StatusError)(nil)
	if !errors.As(err, &status) {
		return false
	}
	switch status.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 529:
		return true
	}
	return false
}

// pause waits before the second try: for the server's Retry-After, capped, or else for the backoff
// with jitter. It fails when ctx would end first.
func (c *Client) pause(ctx context.Context, asked time.Duration) error {
	if wait := min(asked, c.cfg.MaxRetryAfter); wait > 0 {
		return retry.Pause(ctx, wait)
	}
	b := retry.Backoff{Least: c.cfg.Backoff, Spread: 0.5}
	return b.Wait(ctx)
}

// retryAfter returns the wait of a Retry-After header, which has seconds or a date (RFC 9110,
// section 10.2.3). It returns 0 when the header is absent or malformed.
func retryAfter(res *http.Response, now time.Time) time.Duration {
	if res == nil {
		return 0
	}
	value := res.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// clean replaces an error of the SDK or of net/http by one of this package. Their errors can
// contain the address, or a body that repeats the key.
func clean(ctx context.Context, err error) error {
	if api := (*openai.Error)(nil); errors.As(err, &api) {
		return &StatusError{Status: api.StatusCode}
	}
	if errors.Is(err, ErrTooLarge) {
		return ErrTooLarge
	}
	if net, ok := errors.AsType[net.Error](err); ctx.Err() != nil || ok && net.Timeout() {
		return ErrTimeout
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return ErrNetwork
	}
	return ErrGarbled
}

// limitBody is a middleware of the SDK. It bounds the response's body, so an endless one costs at
// most maxBody of memory.
func limitBody(
	r *http.Request, next func(*http.Request) (*http.Response, error),
) (*http.Response, error) {
	res, err := next(r)
	if err == nil && res.Body != nil {
		res.Body = &limited{ReadCloser: res.Body, left: maxBody}
	}
	return res, err
}

// limited is a body that fails with ErrTooLarge after left bytes. It must not just end there: a
// truncated answer could still parse.
type limited struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrTooLarge
	}
	n, err := l.ReadCloser.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
