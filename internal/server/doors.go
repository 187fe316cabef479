package server

import (
	"net/http"

	"bis/internal/auth"
	"bis/internal/legacy"
	"bis/internal/limit"
)

// doors decide which callers may call which path. The entrance refuses calls for a foreign host
// name, except those of probes. Each door then counts calls that no endpoint counts, and admits:
//
//	api    allowed web pages, and callers that are not browsers
//	page   all callers: any page may link to it, but may not read or frame it
//	old    like api; with open CORS every web page, without credentials
//	device all callers, because the handler asks for a token; other origins get no permission
//	probe  like api, with any host name, because orchestrators call by any name
type doors struct {
	proxies limit.Proxies
	hosts   *auth.Hosts
	origins *auth.Origins
	cors    bool // open CORS for the old paths
	limits  *limit.Limits
}

func newDoors(c Config) *doors {
	hosts := auth.NewHosts(c.Hosts, c.Proxies)
	origins := auth.NewOrigins(c.Origins, hosts)
	hosts.Refused = c.report(limit.ForeignHost)
	origins.Refused = c.report(limit.ForeignOrigin)
	return &doors{proxies: c.Proxies, hosts: hosts, origins: origins, cors: c.LegacyCORS, limits: c.Limits}
}

// report returns a function that reports the refusal of a call with the reason why.
func (c Config) report(why limit.Reason) func(*http.Request) {
	return func(r *http.Request) { c.Limits.Report(c.Proxies.Caller(r), why) }
}

// api guards the paths of the API, whose handlers do not count their calls.
func (d *doors) api(next http.Handler) http.Handler {
	return secured(apiPolicy, d.counted(nobody, d.origins.Guard(next)))
}

// graphql is api for GraphQL, whose transports count operations, sockets and streams.
func (d *doors) graphql(next http.Handler) http.Handler {
	itself := func(r *http.Request) bool { return r.Method != http.MethodOptions && d.origins.Allow(r) }
	return secured(apiPolicy, d.counted(itself, d.origins.Guard(next)))
}

// probe guards the paths of probes.
func (d *doors) probe(next http.Handler) http.Handler {
	return secured(apiPolicy, d.origins.Guard(next))
}

// device guards the path to which devices send pictures.
func (d *doors) device(next http.Handler) http.Handler {
	return secured(apiPolicy, d.counted(nobody, next))
}

// page guards the pages. It leaves the content security policy to the handler.
func (d *doors) page(next http.Handler) http.Handler {
	return secured("", d.counted(nobody, next))
}

// old guards the old paths. It adds no headers, because the answers must equal the old server's
// byte for byte. A browser that opens the root receives a page, and every other caller the old
// greeting.
func (d *doors) old(pattern string, next http.Handler) http.Handler {
	guarded := d.origins.Guard(next)
	if d.cors {
		guarded = legacy.CORS(next)
	}
	if pattern == legacy.Root {
		guarded = pageOr(next, guarded)
	}
	itself := func(r *http.Request) bool {
		return legacy.Counts(pattern, r) && (d.cors || d.origins.Allow(r))
	}
	return d.counted(itself, guarded)
}

// pageOr passes a browser that opens the root to page, and every other caller to other.
func pageOr(page, other http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "" && legacy.WantsPage(r) {
			page.ServeHTTP(w, r)
			return
		}
		other.ServeHTTP(w, r)
	})
}
