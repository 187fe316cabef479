package server

import (
	"net/http"

	"bis/internal/auth"
	"bis/internal/legacy"
	"bis/internal/limit"
)

// doors decide who may come in where. Every door but that of the probes wants a host name that the
// server answers to. Beyond that,
//
//	api    takes allowed web pages, and everybody who is no browser
//	page   takes everybody: any page may link to it, and none may read or frame it
//	old    is an api, or with open CORS takes every web page, without credentials
//	probe  is an api for any host name, since orchestrators ask by address and by any name
type doors struct {
	proxies limit.Proxies
	hosts   *auth.Hosts
	origins *auth.Origins
	cors    bool // open CORS for the old paths
}

func newDoors(c Config) *doors {
	hosts := auth.NewHosts(c.Hosts, c.Proxies)
	origins := auth.NewOrigins(c.Origins, hosts)
	hosts.Refused = c.report(limit.ForeignHost)
	origins.Refused = c.report(limit.ForeignOrigin)
	return &doors{proxies: c.Proxies, hosts: hosts, origins: origins, cors: c.LegacyCORS}
}

// report returns a function that reports the refusal of a call.
func (c Config) report(why limit.Reason) func(*http.Request) {
	return func(r *http.Request) { c.Limits.Report(c.Proxies.Caller(r), why) }
}

func (d *doors) api(next http.Handler) http.Handler {
	return d.hosts.Guard(secured(apiPolicy, d.origins.Guard(next)))
}

func (d *doors) probe(next http.Handler) http.Handler {
	return secured(apiPolicy, d.origins.Guard(next))
}

// page leaves the content security policy to the handler.
func (d *doors) page(next http.Handler) http.Handler {
	return d.hosts.Guard(secured("", next))
}

// old adds no headers of its own, since old callers get the old server's answers byte for byte. The
// root is a page to a browser that comes by a link, and the old greeting to everybody else.
func (d *doors) old(pattern string, next http.Handler) http.Handler {
	guarded := d.origins.Guard(next)
	if d.cors {
		guarded = legacy.CORS(next)
	}
	if pattern != legacy.Root {
		return d.hosts.Guard(guarded)
	}
	return d.hosts.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "" && legacy.WantsPage(r) {
			next.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	}))
}

// apiPolicy is the content security policy of answers that are no page: nothing in them runs.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// secured adds the headers that keep browsers from guessing types, framing and telling addresses.
// The handler may set its own.
func secured(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if policy != "" {
			h.Set("Content-Security-Policy", policy)
		}
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// identified puts the caller into the request's context, for limits.
func (d *doors) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(limit.WithCaller(r.Context(), d.proxies.Caller(r))))
	})
}
