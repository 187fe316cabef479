package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"bis/internal/auth"
	"bis/internal/limit"
)

func TestOrigins_Allow(t *testing.T) {
	t.Parallel()
	o := auth.NewOrigins([]string{"https://shop.example"}, auth.NewHosts(nil, limit.Proxies{}))
	for _, c := range []struct {
		host, origin string
		want         bool
	}{
		{"127.0.0.1:8000", "", true},
		{"127.0.0.1:8000", "https://shop.example", true},
		{"127.0.0.1:8000", "https://SHOP.example", true},
		{"127.0.0.1:8000", "http://shop.example", false},
		{"127.0.0.1:8000", "https://shop.example.evil.example", false},
		{"127.0.0.1:8000", "http://127.0.0.1:8000", true},
		{"127.0.0.1:8000", "http://localhost:5173", true},
		{"[::1]:8000", "http://localhost:5173", true},
		{"bis.example", "https://bis.example", true},
		// A page of the caller's machine calls a server on another machine.
		{"bis.example", "http://localhost:5173", false},
		{"evil.example:8000", "http://evil.example:8000", true},
		{"127.0.0.1:8000", "http://evil.example", false},
		{"127.0.0.1:8000", "null", false},
		{"127.0.0.1:8000", "file://", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if got := o.Allow(r); got != c.want {
			t.Errorf("Allow(host %s, origin %q) = %v, want %v", c.host, c.origin, got, c.want)
		}
	}
}

// TestOrigins_compares_schemes checks the server's own origin behind a proxy that states the scheme.
func TestOrigins_compares_schemes(t *testing.T) {
	t.Parallel()
	proxies := limit.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	o := auth.NewOrigins([]string{"http://list.example"}, auth.NewHosts([]string{"bis.example"}, proxies))
	const proxy, stranger = "10.0.0.1:5000", "192.0.2.1:5000"
	for _, c := range []struct {
		remote, proto, host, origin string
		want                        bool
	}{
		{proxy, "https", "bis.example", "https://bis.example", true},
		{proxy, "https", "bis.example", "http://bis.example", false},
		{proxy, "http", "bis.example", "http://bis.example", true},
		{proxy, "http", "bis.example", "https://bis.example", false},
		{proxy, "HTTPS", "bis.example:443", "https://bis.example", true},
		{proxy, "https", "bis.example:8443", "https://bis.example:8443", true},
		{proxy, "https", "bis.example:8443", "https://bis.example", false},
		{proxy, "https", "bis.example:80", "https://bis.example", false},
		{proxy, "http", "bis.example:80", "http://bis.example", true},
		{proxy, "http, https", "bis.example", "https://bis.example", true},
		{proxy, "https, http", "bis.example", "https://bis.example", false},
		{proxy, "gopher", "bis.example", "https://bis.example", true}, // states no scheme
		{proxy, "", "bis.example", "https://bis.example", true},
		{proxy, "https", "bis.example", "http://list.example", true}, // the list says the scheme
		{stranger, "https", "bis.example", "http://bis.example", true},
		{stranger, "http", "bis.example", "https://bis.example", true},
	} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.RemoteAddr, r.Host = c.remote, c.host
		r.Header.Set("Origin", c.origin)
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		if got := o.Allow(r); got != c.want {
			t.Errorf("%+v: %v, want %v", c, got, c.want)
		}
	}
}

func TestOrigins_Guard(t *testing.T) {
	t.Parallel()
	called := 0
	h := auth.NewOrigins(nil, auth.NewHosts(nil, limit.Proxies{})).Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called++ }))
	for _, c := range []struct {
		method, origin string
		status, calls  int
		allow          string
	}{
		{http.MethodPost, "", 200, 1, ""},
		{http.MethodPost, "http://localhost:1", 200, 1, "http://localhost:1"},
		{http.MethodPost, "http://evil.example", 403, 0, ""},
		{http.MethodOptions, "http://localhost:1", 204, 0, "http://localhost:1"},
		{http.MethodOptions, "http://evil.example", 403, 0, ""},
	} {
		called = 0
		r := httptest.NewRequest(c.method, "http://127.0.0.1:8000/graphql", nil)
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", "POST")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || called != c.calls || w.Header().Get("Access-Control-Allow-Origin") != c.allow {
			t.Errorf("%s from %q: %d, %d calls, allowed %q; want %d, %d, %q", c.method, c.origin,
				w.Code, called, w.Header().Get("Access-Control-Allow-Origin"), c.status, c.calls, c.allow)
		}
	}
}
