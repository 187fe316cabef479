// Package auth decides who may come in. So far that is which web pages may call
// /graphql: a browser sends its cookies and reaches loopback from any page, so pages of other
// hosts must be named.
package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins is which web origins may call, beside the server's own host and loopback.
type Origins struct {
	allowed []string
}

// NewOrigins takes origins such as https://shop.example.
func NewOrigins(allowed []string) *Origins { return &Origins{allowed: slices.Clone(allowed)} }

// Allow reports whether a call may come in: it names no origin (no browser sent it), or
// one that is the server's own, loopback reached over loopback, or allowed.
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
	// A page of another host that calls itself by a name pointing to loopback carries
	// that name in Host, and its origin is no loopback address.
	return strings.EqualFold(u.Host, r.Host) || loopback(u.Hostname()) && loopback(hostname(r.Host))
}

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

func loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Guard refuses calls of origins that are not allowed, and tells browsers what those may do.
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

func setPreflight(h http.Header, headers string) {
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE") // the last two are of SSE with one stream for all
	if headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", "600")
}
