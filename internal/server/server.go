// Package server is the HTTP server: routes, probes, headers, deadlines and the drain. It mounts
// the GraphQL API, the old endpoints, the explorers and the metrics. How these answer is left to
// their packages.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"bis/internal/auth"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/legacy"
	"bis/internal/observe"
)

const (
	headerTimeout = 10 * time.Second // to read a call's headers
	idleTimeout   = 2 * time.Minute  // between two calls of a connection
	drainTime     = time.Second      // over which open sockets are closed at a stop
)

// Server answers HTTP. Make it with New, run it with Serve, and stop it by Stopping, Drain and
// Shutdown, in this order.
type Server struct {
	transports *transports
	old        *legacy.Handler
	ready      *readiness
	http       *http.Server
}

// Config is what a Server is made of. Service, Hub, Metrics and Log are required.
type Config struct {
	Service *briefing.Service
	Hub     *feed.Hub
	Metrics *observe.Metrics
	Log     *slog.Logger

	// Zone is where wall-clock times are meant. Nil means UTC.
	Zone *time.Location
	// Origins are the web origins allowed at /graphql, beside the same host and loopback.
	Origins []string
	// LoginWords are the words of /login, as package legacy has them.
	LoginWords string
}

// New builds the transports and mounts all paths. It starts nothing.
func New(c Config) (*Server, error) {
	if c.Service == nil || c.Hub == nil || c.Metrics == nil || c.Log == nil {
		return nil, errors.New("server: service, hub, metrics and log are required")
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	origins := auth.NewOrigins(c.Origins)
	transports, err := newTransports(c.Zone, origins.Allow)
	if err != nil {
		return nil, err
	}
	old, err := legacy.New(c.Service, legacy.Config{LoginWords: c.LoginWords, Log: c.Log, DrainOver: drainTime})
	if err != nil {
		return nil, err
	}
	s := &Server{transports: transports, old: old, ready: newReadiness(c.Service.Ready, c.Log)}
	s.watch(c.Metrics, c.Hub)
	s.http = &http.Server{
		Handler: s.routes(c, origins), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// Serve answers calls that come to l, until Shutdown, when it returns nil, or until l fails.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Stopping makes /readyz answer 503 from now on, so that no new callers are sent here.
func (s *Server) Stopping() { s.ready.stopping.Store(true) }

// Drain ends all sockets and streams in a way that makes their clients come back. It cuts what is
// open when ctx ends.
func (s *Server) Drain(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { s.transports.drain(ctx) })
	both.Go(func() { _ = s.old.Drain(ctx) }) // the error says that ctx cut some off
	both.Wait()
}

// Shutdown closes the listener and waits for the answers under way. It cuts them when ctx ends.
func (s *Server) Shutdown(ctx context.Context) {
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // these callers had time enough
	}
}
