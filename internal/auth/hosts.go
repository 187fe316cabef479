package auth

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"bis/internal/limit"
)

// Hosts is the set of host names that the server answers to. An attacker can point the host name of
// a page at this server's address (DNS rebinding). The browser then treats the server as the page's
// own origin. But it sends the page's host name in the header Host, and Hosts refuses that name.
//
// Loopback names and IP addresses are always allowed, because an attacker cannot point them
// elsewhere. Hosts is safe for concurrent use.
type Hosts struct {
	// Refused is called for each request that Guard refuses. It must be set before the first
	// request, and be safe for concurrent use. Nil means no call.
	Refused func(*http.Request)

	allowed []string // lower case, without port and final dot
	proxies limit.Proxies
}

// NewHosts returns the set of names such as shop.example. Ports in names and in requests are
// ignored. In a request from one of the proxies, X-Forwarded-Host replaces Host.
func NewHosts(allowed []string, proxies limit.Proxies) *Hosts {
	h := &Hosts{proxies: proxies}
	for _, name := range allowed {
		h.allowed = append(h.allowed, canonical(name))
	}
	return h
}

// Allow reports whether a request names a host that the server answers to.
func (h *Hosts) Allow(r *http.Request) bool {
	name := canonical(h.Host(r))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") { // RFC 6761, section 6.3
		return true
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Zone() == ""
	}
	return slices.Contains(h.allowed, name)
}

// Host returns the host and port that the caller requested: the header Host, or X-Forwarded-Host
// from a trusted proxy.
func (h *Hosts) Host(r *http.Request) string {
	if !h.proxies.FromTrusted(r) {
		return r.Host
	}
	forwarded := r.Header.Values("X-Forwarded-Host")
	if len(forwarded) == 0 {
		return r.Host
	}
	return nearest(forwarded)
}

// Scheme returns the scheme by which the caller reached the server, "http" or "https", as a trusted
// proxy states it in X-Forwarded-Proto. It is empty if no proxy states it: the server itself speaks
// only http, but an unnamed proxy in front of it may speak https.
func (h *Hosts) Scheme(r *http.Request) string {
	if !h.proxies.FromTrusted(r) {
		return ""
	}
	switch scheme := strings.ToLower(nearest(r.Header.Values("X-Forwarded-Proto"))); scheme {
	case "http", "https":
		return scheme
	}
	return ""
}

// nearest returns the entry of a forwarding header that the nearest proxy added, which is the last
// one. The caller may have written the entries before it.
func nearest(values []string) string {
	if len(values) == 0 {
		return ""
	}
	list := strings.Split(values[len(values)-1], ",")
	return strings.TrimSpace(list[len(list)-1])
}

// wrongHost is the answer to a request for another host.
const wrongHost = "this server does not answer to that host name; " +
	"name it in --hosts (BIS_HOSTS)"

// Guard passes requests for an allowed host to next. It answers 421 to requests for another host,
// with a sentence that names the setting.
func (h *Hosts) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.Allow(r) {
			report(h.Refused, r)
			http.Error(w, wrongHost, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// canonical returns a host in lower case, without port, brackets and final dot.
func canonical(hostport string) string {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}
