// Package server is the HTTP server: routes, probes, headers, deadlines and the drain. It mounts
// the GraphQL API, the old endpoints, the explorers and the metrics.
//
// It promises that every answer passes the middleware of package observe, and that only allowed
// origins reach /graphql. A stop ends sockets and streams so that their clients reconnect:
// Stopping, Drain and Shutdown, in this order. What the endpoints answer is up to their packages.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"bis/internal/feed"
	"bis/internal/legacy"
	"bis/internal/limit"
	"bis/internal/observe"
	"bis/internal/service"
)

const (
	headerTimeout = 10 * time.Second // limit of reading a call's headers
	idleTimeout   = 2 * time.Minute  // limit of the pause between two calls of a connection
	drainTime     = time.Second      // the time over which a stop spreads the closing of sockets
	maxHeader     = 128 << 10        // bytes of a call's headers, address included
)

// Server answers HTTP. New makes it, Serve runs it, and Stopping, Drain and Shutdown stop it, in
// this order.
type Server struct {
	transports *transports
	old        *legacy.Handler
	doors      *doors
	inFlight   *limit.Bytes
	ready      *readiness
	http       *http.Server
	metrics    *http.Server // for ServeMetrics
}

// Config holds the collaborators and settings of a Server. Service, Hub, Metrics and Log are
// required.
type Config struct {
	Service *service.Service
	Hub     *feed.Hub
	Metrics *observe.Metrics
	Log     *slog.Logger

	// Zone is the zone of wall-clock times. Nil means UTC.
	Zone *time.Location
	// Hosts are the host names that the server answers to, beside loopback names and IP addresses.
	Hosts []string
	// Origins are the web origins that may call, beside the same host and loopback.
	Origins []string
	// Proxies are the proxies whose X-Forwarded-For and X-Forwarded-Host are believed.
	Proxies limit.Proxies
	// Limits bound what one caller may have. Nil: no limits.
	Limits *limit.Limits
	// InFlight counts what waits for its readers. Nil means no limit.
	InFlight *limit.Bytes
	// MaxAnswer is how many bytes one answer may have, and OperationTime how long one query or
	// mutation may take. Zero means the defaults of graph.Budget.
	MaxAnswer     int
	OperationTime time.Duration
	// LegacyCORS lets every web page call the old paths, without credentials.
	LegacyCORS bool
	// Explorers mounts the explorers and the start page.
	Explorers bool
	// MetricsApart leaves /metrics to ServeMetrics. Otherwise it is beside the other paths.
	MetricsApart bool
	// LoginWords says what /login calls a new user; see legacy.Config.
	LoginWords string
	// Version is the program's version, for /openapi.json. Empty means "(devel)".
	Version string
}

// New builds the transports and mounts all paths. It starts nothing.
func New(c Config) (*Server, error) {
	if c.Service == nil || c.Hub == nil || c.Metrics == nil || c.Log == nil {
		return nil, errors.New("server: service, hub, metrics and log are required")
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	doors := newDoors(c)
	transports, err := newTransports(c, doors.origins.Allow)
	if err != nil {
		return nil, err
	}
	old, err := legacy.New(c.Service, legacy.Config{
		LoginWords: c.LoginWords, Log: c.Log, Limits: c.Limits, DrainOver: drainTime, InFlight: c.InFlight,
	})
	if err != nil {
		return nil, err
	}
	s := &Server{transports: transports, old: old, doors: doors, inFlight: c.InFlight, ready: newReadiness(c.Service.Ready, c.Log)}
	s.watchGauges(c.Metrics, c.Hub)
	s.http = c.httpServer(doors.identified(s.routes(c)))
	s.metrics = c.httpServer(s.metricsRoutes(c))
	return s, nil
}

// httpServer returns an HTTP server with the deadlines that hold for every path.
func (c Config) httpServer(h http.Handler) *http.Server {
	within := defaultDeadlines
	within.passed = c.report(limit.TooSlow)
	return &http.Server{
		Handler: within.guard(h), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
		ConnState: newConnections(c).changed, ConnContext: connected,
	}
}

// Serve answers the calls that arrive at l. It returns nil after Shutdown, and l's error if l
// fails.
func (s *Server) Serve(l net.Listener) error { return serve(s.http, l) }

// ServeMetrics answers calls of /metrics, and of nothing else, that arrive at l. It returns as
// Serve does.
func (s *Server) ServeMetrics(l net.Listener) error { return serve(s.metrics, l) }

func serve(srv *http.Server, l net.Listener) error {
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Stopping makes /readyz answer 503 from now on, so that no new callers are sent here.
func (s *Server) Stopping() { s.ready.stopping.Store(true) }

// Drain ends all sockets and streams in a way that makes their clients reconnect. When ctx ends,
// it cuts those that are still open.
func (s *Server) Drain(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { s.transports.drain(ctx) })
	both.Go(func() { _ = s.old.Drain(ctx) }) // the error says that ctx ended first
	both.Wait()
}

// Shutdown closes the listener and waits for the pending answers. When ctx ends, it cuts them.
func (s *Server) Shutdown(ctx context.Context) {
	_ = s.metrics.Close() // a scrape that is cut comes again
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // their time is over
	}
}
