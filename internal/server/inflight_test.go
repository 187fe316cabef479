package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
)

// rows is how many briefings of the greatest length fill stores. An answer with ten texts of each
// has 6 MB, more than kernels buffer for a caller that reads nothing.
const rows = 100

// tomorrow is an end time that no start of these tests comes too late for, at any time of day.
var tomorrow = time.Now().Add(25 * time.Hour).UTC().Format(time.RFC3339)

// fill starts a request of a user and stores rows briefings. It returns the request's id.
func (s *site) fill(t *testing.T, username string) string {
	t.Helper()
	_, text := s.calls(t, http.MethodPost, "/graphql",
		fmt.Sprintf(`{"query":"mutation { startBriefing(input: {username: \"%s\", interval: 3600, endTime: \"%s\"}) { id } }"}`, username, tomorrow), jsonBody()...)
	found := regexp.MustCompile(`"id":"(\w+)"`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("the start answers %s", text)
	}
	id := found[1]
	document := "mutation ($id: ID!, $c: String!) {"
	for i := range 5 {
		document += fmt.Sprintf(" a%d: addBriefing(input: {requestId: $id, caption: $c}) { id }", i)
	}
	body, err := json.Marshal(map[string]any{
		"query": document + " }", "variables": map[string]string{"id": id, "c": strings.Repeat("가", 2_000)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range rows / 5 {
		if res, text := s.calls(t, http.MethodPost, "/graphql", string(body), jsonBody()...); res.StatusCode != http.StatusOK || strings.Contains(text, "errors") {
			t.Fatalf("a briefing is answered %.200s", text)
		}
	}
	return id
}

// page returns the body of a query that selects all briefings of fill, ten times.
func page(id string) string {
	texts := "caption text a: text b: text c: text d: text e: text f: text g: text h: text"
	return fmt.Sprintf(`{"query":"{ briefings(requestId: \"%s\", first: %d) { edges { node { %s } } } }"}`, id, rows, texts)
}

// callerAt returns a function that opens connections from a loopback address, which counts as a
// caller of its own. The connections have small buffers, and close at the end of the test.
func (s *site) callerAt(t *testing.T, address string) func() net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	probe, err := d.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Skipf("this machine has one loopback address: %v", err)
	}
	probe.Close()
	return func() net.Conn {
		c, err := d.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10) // the kernel may ignore it
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// posts sends a call over a connection and does not read the answer.
func posts(t *testing.T, c net.Conn, path, kind, body string) {
	t.Helper()
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
}

// inFlight returns the bytes in flight from /metrics.
func (s *site) inFlight(t *testing.T) int {
	t.Helper()
	_, text := s.calls(t, http.MethodGet, "/metrics", "")
	found := regexp.MustCompile(`(?m)^bis_in_flight_bytes (\S+)$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatal("there is no metric of bytes in flight")
	}
	n, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// TestInFlight_unread_answers requests many pages from one caller that reads none. The pages fill
// the caller's budget, further ones are refused, and other callers are served.
func TestInFlight_unread_answers(t *testing.T) {
	t.Parallel()
	const asked, budget = 30, 48 << 20
	s := start(t, "--in-flight", "48")
	id := s.fill(t, "kim")
	dial := s.callerAt(t, "127.0.0.2")
	var conns []net.Conn
	for range asked {
		c := dial()
		conns = append(conns, c)
		posts(t, c, "/graphql", "application/json", page(id))
	}
	refused := 0
	for _, c := range conns {
		_ = c.SetReadDeadline(time.Now().Add(soon))
		res, err := http.ReadResponse(bufio.NewReaderSize(c, 16), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusOK {
			continue // the body stays unread
		}
		refused++
		text, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" || !strings.Contains(string(text), `"code":"RATE_LIMITED"`) {
			t.Errorf("refused with %s, Retry-After %q: %s", res.Status, res.Header.Get("Retry-After"), text)
		}
	}
	if n := s.inFlight(t); refused < asked/2 || refused == asked || n > budget/2 || n < budget/8 {
		t.Errorf("%d of %d are refused and %d bytes are in flight, of %d for one caller", refused, asked, n, budget/2)
	}
	if res, text := s.calls(t, http.MethodPost, "/graphql", page(id), jsonBody()...); res.StatusCode != http.StatusOK || len(text) < 5_000_000 {
		t.Errorf("another caller gets %s and %d bytes", res.Status, len(text))
	}
	for _, c := range conns {
		c.Close()
	}
	await.True(t, "nothing is in flight", func() bool { return s.inFlight(t) == 0 })
}
