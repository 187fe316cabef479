package observe_test

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bis/internal/observe"
)

// writer is a ResponseWriter that records its calls and returns known errors.
type writer struct {
	*httptest.ResponseRecorder
	flushed  error
	deadline map[string]time.Time
	duplex   bool
	readFrom int64
	text     string
}

func (w *writer) FlushError() error { return w.flushed }

func (w *writer) SetReadDeadline(t time.Time) error {
	w.deadline["read"] = t
	return nil
}

func (w *writer) SetWriteDeadline(t time.Time) error {
	w.deadline["write"] = t
	return nil
}

func (w *writer) EnableFullDuplex() error {
	w.duplex = true
	return nil
}

var errHijack = errors.New("hijack refused")

func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, errHijack }

func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	n, err := w.Body.ReadFrom(r)
	w.readFrom += n
	return n, err
}

func (w *writer) WriteString(s string) (int, error) {
	w.text += s
	return len(s), nil
}

// within calls f as a handler inside the middleware, with w as the wrapped writer.
func within(t *testing.T, w http.ResponseWriter, f func(w http.ResponseWriter)) *observe.Metrics {
	t.Helper()
	m := observe.NewMetrics()
	h := m.Middleware("x", slog.New(slog.DiscardHandler), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { f(w) }))
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return m
}

func newWriter() *writer {
	return &writer{ResponseRecorder: httptest.NewRecorder(), deadline: map[string]time.Time{}}
}

func TestMiddleware_tells_that_a_flush_failed(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for name, c := range map[string]struct {
		below http.ResponseWriter
		want  error
	}{
		"an error":                 {&writer{ResponseRecorder: httptest.NewRecorder(), flushed: broken}, broken},
		"no error":                 {newWriter(), nil},
		"no flusher":               {struct{ http.ResponseWriter }{httptest.NewRecorder()}, errors.ErrUnsupported},
		"a flusher without errors": {httptest.NewRecorder(), nil},
	} {
		within(t, c.below, func(w http.ResponseWriter) {
			if err := http.NewResponseController(w).Flush(); !errors.Is(err, c.want) {
				t.Errorf("%s: Flush = %v, want %v", name, err, c.want)
			}
		})
	}
}

func TestMiddleware_hides_nothing_of_the_writer_below(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0)
	below := newWriter()
	within(t, below, func(w http.ResponseWriter) {
		control := http.NewResponseController(w)
		if err := errors.Join(control.SetReadDeadline(at), control.SetWriteDeadline(at), control.EnableFullDuplex()); err != nil {
			t.Error(err)
		}
		if _, _, err := control.Hijack(); !errors.Is(err, errHijack) {
			t.Errorf("Hijack = %v, want %v", err, errHijack)
		}
		if n, err := io.Copy(w, struct{ io.Reader }{strings.NewReader("body")}); n != 4 || err != nil {
			t.Errorf("Copy = %d, %v", n, err)
		}
		if n, err := io.WriteString(w, "text"); n != 4 || err != nil {
			t.Errorf("WriteString = %d, %v", n, err)
		}
	})
	if below.deadline["read"] != at || below.deadline["write"] != at || !below.duplex {
		t.Errorf("deadlines %v and full duplex %t did not arrive", below.deadline, below.duplex)
	}
	if below.readFrom != 4 || below.text != "text" {
		t.Errorf("ReadFrom passed %d bytes and WriteString %q, want 4 and \"text\"", below.readFrom, below.text)
	}
}

// A flush and a copy send the status, like a write. After them, a panic must not write a second
// answer, and the first answer must not look complete.
func TestMiddleware_breaks_off_an_answer_that_has_begun(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(w http.ResponseWriter){
		"flush":        func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() },
		"write":        func(w http.ResponseWriter) { _, _ = w.Write([]byte("x")) },
		"copy":         func(w http.ResponseWriter) { _, _ = io.Copy(w, struct{ io.Reader }{strings.NewReader("x")}) },
		"write string": func(w http.ResponseWriter) { _, _ = io.WriteString(w, "x") },
		"abort": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte("x"))
			panic(http.ErrAbortHandler)
		},
	} {
		below, m := newWriter(), observe.NewMetrics()
		h := m.Middleware("x", slog.New(slog.DiscardHandler), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			send(w)
			panic("later")
		}))
		if p := panicOf(func() { h.ServeHTTP(below, httptest.NewRequest(http.MethodGet, "/", nil)) }); p != http.ErrAbortHandler {
			t.Errorf("%s: the handler panicked with %v, want %v", name, p, http.ErrAbortHandler)
		}
		if strings.Contains(below.Body.String(), "Internal Server Error") {
			t.Errorf("%s: a second answer was written", name)
		}
		expect(t, m, `bis_http_answers_total{route="x",status="5xx"} 1`)
	}
}

func panicOf(f func()) (cause any) {
	defer func() { cause = recover() }()
	f()
	return nil
}

func TestMiddleware_counts_the_status_after_informational_ones(t *testing.T) {
	t.Parallel()
	m := within(t, newWriter(), func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusNotFound)
	})
	expect(t, m, `bis_http_answers_total{route="x",status="4xx"} 1`)
}
