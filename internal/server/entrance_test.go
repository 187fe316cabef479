package server_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// raw sends one request with a target and a host of any form, and returns the answer.
func (s *site) raw(t *testing.T, method, target, host string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(soon)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", method, target, host); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s for %s: %v", method, target, host, err)
	}
	res.Body.Close()
	return res
}

// TestEntrance_refuses_foreign_hosts_everywhere sends targets that the mux would answer by itself.
// Only probes answer to a foreign host.
func TestEntrance_refuses_foreign_hosts_everywhere(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, c := range []struct {
		method, target string
		own            int // status for an allowed host
		probe          bool
	}{
		{"GET", "//graphql", 307, false},
		{"GET", "/graphql/../metrics", 307, false},
		{"GET", "/./healthz", 307, false},
		{"GET", "//healthz", 307, false},
		{"POST", "/healthz", 404, false},
		{"POST", "//login", 307, false},
		{"GET", "/login/", 307, false},
		{"GET", "/nowhere", 404, false},
		{"GET", "/", 200, false},
		{"PATCH", "/graphql", 405, false},
		{"DELETE", "/metrics", 404, false},
		{"OPTIONS", "/graphql", 405, false},
		{"OPTIONS", "/login", 405, false},
		{"OPTIONS", "*", 200, false},
		{"GET", "/explorer/playground.js", 200, false},
		{"GET", "/explorer/none.js", 404, false},
		{"GET", "/favicon.ico", 302, false},
		{"GET", "/openapi.json", 200, false},
		{"GET", "/healthz", 200, true},
		{"HEAD", "/healthz/", 200, true},
		{"GET", "/readyz", 200, true},
	} {
		if res := s.raw(t, c.method, c.target, "localhost"); res.StatusCode != c.own {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, res.StatusCode, c.own)
		}
		want := http.StatusMisdirectedRequest
		if c.probe {
			want = c.own
		}
		res := s.raw(t, c.method, c.target, "evil.example")
		if res.StatusCode != want || res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s %s for a foreign host: %d %v, want %d with the security headers", c.method, c.target, res.StatusCode, res.Header, want)
		}
	}
	for _, target := range []string{"evil.example:80", "evil.example:443"} {
		if res := s.raw(t, http.MethodConnect, target, target); res.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("CONNECT %s: %d, want 421", target, res.StatusCode)
		}
	}
	if res := s.raw(t, "GET", "http://evil.example/metrics", "localhost"); res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("GET of an absolute address: %d, want 421", res.StatusCode)
	}
}

// TestEntrance_counts_every_call checks that calls of every kind count for their address, except
// those of probes. A call of a form counts once.
func TestEntrance_counts_every_call(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for i, c := range []struct {
		method, path, body string
		headers            []string
	}{
		{"GET", "/metrics", "", nil},
		{"GET", "/graphiql", "", nil},
		{"GET", "/playground", "", nil},
		{"GET", "/explorer/favicon.svg", "", nil},
		{"GET", "/explorer/none", "", nil},
		{"GET", "/favicon.ico", "", nil},
		{"GET", "/openapi.json", "", nil},
		{"GET", "/", "", nil},
		{"GET", "/", "", []string{"Accept", "text/html"}},
		{"GET", "/nowhere", "", nil},
		{"GET", "//nowhere", "", nil},
		{"GET", "/login", "", nil},
		{"POST", "/login/", "username=kim", form},
		{"POST", "/getCustom", "username=kim", form},
		{"POST", "/getCustom", "", []string{"Origin", "http://evil.example"}},
		{"GET", "/ws", "", nil},
		{"POST", "/reloadBriefing", "", nil},
		{"OPTIONS", "/graphql", "", []string{"Origin", "http://localhost:5173", "Access-Control-Request-Method", "POST"}},
		{"POST", "/graphql", typename, []string{"Origin", "http://evil.example"}},
		{"GET", "/metrics", "", []string{"Host", "evil.example"}},
	} {
		address := fmt.Sprintf("198.51.100.%d", i)
		what := fmt.Sprintf("%s %s %v", c.method, c.path, c.headers)
		res, body := repeat(t, what, 10, 100, func() (*http.Response, string) {
			return s.calls(t, c.method, c.path, c.body, append(as(address), c.headers...)...)
		})
		refused(t, what, res, body)
	}
	for range 50 {
		if res, body := s.calls(t, "GET", "/healthz", "", as("198.51.100.200")...); res.StatusCode != http.StatusOK {
			t.Fatalf("GET /healthz: %d %s", res.StatusCode, body)
		}
	}
}
