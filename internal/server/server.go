// Package server is the HTTP server: routes, probes, headers, deadlines and the drain. It mounts
// the GraphQL API, the old endpoints, the explorers and the metrics.
//
// It promises that every answer passes the middleware of package observe, except those of
// ServeMetrics, and that only allowed origins reach /graphql. A stop ends sockets and streams so
// that their clients reconnect: Stopping, Drain and Shutdown, in this order. The packages of the
// endpoints decide the answers.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"bis/graph"
	"bis/internal/feed"
	"bis/internal/legacy"
	"bis/internal/limit"
	"bis/internal/observe"
	"bis/internal/service"
)

const (
	headerTimeout = 10 * time.Second // how long the headers of a call may take
	idleTimeout   = 2 * time.Minute  // how long a connection may pause between two calls
	drainTime     = time.Second      // how long the closing of sockets is spread
	maxHeader     = 48 << 10         // bytes of a call's headers, including the address
)

// Headers and bodies have budgets of their own, as parts of the bytes in flight, because their
// senders may take long. So they take no room of answers.
const (
	headerShare = 4
	bodyShare   = 2
)

// Server answers HTTP calls. Serve runs it, and Stopping, Drain and Shutdown stop it, in this
// order.
type Server struct {
	transports *transports
	old        *legacy.Handler
	doors      *doors
	inFlight   *limit.Bytes
	ready      *readiness
	conns      *connections
	bodies     *limit.Bytes
	http       *http.Server
	metrics    *http.Server // for ServeMetrics
}

// Config contains the collaborators and settings of a Server. Service, Hub, Metrics and Log are
// required.
type Config struct {
	Service *service.Service
	Hub     *feed.Hub
	Metrics *observe.Metrics
	Log     *slog.Logger

	// Zone is the time zone of wall-clock times. Nil means UTC.
	Zone *time.Location
	// Hosts are the host names that the server accepts, in addition to loopback names and IP
	// addresses.
	Hosts []string
	// Origins are the web origins that may call, in addition to the same host and loopback.
	Origins []string
	// Proxies are the proxies whose headers X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto
	// are trusted.
	Proxies limit.Proxies
	// Limits are the limits of each caller. Nil means no limits.
	Limits *limit.Limits
	// InFlight bounds the bytes that wait for clients. Nil means no limit.
	InFlight *limit.Bytes
	// MaxAnswer is the maximum size of one answer, in bytes. OperationTime is the maximum duration
	// of one query or mutation. Zero means the defaults of graph.Budget.
	MaxAnswer     int
	OperationTime time.Duration
	// Documents bounds the documents of callers. Zero fields mean their defaults.
	Documents graph.Documents
	// LegacyCORS lets every web page call the old paths, without credentials.
	LegacyCORS bool
	// Explorers mounts GraphiQL and Playground.
	Explorers bool
	// MetricsApart mounts /metrics for ServeMetrics only, and not with the other paths.
	MetricsApart bool
	// LoginWords selects the words in the answers of /login; see legacy.Config.
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
	s := &Server{transports: transports, old: old, doors: doors, inFlight: c.InFlight, ready: newReadiness(c.Service.Ready, c.Log), conns: newConnections(c)}
	s.bodies = limit.NewBytes(c.InFlight.Max() / bodyShare)
	s.watchGauges(c.Metrics, c.Hub)
	s.http = c.httpServer(doors.identified(s.routes(c)), s.conns, s.bodies)
	s.metrics = c.httpServer(s.metricsRoutes(c), s.conns, s.bodies)
	return s, nil
}

// httpServer returns an HTTP server with the deadlines and bounds of every path.
func (c Config) httpServer(h http.Handler, conns *connections, bodies *limit.Bytes) *http.Server {
	within := defaultDeadlines
	within.bodies = bodies
	within.passed = c.report(limit.TooSlow)
	return &http.Server{
		Handler: within.guard(h), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
		ConnState: conns.changed, ConnContext: connected,
		DisableGeneralOptionsHandler: true, // its answer would miss the doors
	}
}

// Serve answers the calls that arrive at l until Shutdown, and then returns nil. It returns the
// error of l if l fails.
func (s *Server) Serve(l net.Listener) error { return serve(s.http, s.conns.over(l)) }

// ServeMetrics answers only calls of /metrics that arrive at l. It returns like Serve.
func (s *Server) ServeMetrics(l net.Listener) error { return serve(s.metrics, s.conns.over(l)) }

func serve(srv *http.Server, l net.Listener) error {
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Held estimates the memory of open connections, of headers and bodies, and of subscriptions, in
// bytes. Bytes in flight do not count.
func (s *Server) Held() int64 {
	return s.conns.limits.Weight() + s.conns.headers.Len() + s.bodies.Len() + s.transports.core.Held()
}

// Stopping makes /readyz answer 503, so that load balancers send no new callers.
func (s *Server) Stopping() { s.ready.stopping.Store(true) }

// Drain ends all sockets and streams in a way that makes their clients reconnect. When ctx ends,
// it cuts those that are still open.
func (s *Server) Drain(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { s.transports.drain(ctx) })
	both.Go(func() { _ = s.old.Drain(ctx) }) // an error means only that ctx ended first
	both.Wait()
}

// Shutdown closes the listener and waits for the pending answers. When ctx ends, it cuts their
// connections.
func (s *Server) Shutdown(ctx context.Context) {
	_ = s.metrics.Close() // a scrape that is cut is repeated
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // ctx has ended
	}
}
