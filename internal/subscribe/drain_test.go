package subscribe_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
)

// drained fails the test if Drain does not return, or leaves a subscription behind.
func (h *house) drained() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.transports.Drain(ctx, 0)
	}()
	select {
	case <-over:
	case <-time.After(5 * time.Second):
		h.t.Fatal("Drain waits")
	}
	if left := h.hub.Stats().Subscribers; left != 0 {
		h.t.Errorf("%d subscriptions are left", left)
	}
}

// The hub's ring has not all of the briefings, so the store must be read, which waits until the
// end.
func TestDrain_lets_go_of_who_waits_for_a_page(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*house, briefing.Request){
		"streams": func(h *house, req briefing.Request) {
			h.stream(http.MethodPost, document, map[string]any{"id": req.ID})
		},
		"sockets": func(h *house, req briefing.Request) { h.init().says(watch("subscribe", req, "")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openStuck(t, &stuck{pages: true, reading: make(chan struct{}, 100)})
			req := h.start("kim")
			for range 70 {
				h.brief(req, "a")
			}
			const n = 60 // as many as may read at once
			for range n {
				begin(h, req)
			}
			for range n {
				<-h.stuck.reading
			}
			h.drained()
		})
	}
}

func TestDrain_lets_go_of_who_waits_for_the_beginning(t *testing.T) {
	t.Parallel()
	h := openStuck(t, &stuck{seeds: true, reading: make(chan struct{}, 100)})
	req := h.start("kim")
	h.stream(http.MethodPost, document, map[string]any{"id": req.ID})
	<-h.stuck.reading
	h.init().says(watch("subscribe", h.start("lee"), ""))
	<-h.stuck.reading
	h.drained()
}

func TestDrain_hurries_with_a_stream_whose_client_does_not_read(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	must(t, err)
	defer conn.Close()
	must(t, conn.(*net.TCPConn).SetReadBuffer(4<<10))
	body := fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { caption } }"}`, req.ID)
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for i := range 100 { // 800 KB: beyond what the kernel and 256 KiB hold
		h.brief(req, long(i))
	}
	begin := time.Now()
	h.drained()
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("Drain took %v, %v after its context", took, took-100*time.Millisecond)
	}
}

// A call may come before the end begins, and become a stream after it: its body is slow.
func TestDrain_breaks_off_a_stream_that_comes_late(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	h.brief(req, "a")
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	must(t, err)
	defer conn.Close()
	body := fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { caption } }"}`, req.ID)
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	from := bufio.NewReader(conn)
	if line, err := from.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q, %v", line, err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.transports.Drain(context.Background(), 0)
	}()
	for { // until it has begun
		res, err := http.Get(h.url + "?token=x")
		if err != nil {
			break // broken off
		}
		res.Body.Close()
	}
	_, err = io.WriteString(conn, body)
	must(t, err)
	select {
	case <-over:
	case <-time.After(5 * time.Second):
		t.Fatal("Drain waits")
	}
	must(t, conn.SetReadDeadline(time.Now().Add(time.Second)))
	rest, _ := io.ReadAll(from) // until the deadline: the connection is kept
	if strings.Contains(string(rest), "event:") {
		t.Errorf("it tells %s", rest)
	}
}
