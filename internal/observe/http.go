package observe

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"
)

// Middleware counts and times the answers of a handler under a route's name, and turns a panic
// into 500: its cause goes to the log, none of it to the caller.
func (m *Metrics) Middleware(route string, log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p) // net/http's own way to break off an answer
				}
				log.ErrorContext(r.Context(), "handler panicked", "route", route, "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 && !rec.hijacked {
					http.Error(rec, "Internal Server Error", http.StatusInternalServerError)
				}
			}
			m.book(route, rec, time.Since(start))
		}()
		next.ServeHTTP(rec, r)
	})
}

func (m *Metrics) book(route string, rec *recorder, took time.Duration) {
	switch {
	case rec.hijacked:
		m.answers.WithLabelValues(route, "socket").Inc()
		return
	case rec.status == 0:
		rec.status = http.StatusOK
	}
	m.answers.WithLabelValues(route, strconv.Itoa(rec.status/100)+"xx").Inc()
	if !rec.streamed {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// recorder sees the status that passes through it.
type recorder struct {
	http.ResponseWriter
	status   int
	streamed bool
	hijacked bool
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Flush marks the answer as a stream.
func (r *recorder) Flush() {
	r.streamed = true
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Hijack hands the connection to a WebSocket.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	r.hijacked = err == nil
	return conn, rw, err
}

// Unwrap lets http.ResponseController reach the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
