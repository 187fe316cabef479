package observe

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Middleware counts and times the answers of a handler under a route's name, and turns a panic
// into 500: its cause goes to the log, none of it to the caller.
func (m *Metrics) Middleware(route string, log *slog.Logger, next http.Handler) http.Handler {
	b := m.booksOf(route)
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
			b.enter(rec, time.Since(start))
		}()
		next.ServeHTTP(rec, r)
	})
}

// books are a route's, found once and not with every answer.
type books struct {
	sockets prometheus.Counter
	classes [6]prometheus.Counter      // by the first digit of the status
	seconds func() prometheus.Observer // a series only of routes that have answered
}

func (m *Metrics) booksOf(route string) *books {
	b := &books{sockets: m.answers.WithLabelValues(route, "socket"), seconds: sync.OnceValue(func() prometheus.Observer {
		return m.seconds.WithLabelValues(route)
	})}
	for i := range b.classes {
		if i > 0 {
			b.classes[i] = m.answers.WithLabelValues(route, strconv.Itoa(i)+"xx")
		}
	}
	return b
}

func (b *books) enter(rec *recorder, took time.Duration) {
	switch {
	case rec.hijacked:
		b.sockets.Inc()
		return
	case rec.status == 0:
		rec.status = http.StatusOK
	}
	b.classes[min(max(rec.status/100, 1), 5)].Inc()
	if !rec.streamed {
		b.seconds().Observe(took.Seconds())
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
