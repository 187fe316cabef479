package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bis/internal/limit"
)

// TestConnections_close_beyond_the_resting_ones fills the slots of resting connections. A further
// connection gets its answer and is closed. When a slot is free, it stays open.
func TestConnections_close_beyond_the_resting_ones(t *testing.T) {
	t.Parallel()
	limits, err := limit.New(limit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	const caller = limit.Caller("127.0.0.1")
	taken := 0
	for limits.Rest(caller) {
		taken++
	}
	limits.Resume(caller)
	conns := newConnections(Config{Limits: limits, InFlight: limit.NewBytes(1 << 20)})
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ConnState = conns.changed
	srv.Listener = conns.over(srv.Listener)
	srv.Start()
	t.Cleanup(srv.Close)
	open := func() (conn net.Conn, asks func() bool) {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		in := bufio.NewReader(conn)
		return conn, func() bool {
			_, _ = fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
			res, err := http.ReadResponse(in, nil)
			if err == nil {
				_, err = in.Discard(int(res.ContentLength))
			}
			return err == nil
		}
	}
	_, first := open()
	second, asks := open()
	for range 2 {
		if !first() {
			t.Fatal("the connection with the last slot is closed")
		}
	}
	if !asks() {
		t.Error("a connection beyond the resting ones gets no answer")
	}
	if n, err := second.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("it stays open: %d, %v", n, err)
	}
	if taken != 2_000 {
		t.Errorf("one address may have %d resting connections, want 2,000", taken)
	}
}
