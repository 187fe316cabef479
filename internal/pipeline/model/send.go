package model

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// Bounds of a response.
const (
	maxHeader    = 64 << 10
	maxBody      = 1 << 20         // bytes after decompression
	maxErrorBody = 64 << 10        // of a body that explains a failure; more is not read
	errorTime    = 5 * time.Second // for such a body
)

// attempt sends a question once in a dialect. cancel ends ctx.
func (c *Client) attempt(
	ctx context.Context, cancel context.CancelFunc, q Question, d dialect,
) (Answer, *failure) {
	body, err := json.Marshal(c.params(q, d))
	if err != nil {
		return Answer{}, &failure{err: ErrGarbled} // the SDK's types cannot fail
	}
	res, err := c.send(ctx, http.MethodPost, c.paths[d.path]+"chat/completions", bytes.NewReader(body))
	if err != nil {
		return Answer{}, c.broken(ctx, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return c.read(ctx, res, q, d)
	}
	// A body that explains a failure may drip for ever, so it has a deadline of its own.
	late := time.AfterFunc(errorTime, cancel)
	defer late.Stop()
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // up to where it broke off
	complaint := readComplaint(text)
	f := c.classify(res.StatusCode, complaint, q, d)
	f.wait = c.retryAfter(res.Header, time.Now())
	if e, ok := f.err.(*StatusError); ok {
		e.RetryAfter = f.wait
	}
	if f.kind != wrongPath && complaint.json && !isTransient(res.StatusCode) {
		c.foundChat(d.path)
	}
	return Answer{}, f
}

// send sends a request and returns its response, with a body that is bounded.
func (c *Client) send(ctx context.Context, method, address string, body io.Reader) (*http.Response, error) {
	if c.query != "" {
		address += "?" + c.query
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "bis")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cfg.APIKey != "" {
		r.Header.Set("Authorization", "Bearer "+c.cfg.APIKey)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	res.Body = &limited{ReadCloser: res.Body, left: maxBody}
	return res, nil
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
