package model

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bis/internal/retry"
)

// loadingPause is the pause before the next attempt while the server loads the model.
const loadingPause = 10 * time.Second

// isTransient reports whether a later request may succeed after a status. A wrong key, model or
// prompt fails again in the same way. Some servers send status 529 for "overloaded".
func isTransient(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 529:
		return true
	}
	return false
}

// pause waits before another attempt: for the server's Retry-After, or else for the backoff with
// jitter. It fails when ctx would end first.
func (a *asking) pause(ctx context.Context, f *failure) error {
	cfg := a.client.cfg
	if f.wait > 0 {
		return retry.Pause(ctx, f.wait)
	}
	if f.kind == loading {
		return retry.Pause(ctx, min(loadingPause, 20*cfg.Backoff))
	}
	b := retry.Backoff{Least: cfg.Backoff, Spread: 0.5}
	return b.Wait(ctx)
}

// retryAfter returns the wait that a response asks for, capped: the Retry-After header has seconds
// or a date (RFC 9110, section 10.2.3), and some servers send retry-after-ms. It returns 0 when
// there is none or it is malformed.
func (c *Client) retryAfter(h http.Header, now time.Time) time.Duration {
	wait := time.Duration(0)
	value := strings.TrimSpace(h.Get("Retry-After"))
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		wait = capped(ms/1000, c.cfg.MaxRetryAfter)
	} else if seconds, err := strconv.ParseFloat(strings.TrimSuffix(value, "s"), 64); err == nil && seconds > 0 {
		wait = capped(seconds, c.cfg.MaxRetryAfter)
	} else if at, err := http.ParseTime(value); err == nil {
		wait = max(at.Sub(now), 0)
	}
	return min(wait, c.cfg.MaxRetryAfter)
}

// capped returns seconds as a duration of at most most. Huge numbers do not overflow.
func capped(seconds float64, most time.Duration) time.Duration {
	if seconds >= most.Seconds() {
		return most
	}
	return time.Duration(seconds * float64(time.Second))
}

// broken returns the failure of a request without a whole answer. Errors of net/http can contain
// the address, so errors of this package replace them. A refused connection is final, because the
// built-in words can come at once.
func (c *Client) broken(ctx context.Context, err error) *failure {
	if errors.Is(err, ErrTooLarge) || strings.Contains(err.Error(), "server response headers exceeded") {
		return &failure{err: ErrTooLarge}
	}
	if e, ok := errors.AsType[net.Error](err); ctx.Err() != nil || ok && e.Timeout() {
		return &failure{kind: transient, err: ErrTimeout}
	}
	f := &failure{err: &networkError{host: c.host, refused: errors.Is(err, syscall.ECONNREFUSED)}}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
		f.kind = transient // the connection broke; it may have been an old one
	}
	return f
}

// networkError is an ErrNetwork with the host.
type networkError struct {
	host    string
	refused bool
}

// Error names the host.
func (e *networkError) Error() string {
	if e.refused {
		return "connection refused by " + e.host
	}
	return ErrNetwork.Error() + " with " + e.host
}

// Is makes errors.Is(err, ErrNetwork) true.
func (e *networkError) Is(target error) bool { return target == ErrNetwork }
