package server

import (
	"net/http"
	"path"
	"strconv"
	"strings"

	"bis/internal/briefing"
	"bis/internal/limit"
)

// entrance guards a whole mux. It refuses calls for a foreign host name before the mux sees them,
// because the mux itself answers some calls: it redirects paths such as //graphql. Probes may have
// any host name. Calls that no route answers are counted, and their answers have the security
// headers.
func (d *doors) entrance(c Config, mux http.Handler) http.Handler {
	stray := func(h http.Handler) http.Handler {
		return c.Metrics.Middleware("stray", c.Log, secured(apiPolicy, d.counted(nobody, h)))
	}
	foreign := stray(d.hosts.Guard(http.NotFoundHandler()))
	everything := stray(http.HandlerFunc(options))
	unclean := stray(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !isProbe(r) && !d.hosts.Allow(r):
			foreign.ServeHTTP(w, r)
		case r.RequestURI == "*":
			everything.ServeHTTP(w, r)
		case !isClean(r.URL.Path):
			unclean.ServeHTTP(w, r)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// isProbe reports whether a request is one that the doors of probes answer.
func isProbe(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.RequestURI == "*" {
		return false
	}
	switch strings.TrimSuffix(r.URL.Path, "/") {
	case "/healthz", "/readyz":
		return true
	}
	return false
}

// isClean reports whether http.ServeMux leaves a path as it is.
func isClean(p string) bool {
	clean := path.Clean(p)
	return strings.HasPrefix(p, "/") && (p == clean || p == clean+"/")
}

// options answers a request for the whole server, such as OPTIONS *. It says nothing, as net/http
// does.
func options(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "0")
	if r.Method != http.MethodOptions {
		w.WriteHeader(http.StatusBadRequest)
	}
}

// nobody is for handlers that count no call.
func nobody(*http.Request) bool { return false }

// counted counts calls as operations of their address, and answers 429 to a caller that comes too
// often. itself reports whether the handler counts a call itself.
func (d *doors) counted(itself func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !itself(r) {
			if err := d.limits.Allow(r.Context(), limit.Operations); err != nil {
				w.Header().Set("Retry-After", strconv.Itoa(briefing.RetrySeconds(err)))
				http.Error(w, "too many requests", http.StatusTooManyRequests)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
