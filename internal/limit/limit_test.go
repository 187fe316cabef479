package limit_test

import (
	"net/http"
	"net/netip"
	"testing"

	"bis/internal/limit"
)

// TestProxies_find_the_caller gives requests as they come through proxies and past them.
func TestProxies_find_the_caller(t *testing.T) {
	t.Parallel()
	proxies := limit.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")})
	for _, c := range []struct {
		remote    string
		forwarded []string
		want      limit.Caller
	}{
		{"192.0.2.1:5000", nil, "192.0.2.1"},
		{"192.0.2.1:5000", []string{"198.51.100.1"}, "192.0.2.1"}, // nobody to be believed
		{"10.0.0.1:5000", nil, "10.0.0.1"},
		{"10.0.0.1:5000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"203.0.113.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"}, // the first was written by the caller
		{"10.0.0.1:5000", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"nonsense, 10.0.0.2"}, "10.0.0.2"},
		{"10.0.0.1:5000", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"[2001:db8:1:2:3:4:5:6]:5000", nil, "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:5000", nil, "192.0.2.1"},
		{"[fd00::1]:5000", []string{"[2001:db8::7]:80"}, "2001:db8::/64"},
		{"@", nil, ""}, // a Unix socket
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := proxies.Caller(r); got != c.want {
			t.Errorf("from %s by %q the caller is %q, want %q", c.remote, c.forwarded, got, c.want)
		}
	}
}
