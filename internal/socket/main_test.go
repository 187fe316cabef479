package socket_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pass lets time pass in a synctest bubble.
func pass(d time.Duration) { time.Sleep(d) }

// pipeServer is a server whose connections are unbuffered pipes. A peer that does not read blocks
// the writer at once, and synctest's clock controls the connection.
type pipeServer struct {
	t        testing.TB
	peer     socket.Peer // of all connections; nil: none
	accepted chan *socket.Conn
	pipes    chan net.Conn
	closed   chan struct{}
	server   *http.Server
	serving  sync.WaitGroup
	clash    atomic.Bool // two goroutines wrote at once
	writes   atomic.Int64
}

func newPipeServer(t testing.TB, cfg socket.Config) *pipeServer {
	w := &pipeServer{
		t: t, accepted: make(chan *socket.Conn, 100), pipes: make(chan net.Conn), closed: make(chan struct{}),
	}
	w.server = &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(rw, r, cfg)
		if err != nil {
			return
		}
		w.accepted <- conn
		conn.Serve(w.peer)
	})}
	w.serving.Go(func() { _ = w.server.Serve(w) })
	return w
}

// stop ends the server. The sockets must be over by then.
func (w *pipeServer) stop() {
	w.server.Close()
	w.serving.Wait()
}

func (w *pipeServer) Accept() (net.Conn, error) {
	select {
	case c := <-w.pipes:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *pipeServer) Close() error {
	close(w.closed)
	return nil
}

func (w *pipeServer) Addr() net.Addr { return &net.TCPAddr{} }

// dial returns both ends of a new connection.
func (w *pipeServer) dial() (*websocket.Conn, *socket.Conn) {
	w.t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		w.pipes <- &checkedConn{Conn: far, clash: &w.clash, writes: &w.writes}
		return near, nil
	}}
	client, _, err := dialer.Dial("ws://pipe/", http.Header{"Origin": {"https://elsewhere.example"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return client, <-w.accepted
}

// checkedConn detects two concurrent writers, and counts writes.
type checkedConn struct {
	net.Conn
	busy   atomic.Bool
	clash  *atomic.Bool
	writes *atomic.Int64
}

func (c *checkedConn) Write(p []byte) (int, error) {
	if !c.busy.CompareAndSwap(false, true) {
		c.clash.Store(true)
	}
	defer c.busy.Store(false)
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// farewell reads until the connection ends. It returns the number of messages and the close frame.
func farewell(t testing.TB, client *websocket.Conn) (messages int, closed *websocket.CloseError) {
	t.Helper()
	for {
		if _, _, err := client.ReadMessage(); err != nil {
			if !errors.As(err, &closed) {
				t.Fatalf("after %d messages: %v, want a close", messages, err)
			}
			return messages, closed
		}
		messages++
	}
}

// serve starts a real server, for tests that pipes do not suit.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return "ws" + srv.URL[len("http"):]
}
