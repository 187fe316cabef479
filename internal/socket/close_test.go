package socket_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

func TestClose_writes_what_is_queued_then_code_and_reason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		for range 5 {
			if err := conn.Send(t.Context(), []byte("queued")); err != nil {
				t.Fatal(err)
			}
		}
		conn.Close(socket.CodeRuleBroken, "interval must not be empty")
		conn.Close(socket.CodeInternal, "a second close says nothing")
		<-conn.Closing()
		n, closed := farewell(t, client)
		<-conn.Done()
		if n != 5 || closed.Code != 1008 || closed.Text != "interval must not be empty" {
			t.Errorf("%d messages, then %v; want 5, 1008 and the first reason", n, closed)
		}
	})
}

func TestClose_cuts_the_reason_to_valid_UTF8_that_fits(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{
		strings.Repeat("x", 124), strings.Repeat("손", 60), "a" + strings.Repeat("손", 60),
		"bad \xff byte", "",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newPipeServer(t, socket.Config{})
			defer w.stop()
			client, conn := w.dial()
			conn.Close(socket.CodeRuleBroken, reason)
			_, closed := farewell(t, client)
			<-conn.Done()
			if closed.Code != 1008 || len(closed.Text) > 123 || !utf8.ValidString(closed.Text) {
				t.Errorf("reason %q: closed with %d %q", reason, closed.Code, closed.Text)
			}
			if len(reason) > 123 && len(closed.Text) < 120 {
				t.Errorf("reason %q: %q is shorter than need be", reason, closed.Text)
			}
		})
	}
}

func TestClose_ends_without_the_peers_help(t *testing.T) {
	t.Parallel()
	for _, reads := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newPipeServer(t, socket.Config{})
			defer w.stop()
			client, conn := w.dial()
			defer client.Close()
			client.SetCloseHandler(func(int, string) error { return nil }) // no answer
			started := time.Now()
			if err := conn.Send(t.Context(), []byte("x")); err != nil {
				t.Fatal(err)
			}
			conn.Close(socket.CodeServiceRestart, "")
			if reads {
				farewell(t, client)
			}
			<-conn.Done()
			if took := time.Since(started); took != 5*time.Second {
				t.Errorf("reads %v: over after %v, want 5 s", reads, took)
			}
		})
	}
}

func TestConn_answers_the_peers_close_with_its_code(t *testing.T) {
	t.Parallel()
	for _, code := range []int{websocket.CloseNormalClosure, 4321} {
		synctest.Test(t, func(t *testing.T) {
			w := newPipeServer(t, socket.Config{})
			defer w.stop()
			client, conn := w.dial()
			message := websocket.FormatCloseMessage(code, "bye")
			if err := client.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			_, closed := farewell(t, client)
			<-conn.Done()
			if closed.Code != code {
				t.Errorf("answered with %v, want %d", closed, code)
			}
		})
	}
}

func TestConn_ends_when_the_peer_breaks_off(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		started := time.Now()
		end(t, client, conn)
		if took := time.Since(started); took != 0 {
			t.Errorf("noticed after %v", took)
		}
		conn.Close(socket.CodeInternal, "after the end") // must do nothing and must not hang
	})
}

// The test needs a real connection, because the unread rest of a long message resets only real
// connections.
func TestConn_tells_a_peer_that_says_too_much(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(w, r, socket.Config{})
		if err != nil {
			t.Error(err)
			return
		}
		conn.Run()
		close(done)
	}))
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, size := range []int{1024, 0, 1 << 19} { // allowed messages are discarded
		if err := client.WriteMessage(websocket.TextMessage, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	if _, closed := farewell(t, client); closed.Code != websocket.CloseMessageTooBig {
		t.Errorf("closed with %v, want 1009", closed)
	}
	client.Close()
	<-done
}

func TestAccept_works_behind_middleware(t *testing.T) {
	t.Parallel()
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(wrapped{w}, r, socket.Config{})
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close(socket.CodeTryAgainLater, "")
		conn.Run()
	}))
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, closed := farewell(t, client); closed.Code != socket.CodeTryAgainLater {
		t.Errorf("closed with %v, want 1013", closed)
	}
}

// wrapped hides the Hijacker, as middleware does.
type wrapped struct{ inner http.ResponseWriter }

func (w wrapped) Header() http.Header         { return w.inner.Header() }
func (w wrapped) Write(p []byte) (int, error) { return w.inner.Write(p) }
func (w wrapped) WriteHeader(status int)      { w.inner.WriteHeader(status) }
func (w wrapped) Unwrap() http.ResponseWriter { return w.inner }

func TestAccept_answers_what_is_no_handshake(t *testing.T) {
	t.Parallel()
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := socket.Accept(w, r, socket.Config{}); err == nil {
			t.Error("Accept took a plain request")
		}
	}))
	resp, err := http.Get("http" + address[len("ws"):])
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d, want 400", resp.StatusCode)
	}
}
