package server

import (
	"net/http"

	"bis/graph"
	"bis/internal/explorer"
	"bis/internal/feed"
	"bis/internal/legacy"
	"bis/internal/observe"
	"bis/web"
)

// routes mounts every path. Each path except the old ones also answers with a trailing slash,
// because some clients and proxies add one. The old endpoints answer like the old server.
func (s *Server) routes(c Config) http.Handler {
	mux := http.NewServeMux()
	// The middleware counts and times the answers under the route's name, and recovers from panics.
	handle := func(pattern, route string, h http.Handler) {
		mux.Handle(pattern, c.Metrics.Middleware(route, c.Log, h))
	}
	own := func(path, route string, h http.Handler) {
		handle(path, route, h)
		handle(path+"/{$}", route, h) // only this path, without subpaths
	}
	d := s.doors
	budget := graph.Budget{InFlight: c.InFlight, Answer: c.MaxAnswer, Time: c.OperationTime}
	api := graph.New(c.Service, graph.Options{
		Zone: c.Zone, Log: c.Log, Transports: s.transports.list(), Limits: c.Limits, Budget: budget, Documents: c.Documents,
	})
	own("/graphql", "graphql", d.graphql(api))
	own("GET /healthz", "healthz", d.probe(http.HandlerFunc(healthz)))
	own("GET /readyz", "readyz", d.probe(s.ready))
	if !c.MetricsApart {
		own("GET /metrics", "metrics", d.api(c.Metrics.Handler()))
	}
	handle("GET "+graph.FramePath+"{name}", "frames", d.api(frames(c.Service)))
	handle("POST /cameras/{id}/frames", "pushes", d.device(s.pushed(c.Service)))
	own("GET /openapi.json", "openapi", d.api(legacy.OpenAPI(c.Version)))
	if c.Explorers {
		own("GET /graphiql", "graphiql", d.page(explorer.GraphiQL("/graphql")))
		own("GET /playground", "playground", d.page(explorer.Playground("/graphql")))
		handle("GET "+explorer.AssetPath, "assets", d.page(explorer.Assets()))
	}
	s.old.Mount(s.console(handle), func(pattern, route string, h http.Handler) { handle(pattern, route, d.old(pattern, h)) })
	return d.entrance(c, mux)
}

// console mounts the console's files, and its page at every address but the root, whose handler it
// returns. Callers that are not browsers get the old answer of an unknown path.
func (s *Server) console(handle func(pattern, route string, h http.Handler)) http.Handler {
	d := s.doors
	page, files := web.Page(), d.page(web.Files())
	for _, path := range web.Pages {
		handle(path, "console", forBrowsers(d.page(page), d.old(path, legacy.Unknown())))
	}
	for _, path := range web.FilePaths {
		handle("GET "+path, "assets", files)
	}
	handle("GET /favicon.ico", "assets", d.page(http.RedirectHandler(web.Icon, http.StatusFound)))
	return secured("", page) // the door of the root counts it
}

// forBrowsers serves the page to a browser that opens it, and next to every other caller.
func forBrowsers(page, next http.Handler) http.Handler {
	return pageOr(page, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		next.ServeHTTP(w, r)
	}))
}

// metricsRoutes mounts /metrics alone, for an address of its own.
func (s *Server) metricsRoutes(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.doors.api(c.Metrics.Handler()))
	return s.doors.entrance(c, mux)
}

// watchGauges adds the figures of subscriptions, sockets and bytes in flight to the metrics. They
// are read at each scrape.
func (s *Server) watchGauges(m *observe.Metrics, hub *feed.Hub) {
	m.Watch("bis_subscribers", "Open briefing subscriptions.", func() float64 { return float64(hub.Stats().Subscribers) })
	m.Watch("bis_in_flight_bytes", "Bytes of answers, replays and histories that wait for their readers.", func() float64 { return float64(s.inFlight.Len()) })
	m.Watch("bis_topics", "Requests that are watched, or were a moment ago.", func() float64 { return float64(hub.Stats().Topics) })
	m.Watch("bis_replays", "Pages read from the store for subscribers since the start.", func() float64 { return float64(hub.Stats().Replays) })
	m.Watch("bis_groups", "Groups of subscriptions that share one execution an event.", func() float64 { return float64(s.transports.core.Groups()) })
	const resumes = "Subscriptions since the start that came with a cursor, by where they found the rest."
	m.Count("bis_resumes_total", resumes, "from", "memory", func() float64 { return float64(hub.Stats().ResumedRing) })
	m.Count("bis_resumes_total", resumes, "from", "store", func() float64 { return float64(hub.Stats().ResumedStore) })
	m.Watch("bis_sockets", "Open GraphQL sockets and streams, and old sockets.", func() float64 {
		return float64(s.transports.count() + s.old.Sockets())
	})
}
