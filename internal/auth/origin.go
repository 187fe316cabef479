// Package auth decides who may call. So far it decides which web pages may call /graphql. A browser
// sends its cookies and reaches loopback from any page, so pages of other hosts must be allowed by
// name. Callers that are not browsers send no origin and are not concerned.
package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins are the web origins that may call, beside the server's own host and loopback. It never
// changes and is safe for concurrent use.
type Origins struct {
	allowed []string
}

// NewOrigins returns the set of origins such as https://shop.example. Letter case does not
// matter.
func NewOrigins(allowed []string) *Origins { return &Origins{allowed: slices.Clone(allowed)} }

// Allow reports whether a call is allowed. It is if it names no origin, because then no browser
// sent it, or if its origin is the server's own, loopback reached over loopback, or in the set.
func (o *Origins) Allow(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if slices.ContainsFunc(o.allowed, func(a string) bool { return strings.EqualFold(a, origin) }) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	// A foreign page may use a host name that resolves to loopback (DNS rebinding). Then Host
	// carries that name, and the origin is not loopback.
	return strings.EqualFold(u.Host, r.Host) || loopback(u.Hostname()) && loopback(hostname(r.Host))
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

// Guard returns a handler that answers 403 to origins that are not allowed, adds the CORS headers
// for the others, answers preflights itself, and passes everything else to next.
func (o *Origins) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if !o.Allow(r) {
			http.Error(w, "this origin is not allowed; see --origins", http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			setPreflight(w.Header(), r.Header.Get("Access-Control-Request-Headers"))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
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
