// Package auth decides which web pages may call the server, and under which host names. A browser
// lets any page send requests to loopback and the local network, with the browser's cookies. So
// Hosts holds the names that the server answers to, and Origins the web pages that may call it.
// Callers that are not browsers send no origin, and Origins allows them.
package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins are the web origins that may call, in addition to the server's own host and loopback. The
// set does not change, and it is safe for concurrent use.
type Origins struct {
	// Refused is called for each request that Guard refuses; see Hosts.Refused.
	Refused func(*http.Request)

	allowed []string
	hosts   *Hosts
}

// NewOrigins returns the set of origins such as https://shop.example. Letter case does not matter.
// hosts returns the server's own host.
func NewOrigins(allowed []string, hosts *Hosts) *Origins {
	return &Origins{allowed: slices.Clone(allowed), hosts: hosts}
}

// Allow reports whether a call is allowed. A call with an origin is allowed in three cases: the
// origin is the server's own, it is in the set, or it is loopback and the server was reached over
// loopback. A call without an origin is allowed unless the browser marks it as caused by a page of
// another site. Browsers mark links, pictures and forms in this way.
func (o *Origins) Allow(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return !strings.EqualFold(r.Header.Get("Sec-Fetch-Site"), "cross-site")
	}
	if slices.ContainsFunc(o.allowed, func(a string) bool { return strings.EqualFold(a, origin) }) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	// A foreign page may use a host name that resolves to loopback (DNS rebinding). Then Host has
	// that name, and Hosts refuses it.
	host := o.hosts.Host(r)
	return ownOrigin(u, host, o.hosts.Scheme(r)) ||
		loopback(u.Hostname()) && loopback(hostname(host))
}

// ownOrigin reports whether an origin is the server's own. If a proxy states the scheme, the origin
// must have it too: a page that came over http may have been changed on its way, so it must not
// call a server behind https. Without a stated scheme both are accepted.
func ownOrigin(origin *url.URL, host, scheme string) bool {
	if scheme == "" {
		return strings.EqualFold(origin.Host, host)
	}
	return origin.Scheme == scheme &&
		strings.EqualFold(withoutPort(origin.Host, scheme), withoutPort(host, scheme))
}

// withoutPort returns a host without the port that its scheme implies. Browsers leave it out.
func withoutPort(host, scheme string) string {
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	return strings.TrimSuffix(host, port)
}

// hostname returns the host of a Host header, without the port.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

// loopback reports whether a host name or IP address is this machine's loopback.
func loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Guard returns a handler that answers 403 to web pages that are not allowed. For allowed pages it
// adds the CORS headers and answers preflights itself. It passes all other requests to next, and
// adds no CORS headers for callers that are not browsers.
func (o *Origins) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin != "" {
			w.Header().Add("Vary", "Origin")
		}
		if !o.Allow(r) {
			report(o.Refused, r)
			http.Error(w, "this origin is not allowed; see --origins (BIS_ORIGINS)",
				http.StatusForbidden)
			return
		}
		if origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		}
		asks := r.Header.Get("Access-Control-Request-Method")
		if origin != "" && r.Method == http.MethodOptions && asks != "" {
			setPreflight(w.Header(), r.Header.Get("Access-Control-Request-Headers"))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// report calls refused unless it is nil.
func report(refused func(*http.Request), r *http.Request) {
	if refused != nil {
		refused(r)
	}
}

// setPreflight sets the headers that answer a preflight. Browsers may reuse them for ten minutes.
func setPreflight(h http.Header, headers string) {
	// PUT and DELETE belong to the single connection mode of GraphQL over SSE.
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
	if headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", "600")
}
