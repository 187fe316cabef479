package server

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// short are deadlines that a test can wait for. Only a stuck caller reaches them.
var short = deadlines{body: 200 * time.Millisecond, bodyKiB: time.Minute, write: 200 * time.Millisecond}

// dial opens a raw connection to a server and writes text to it.
func dial(t *testing.T, h http.Handler, d deadlines, text string) net.Conn {
	t.Helper()
	srv := httptest.NewServer(d.guard(h))
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute)) // longer than any step of the test
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// stuck is a request whose body never ends.
const stuck = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx"

// TestDeadlines_end_a_body_that_never_comes checks that the connection closes, whether or not the
// handler reads the body.
func TestDeadlines_end_a_body_that_never_comes(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"read": func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("reading ends with %v, want the deadline", err)
			}
			w.WriteHeader(http.StatusBadRequest)
		},
		"not read": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, h, short, stuck)
			answer, err := io.ReadAll(conn)
			if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 ")) {
				t.Errorf("got %q, %v, want an answer and the end", answer, err)
			}
		})
	}
}

// clocked records the read deadlines that are set on a handler's writer.
type clocked struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (c *clocked) SetReadDeadline(at time.Time) error {
	c.deadlines = append(c.deadlines, at)
	return nil
}

// TestDeadlines_move_with_a_slow_body checks that each received KiB extends the deadline and that
// the end of the body removes it. A deadline that remained would pass later and be mistaken for a
// caller that has left.
func TestDeadlines_move_with_a_slow_body(t *testing.T) {
	t.Parallel()
	w := &clocked{ResponseRecorder: httptest.NewRecorder()}
	body := io.MultiReader(strings.NewReader(strings.Repeat("x", 100)), strings.NewReader(strings.Repeat("x", 3<<10)))
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for p := make([]byte, 1<<10); ; {
			if _, err := r.Body.Read(p); err != nil {
				return
			}
		}
	})
	defaultDeadlines.guard(h).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", body))
	first, last := w.deadlines[0], w.deadlines[len(w.deadlines)-1]
	if wait := time.Until(first); wait < 9*time.Second || wait > 10*time.Second {
		t.Errorf("a body has %v to begin, want 10 s", wait)
	}
	var more []time.Duration
	for _, at := range w.deadlines[1 : len(w.deadlines)-1] {
		more = append(more, at.Sub(first))
	}
	if want := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}; !slices.Equal(more, want) {
		t.Errorf("the deadline moves by %v, want %v", more, want)
	}
	if !last.IsZero() {
		t.Errorf("after the body the deadline is %v, want none", last)
	}
}

// TestDeadlines_end_an_answer_that_nobody_reads checks that the handler's write fails.
func TestDeadlines_end_an_answer_that_nobody_reads(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, 64<<20)) // more than any socket's buffers
		ended <- err
	})
	dial(t, h, short, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("writing ends with %v, want the deadline", err)
		}
	case <-time.After(time.Minute):
		t.Error("writing still waits after 30 s")
	}
}

// TestDeadlines_leave_own_deadlines_alone matters for streams, which bound each write by
// themselves.
func TestDeadlines_leave_own_deadlines_alone(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		if err := control.SetWriteDeadline(time.Now().Add(-time.Second)); err != nil {
			t.Error(err)
		}
		_, err := w.Write([]byte("event"))
		ended <- errors.Join(err, control.Flush())
	})
	dial(t, h, defaultDeadlines, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("writing after the handler's own deadline: %v, want it to fail", err)
	}
}
