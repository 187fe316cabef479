package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The origins of calls. "own" stands for the server's own address.
const (
	none    = ""
	own     = "own"
	other   = "http://localhost:5173"
	allowed = "https://shop.example"
	foreign = "http://evil.example"
	opaque  = "null"
)

// endpoints are the calls of the table: path, method, content type and body, and the status of the
// answer to an allowed caller.
var endpoints = []struct {
	name, method, path, kind, body string
	status                         int
}{
	{"query", "POST", "/graphql", "application/json", typename, 200},
	{"form to the API", "POST", "/graphql", "text/plain", typename, 415},
	{"query by GET", "GET", "/graphql?query=%7B__typename%7D", "", "", 200},
	{"old form", "POST", "/login", "application/x-www-form-urlencoded", "username=kim", 200},
	{"old form as JSON", "POST", "/login", "application/json", `{"username":"kim"}`, 422},
	{"old multipart", "POST", "/getCustom", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nkim\r\n--b--\r\n", 200},
	{"old socket path", "GET", "/reloadBriefing?username=kim", "", "", 404},
	{"old root", "GET", "/", "", "", 200},
	{"unknown", "GET", "/nowhere", "", "", 404},
	{"metrics", "GET", "/metrics", "", "", 200},
	{"health", "GET", "/healthz", "", "", 200},
	{"readiness", "GET", "/readyz", "", "", 200},
	{"explorer", "GET", "/graphiql", "", "", 200},
	{"assets", "GET", "/explorer/favicon.svg", "", "", 200},
}

// TestDoors is the table of allowed and refused calls: origin, host and the browser's
// Sec-Fetch-Site header, for each endpoint.
func TestDoors(t *testing.T) {
	t.Parallel()
	s := start(t, "--origins", allowed, "--hosts", "shop.local")
	address := strings.TrimPrefix(s.url, "http://")
	port := address[strings.LastIndexByte(address, ':'):]
	s.calls(t, "POST", "/login", "username=kim", "Content-Type", "application/x-www-form-urlencoded")
	for _, from := range []struct {
		origin, host, site string
		refusal            int // status; 0: the call is allowed
		except             string
	}{
		{none, own, none, 0, ""},
		{none, own, "none", 0, ""},
		{none, own, "same-origin", 0, ""},
		{none, own, "same-site", 0, ""},
		{none, own, "cross-site", 403, "explorer assets"},
		{own, own, "same-origin", 0, ""},
		{other, own, "same-site", 0, ""},
		{allowed, own, "cross-site", 0, ""},
		{foreign, own, "cross-site", 403, "explorer assets"},
		{foreign, own, none, 403, "explorer assets"},
		{opaque, own, "cross-site", 403, "explorer assets"},
		{none, "shop.local" + port, none, 0, ""},
		{none, "SHOP.local.", none, 0, ""},
		{none, "[::1]" + port, none, 0, ""},
		{none, "192.168.0.7", none, 0, ""},
		{none, "localhost", none, 0, ""},
		{none, "evil.example" + port, none, 421, "health readiness"},
		{none, "localhost.evil.example", none, 421, "health readiness"},
		{"http://evil.example" + port, "evil.example" + port, "same-origin", 421, "health readiness"},
		{allowed, "evil.example", "cross-site", 421, "health readiness"},
		{foreign, "shop.local", "cross-site", 403, "explorer assets"},
	} {
		for _, e := range endpoints {
			name := fmt.Sprintf("%s from origin %q to host %q, site %q", e.name, from.origin, from.host, from.site)
			want := e.status
			if from.refusal != 0 && !strings.Contains(from.except, e.name) {
				want = from.refusal
			}
			host, origin := from.host, from.origin
			if host == own {
				host = address
			}
			if origin == own {
				origin = s.url
			}
			res, body := s.from(t, e.method, e.path, e.body, host, "Content-Type", e.kind, "Origin", origin, "Sec-Fetch-Site", from.site)
			if res.StatusCode != want {
				t.Errorf("%s: %d %.80q, want %d", name, res.StatusCode, body, want)
			}
			if cors := res.Header.Get("Access-Control-Allow-Origin"); want == 403 && cors != "" || want == 421 && cors != "" {
				t.Errorf("%s: refused with Access-Control-Allow-Origin %q", name, cors)
			}
			if want == 421 && !strings.Contains(body, "--hosts") || want == 403 && !strings.Contains(body, "--origins") {
				t.Errorf("%s: the refusal names no setting: %s", name, body)
			}
		}
	}
}

// from makes a call with another Host. It omits headers without a value.
func (s *site) from(t *testing.T, method, path, body, host string, headers ...string) (*http.Response, string) {
	t.Helper()
	given := []string{"Host", host}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] != "" {
			given = append(given, headers[i], headers[i+1])
		}
	}
	return s.calls(t, method, path, body, given...)
}

// TestDoors_open_old_paths_only checks that --legacy-cors opens the old paths to every page, and no
// other path. No answer allows credentials.
func TestDoors_open_old_paths_only(t *testing.T) {
	t.Parallel()
	s := start(t, "--legacy-cors")
	s.calls(t, "POST", "/login", "username=kim", "Content-Type", "application/x-www-form-urlencoded")
	for _, e := range endpoints {
		for _, origin := range []string{foreign, opaque} {
			res, body := s.calls(t, e.method, e.path, e.body, "Content-Type", e.kind, "Origin", origin, "Cookie", "a=b", "Sec-Fetch-Site", "cross-site")
			openly := strings.HasPrefix(e.name, "old") || e.name == "unknown"
			page := e.name == "explorer" || e.name == "assets"
			want := 403
			if openly || page {
				want = e.status
			}
			if res.StatusCode != want {
				t.Errorf("%s from %q: %d %.80q, want %d", e.name, origin, res.StatusCode, body, want)
			}
			if got := res.Header.Get("Access-Control-Allow-Origin"); (got != "") != openly {
				t.Errorf("%s from %q: Access-Control-Allow-Origin %q", e.name, origin, got)
			}
			if got := res.Header.Get("Access-Control-Allow-Credentials"); got != "" {
				t.Errorf("%s from %q: credentials are allowed", e.name, origin)
			}
		}
	}
}

// TestDoors_secure_every_page checks the headers that keep browsers from framing pages and guessing
// content types.
func TestDoors_secure_every_page(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/", "/graphiql", "/playground", "/graphql?query=%7B__typename%7D", "/metrics", "/healthz", "/explorer/favicon.svg"} {
		res, _ := s.calls(t, "GET", path, "", "Accept", "text/html")
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("GET %s: %s is %q, want %q", path, header, got, want)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") && path != "/explorer/favicon.svg" {
			t.Errorf("GET %s: Content-Security-Policy is %q", path, csp)
		}
	}
}

// TestDoors_close_what_is_switched_off disables the explorers, and moves the metrics to an address
// of their own.
func TestDoors_close_what_is_switched_off(t *testing.T) {
	t.Parallel()
	s := start(t, "--explorers", "off", "--metrics-addr", "127.0.0.1:0")
	for _, path := range []string{"/graphiql", "/playground", "/explorer/favicon.svg", "/metrics"} {
		if res, _ := s.calls(t, "GET", path, ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", path, res.StatusCode)
		}
	}
	if res, body := s.calls(t, "GET", "/", "", "Accept", "text/html"); !strings.Contains(body, `<div id="root">`) {
		t.Errorf("GET /: %d %s, want the console", res.StatusCode, body)
	}
}
