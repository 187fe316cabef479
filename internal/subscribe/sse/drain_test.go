package sse_test

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

	"bis/internal/subscribe/subscribetest"
)

func TestDrain_hurries_with_a_stream_whose_client_does_not_read(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
	subscribetest.Must(t, err)
	defer conn.Close()
	subscribetest.Must(t, conn.(*net.TCPConn).SetReadBuffer(4<<10))
	body := fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { caption } }"}`, req.ID)
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for i := range 100 { // 800 KB, more than the kernel's buffers and the queue of 256 KiB
		h.Brief(req, subscribetest.Long(i))
	}
	begin := time.Now()
	h.Drained()
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("Drain took %v, %v after its context", took, took-100*time.Millisecond)
	}
}

// A call with a slow body may arrive before Drain and become a stream after it.
func TestDrain_breaks_off_a_stream_that_comes_late(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
	subscribetest.Must(t, err)
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
		h.Drain(context.Background(), 0)
	}()
	for { // until Drain has started
		res, err := http.Get(h.URL + "?token=x")
		if err != nil {
			break // the call has ended
		}
		res.Body.Close()
	}
	_, err = io.WriteString(conn, body)
	subscribetest.Must(t, err)
	select {
	case <-over:
	case <-time.After(8 * time.Second):
		t.Fatal("Drain waits")
	}
	subscribetest.Must(t, conn.SetReadDeadline(time.Now().Add(time.Second)))
	rest, _ := io.ReadAll(from) // until the deadline, because the connection stays open
	if strings.Contains(string(rest), "event:") {
		t.Errorf("it tells %s", rest)
	}
}
