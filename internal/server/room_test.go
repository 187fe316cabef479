package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
)

// answerTo reads the answer of a connection that waits for one.
func answerTo(t *testing.T, c net.Conn) (status int, retryAfter string) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(soon))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	res.Body.Close()
	return res.StatusCode, res.Header.Get("Retry-After")
}

// TestRoom_of_headers opens connections whose long headers do not end. They fill the caller's part
// of the budget, the next one is answered 503, and short headers and other callers need no room.
func TestRoom_of_headers(t *testing.T) {
	t.Parallel()
	s := start(t)
	dial, other := s.callerAt(t, "127.0.0.2"), s.callerAt(t, "127.0.0.3")
	long := "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 40<<10)
	var conns []net.Conn
	for range 8<<20/(2*40<<10) + 2 {
		c := dial()
		conns = append(conns, c)
		if _, err := io.WriteString(c, long); err != nil {
			t.Fatal(err)
		}
	}
	// The server reads the connections in any order, so any of them may find no room.
	answered := make(chan *http.Response, len(conns))
	for _, c := range conns {
		go func() {
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err == nil { // it fails when the connection closes
				res.Body.Close()
			}
			answered <- res
		}()
	}
	res := <-answered
	if res == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("headers beyond the budget: %+v, want 503 with Retry-After", res)
	}
	short := dial()
	fmt.Fprint(short, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if status, _ := answerTo(t, short); status != http.StatusOK {
		t.Errorf("short headers of the same caller: %d", status)
	}
	c := other()
	fmt.Fprint(c, long+"\r\n\r\n")
	if status, _ := answerTo(t, c); status != http.StatusOK {
		t.Errorf("long headers of another caller: %d", status)
	}
	for _, c := range conns {
		c.Close()
	}
	await.True(t, "the room of headers is given back", func() bool {
		c := dial()
		fmt.Fprint(c, long+"\r\n\r\n")
		status, _ := answerTo(t, c)
		return status == http.StatusOK
	})
}

// TestRoom_of_bodies sends bodies that do not end. They fill the caller's part of the budget, on
// every path, and the next ones are answered 503.
func TestRoom_of_bodies(t *testing.T) {
	t.Parallel()
	for path, kind := range map[string]string{
		"/graphql": "application/json", "/login": "application/x-www-form-urlencoded",
		"/updateCustom": "multipart/form-data; boundary=x",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := start(t, "--in-flight", "4")
			dial, other := s.callerAt(t, "127.0.0.2"), s.callerAt(t, "127.0.0.3")
			posts := func(c net.Conn, n int) {
				fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, n, strings.Repeat("x", 100_000))
			}
			var conns []net.Conn
			for range 20 {
				c := dial()
				conns = append(conns, c)
				posts(c, 120_000)
			}
			refused := 0
			for _, c := range conns[8:] {
				_ = c.SetReadDeadline(time.Now().Add(soon))
				res, err := http.ReadResponse(bufio.NewReader(c), nil)
				if err == nil && res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "" {
					refused++
				}
			}
			if refused == 0 {
				t.Error("no body beyond the budget is answered 503")
			}
			c := other()
			posts(c, 100_000)
			if status, _ := answerTo(t, c); status == http.StatusServiceUnavailable {
				t.Error("a body of another caller finds no room")
			}
			for _, c := range conns {
				c.Close()
			}
			await.True(t, "the room of bodies is given back", func() bool {
				c := dial()
				posts(c, 100_000)
				status, _ := answerTo(t, c)
				return status != http.StatusServiceUnavailable
			})
		})
	}
}
