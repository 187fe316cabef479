package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"bis/internal/auth"
	"bis/internal/limit"
)

// TestHosts_answers_known_names allows loopback, addresses and the named hosts, and refuses other
// names.
func TestHosts_answers_known_names(t *testing.T) {
	t.Parallel()
	proxies := limit.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	hosts := auth.NewHosts([]string{"Shop.example", "box.local:8000"}, proxies)
	const stranger, proxy = "192.0.2.1:5000", "10.0.0.1:5000"
	for _, c := range []struct {
		host, remote, forwarded string
		want                    bool
	}{
		{host: "localhost:8000", want: true},
		{host: "LOCALHOST", want: true},
		{host: "bis.localhost", want: true},
		{host: "127.0.0.1:8000", want: true},
		{host: "[::1]:8000", want: true},
		{host: "[::1]", want: true},
		{host: "192.168.0.7:8000", want: true},
		{host: "203.0.113.9", want: true},
		{host: "shop.example", want: true},
		{host: "SHOP.example.:443", want: true},
		{host: "box.local", want: true},
		{host: "box.local:9000", want: true},
		{host: "evil.example", want: false},
		{host: "localhost.evil.example", want: false},
		{host: "127.0.0.1.evil.example", want: false},
		{host: "evillocalhost", want: false},
		{host: "sub.shop.example", want: false},
		{host: "2130706433", want: false}, // 127.0.0.1 as one number; browsers send the dotted form
		{host: "", want: false},
		{host: "10.0.0.1", remote: proxy, forwarded: "shop.example", want: true},
		{host: "10.0.0.1", remote: proxy, forwarded: "evil.example", want: false},
		{host: "10.0.0.1", remote: proxy, forwarded: "shop.example, evil.example", want: false},
		{host: "evil.example", remote: stranger, forwarded: "shop.example", want: false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host, r.RemoteAddr = c.host, stranger
		if c.remote != "" {
			r.RemoteAddr = c.remote
		}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-Host", c.forwarded)
		}
		w := httptest.NewRecorder()
		hosts.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })).ServeHTTP(w, r)
		status := http.StatusMisdirectedRequest
		if c.want {
			status = http.StatusOK
		}
		if w.Code != status {
			t.Errorf("Host %q, X-Forwarded-Host %q: %d, want %d", c.host, c.forwarded, w.Code, status)
		}
		if !c.want && !strings.Contains(w.Body.String(), "--hosts") {
			t.Errorf("the refusal of %q does not name the setting: %s", c.host, w.Body)
		}
	}
}
