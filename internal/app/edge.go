package app

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"bis/graph"
	"bis/internal/auth"
	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/explorer"
	"bis/internal/feed"
	"bis/internal/legacy"
	"bis/internal/observe"
	"bis/internal/subscribe"
)

// drainOver is the time over which open sockets are closed at a stop.
const drainOver = time.Second

// edge is everything that faces callers.
type edge struct {
	transports *subscribe.Transports
	old        *legacy.Handler
	routes     http.Handler
	ready      *readiness
}

// edgeConfig is what the edge is made of.
type edgeConfig struct {
	config.Config
	Service *briefing.Service
	Hub     *feed.Hub
	Metrics *observe.Metrics
	Log     *slog.Logger
}

// newEdge builds the transports and mounts all paths.
func newEdge(c edgeConfig) (*edge, error) {
	origins := auth.NewOrigins(c.Origins)
	transports, err := subscribe.New(subscribe.Config{Allow: origins.Allow, API: subscribe.API{
		Taking: graph.Taking, Telling: graph.Telling, ReadOnly: graph.ReadOnly,
		Params: graph.Params, Query: graph.FromQuery, Body: graph.FromBody, Flat: graph.Flat(c.Zone), Answer: graph.Answer, Refuse: graph.Refuse, Encode: graph.Encode,
	}})
	if err != nil {
		return nil, err
	}
	old, err := legacy.New(c.Service, legacy.Config{LoginWords: c.LoginWords, Log: c.Log, DrainOver: drainOver})
	if err != nil {
		return nil, err
	}
	e := &edge{transports: transports, old: old, ready: newReadiness(c.Service.Ready, c.Log)}
	e.gauges(c)
	e.routes = e.mount(c, origins)
	return e, nil
}

// gauges tells what is open.
func (e *edge) gauges(c edgeConfig) {
	c.Metrics.Watch("bis_subscribers", "Open briefing subscriptions.", func() float64 { return float64(c.Hub.Stats().Subscribers) })
	c.Metrics.Watch("bis_topics", "Requests that are watched, or were a moment ago.", func() float64 { return float64(c.Hub.Stats().Topics) })
	c.Metrics.Watch("bis_replays", "Pages read from the store for subscribers since the start.", func() float64 { return float64(c.Hub.Stats().Replays) })
	c.Metrics.Watch("bis_groups", "Groups of subscriptions that share one execution an event.", func() float64 { return float64(e.transports.Groups()) })
	const resumes = "Subscriptions since the start that came with a cursor, by where they found the rest."
	c.Metrics.Count("bis_resumes_total", resumes, "from", "memory", func() float64 { return float64(c.Hub.Stats().ResumedRing) })
	c.Metrics.Count("bis_resumes_total", resumes, "from", "store", func() float64 { return float64(c.Hub.Stats().ResumedStore) })
	c.Metrics.Watch("bis_sockets", "Open GraphQL sockets and streams, and old sockets.", func() float64 {
		return float64(e.transports.Count() + e.old.Sockets())
	})
}

// mount puts every path in its place. Our own paths also answer with a slash at their end, because
// some clients and proxies add one.
func (e *edge) mount(c edgeConfig, origins *auth.Origins) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern, route string, h http.Handler) {
		mux.Handle(pattern, c.Metrics.Middleware(route, c.Log, h))
	}
	page := func(path, route string, h http.Handler) {
		handle(path, route, h)
		handle(path+"/{$}", route, h) // that path alone, not all below it
	}
	api := graph.New(c.Service, graph.Options{
		Zone: c.Zone, Log: c.Log, Transports: e.transports.List(),
	})
	page("/graphql", "graphql", origins.Guard(api))
	page("GET /graphiql", "graphiql", explorer.GraphiQL("/graphql"))
	page("GET /playground", "playground", explorer.Playground("/graphql"))
	page("GET /healthz", "healthz", http.HandlerFunc(e.healthz))
	page("GET /readyz", "readyz", e.ready)
	page("GET /metrics", "metrics", c.Metrics.Handler())
	handle("GET "+explorer.AssetPath, "assets", explorer.Assets())
	handle("GET /favicon.ico", "assets", http.RedirectHandler(explorer.AssetPath+"favicon.svg", http.StatusFound))
	e.old.Mount(explorer.Start(), handle)
	return mux
}

// healthz tells that the process lives.
func (e *edge) healthz(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

func plain(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(word + "\n")) // the caller may be gone
}

// drain ends all sockets and streams so that their clients come back.
func (e *edge) drain(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { e.transports.Drain(ctx, drainOver) })
	both.Go(func() { _ = e.old.Drain(ctx) }) // what ctx cuts off is cut off
	both.Wait()
}
