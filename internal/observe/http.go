package observe

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Middleware counts and times the answers of next under a route's name. A panic before the first
// byte becomes 500. A later panic breaks the connection, so that no client mistakes a part for the
// complete answer. The cause is logged and never sent.
func (m *Metrics) Middleware(route string, log *slog.Logger, next http.Handler) http.Handler {
	b := m.newRouteMetrics(route)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		start := time.Now()
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler { // the panic by which handlers abort
				log.ErrorContext(r.Context(), "handler panicked",
					"route", route, "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 && !rec.hijacked {
					http.Error(rec, "Internal Server Error", http.StatusInternalServerError)
					p = nil
				}
			}
			if p != nil && !rec.hijacked {
				rec.status = http.StatusInternalServerError
			}
			b.record(rec, time.Since(start))
			if p != nil {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// routeMetrics are the series of one route. They are created once per route, and not for each
// answer.
type routeMetrics struct {
	hijacks prometheus.Counter         // answers that became WebSockets
	classes [6]prometheus.Counter      // by the first digit of the status; 0 is unused
	seconds func() prometheus.Observer // created by the first answer of the route
}

// newRouteMetrics returns the series of a route.
func (m *Metrics) newRouteMetrics(route string) *routeMetrics {
	b := &routeMetrics{
		hijacks: m.answers.WithLabelValues(route, "socket"),
		seconds: sync.OnceValue(func() prometheus.Observer {
			return m.seconds.WithLabelValues(route)
		}),
	}
	for i := range b.classes {
		if i > 0 {
			b.classes[i] = m.answers.WithLabelValues(route, strconv.Itoa(i)+"xx")
		}
	}
	return b
}

// record counts an answer, and times it unless it was a stream or a socket.
func (b *routeMetrics) record(rec *recorder, took time.Duration) {
	switch {
	case rec.hijacked:
		b.hijacks.Inc()
		return
	case rec.status == 0:
		rec.status = http.StatusOK
	}
	b.classes[min(max(rec.status/100, 1), 5)].Inc()
	if !rec.streamed {
		b.seconds().Observe(took.Seconds())
	}
}

// recorder records the status of an answer. It offers all methods of the wrapped writer that
// http.ResponseController and io.Copy use.
type recorder struct {
	http.ResponseWriter
	status   int  // status of the answer; 0: not sent yet
	streamed bool // Flush was called
	hijacked bool // the connection was taken over
}

var (
	_ http.Flusher    = (*recorder)(nil)
	_ http.Hijacker   = (*recorder)(nil)
	_ io.ReaderFrom   = (*recorder)(nil)
	_ io.StringWriter = (*recorder)(nil)
)

// WriteHeader implements http.ResponseWriter. It does not record informational statuses, which
// precede the final status.
func (r *recorder) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		r.setStatus(status)
	}
	r.ResponseWriter.WriteHeader(status)
}

// setStatus records the first status.
func (r *recorder) setStatus(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.setStatus(http.StatusOK)
	return r.ResponseWriter.Write(b)
}

// WriteString implements io.StringWriter, so that the string is not copied.
func (r *recorder) WriteString(s string) (int, error) {
	r.setStatus(http.StatusOK)
	return io.WriteString(r.ResponseWriter, s)
}

// ReadFrom implements io.ReaderFrom, so that io.Copy uses the ReadFrom of the wrapped writer.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.setStatus(http.StatusOK)
	return io.Copy(r.ResponseWriter, src)
}

// Flush implements http.Flusher, for handlers that ignore the error.
func (r *recorder) Flush() { _ = r.FlushError() }

// FlushError marks the answer as a stream and returns the error of the wrapped writer.
// http.ResponseController.Flush calls it.
func (r *recorder) FlushError() error {
	r.setStatus(http.StatusOK)
	r.streamed = true
	return http.NewResponseController(r.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker. WebSockets call it to get the connection.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	r.hijacked = err == nil
	return conn, rw, err
}

// Unwrap lets http.ResponseController reach the wrapped writer, for deadlines and full duplex.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
