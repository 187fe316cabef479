package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"bis/internal/limit"
)

// deadlines bounds the time for receiving a body and for sending an answer. After a deadline the
// handler's read or write fails and the connection closes. A phone that transfers 2 KB/s stays
// within the defaults.
type deadlines struct {
	body    time.Duration       // for a complete body
	bodyKiB time.Duration       // additional time for each KiB that was received
	write   time.Duration       // for sending writeLen bytes of an answer
	passed  func(*http.Request) // called for each call that was too slow; nil: not called

	bodies *limit.Bytes // bounds the bodies in memory; nil: no limit
}

// defaultDeadlines are the deadlines of the server's calls.
var defaultDeadlines = deadlines{body: 10 * time.Second, bodyKiB: time.Second, write: 15 * time.Second}

// writeLen is how many bytes are written under one deadline.
const writeLen = 8 << 10

// guard returns a handler with these deadlines. The write deadline ends when the handler hijacks
// the connection or sets a write deadline itself.
func (d deadlines) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			body := &timedBody{
				ReadCloser: r.Body, deadlines: d, control: control, header: w.Header(), started: time.Now(), call: r,
				cost: bodyCost,
			}
			body.booking = d.bodies.Begin(limit.CallerOf(r.Context()))
			defer body.booking.Release()
			body.extend()
			r.Body = body
		}
		next.ServeHTTP(&timedWriter{ResponseWriter: w, control: control, deadlines: d, call: r}, r)
	})
}

// report calls passed if err means that a deadline has passed.
func (d deadlines) report(r *http.Request, err error) {
	if d.passed != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		d.passed(r)
	}
}

// timedBody is a body whose deadline moves while bytes arrive.
type timedBody struct {
	io.ReadCloser
	deadlines
	control *http.ResponseController
	header  http.Header // of the answer
	started time.Time
	call    *http.Request
	got     int64 // bytes
	moved   int64 // KiB received at the last move of the deadline
	booking *limit.Booking
	cost    int64 // bytes of memory for each byte; a handler may change it
}

// What a body books until the handler returns or closes the body.
const (
	bodyStep = 8 << 10 // the bytes of a body that are booked at once
	bodyCost = 3       // bytes of memory for each byte: a growing buffer, and what is decoded

	bodyPatience = 2 * time.Second // how long a body waits for room
)

// Read implements io.Reader. It removes the deadline at the end of the body. After that, net/http
// reads on to notice a caller that leaves, and a passed deadline would look like a leaving caller.
func (b *timedBody) Read(p []byte) (int, error) {
	if err := b.book(); err != nil {
		return 0, err
	}
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	switch {
	case errors.Is(err, io.EOF):
		// An error means that the writer has no deadlines, which does not occur over TCP.
		_ = b.control.SetReadDeadline(time.Time{})
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.header.Set("Connection", "close")
		b.report(b.call, err)
	case err == nil && b.got>>10 > b.moved:
		b.extend()
	}
	return n, err
}

// book books the bytes that were received so far. Without room it returns limit.ErrNoRoom, and the
// handler must answer 503.
func (b *timedBody) book() error {
	want := b.got / bodyStep * bodyStep * b.cost
	if want == 0 {
		return nil // nearly all bodies are short
	}
	now := time.Now()
	if !b.booking.Grow(b.call.Context(), want, bodyPatience) {
		b.header.Set("Connection", "close")
		b.header.Set("Retry-After", "1")
		return limit.ErrNoRoom
	}
	if waited := time.Since(now); waited > time.Millisecond {
		b.started = b.started.Add(waited) // waiting is not the caller's fault
		b.extend()
	}
	return nil
}

// Close implements io.Closer. A stream closes the body that it has read, because it lives longer.
func (b *timedBody) Close() error {
	b.booking.Release()
	return b.ReadCloser.Close()
}

// extend moves the deadline by the bytes received so far.
func (b *timedBody) extend() {
	b.moved = b.got >> 10
	more := time.Duration(b.moved) * b.bodyKiB
	_ = b.control.SetReadDeadline(b.started.Add(b.body + more))
}

// timedWriter gives each part of an answer its own deadline.
type timedWriter struct {
	http.ResponseWriter
	deadlines
	control *http.ResponseController
	call    *http.Request
	own     bool // the handler sets deadlines itself
	moved   time.Time
}

// Unwrap returns the wrapped writer to http.ResponseController.
func (w *timedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// SetWriteDeadline is called by http.ResponseController. Afterwards only the handler's deadlines
// apply.
func (w *timedWriter) SetWriteDeadline(at time.Time) error {
	w.own = true
	return w.control.SetWriteDeadline(at)
}

// Write implements io.Writer. It writes in parts, so a slow caller receives a long answer if it
// reads each part in time.
func (w *timedWriter) Write(p []byte) (int, error) {
	written := 0
	for {
		w.extend()
		n, err := w.ResponseWriter.Write(p[written:min(len(p), written+writeLen)])
		written += n
		w.report(w.call, err)
		if err != nil || written == len(p) {
			return written, err
		}
	}
}

// Flush implements http.Flusher, for handlers that ignore the error.
func (w *timedWriter) Flush() { _ = w.FlushError() }

// FlushError flushes under a deadline. http.ResponseController calls it.
func (w *timedWriter) FlushError() error {
	w.extend()
	return w.control.Flush()
}

// extend sets the deadline of the next write, unless the handler sets deadlines itself.
func (w *timedWriter) extend() {
	now := time.Now()
	// Most answers are written in three small parts at once. Setting a deadline for each would cost
	// more than writing them.
	if !w.own && now.Sub(w.moved) > w.write/16 {
		w.moved = now
		_ = w.control.SetWriteDeadline(now.Add(w.write))
	}
}
