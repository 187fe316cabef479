package ws

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"

	"bis/graph"
	"bis/internal/limit"
	"bis/internal/socket"
	"bis/internal/subscribe"
)

const (
	// defaultInitTimeout is what the reference server of graphql-transport-ws uses.
	defaultInitTimeout = 3 * time.Second
	// readLimit bounds a client's message, in bytes.
	readLimit = 64 << 10
)

// Config is what a Transport needs.
type Config struct {
	// Core runs the operations. Required.
	Core *subscribe.Core
	// Allow reports whether a call's origin may open a socket. Required.
	Allow func(r *http.Request) bool
	// Init decides about a socket by the payload of its connection_init. An error closes the
	// socket with 4403 and the error's text as the reason. Nil: every socket is welcome.
	Init func(ctx context.Context, payload map[string]any) error
	// InitTimeout is how long a socket may wait with its connection_init. Zero means 3 s.
	InitTimeout time.Duration
	// Socket has times for tests. Zero values mean those of production.
	Socket socket.Config
}

// Transport is GraphQL over WebSocket, and all sockets that are open. It is safe for concurrent
// use.
type Transport struct {
	core        *subscribe.Core
	init        func(ctx context.Context, payload map[string]any) error
	initTimeout time.Duration
	sockets     *socket.Registry
	acceptor    *socket.Acceptor
}

var (
	_ graphql.Transport  = (*Transport)(nil)
	_ subscribe.Protocol = (*Transport)(nil)
)

// New checks cfg and returns a transport without sockets.
func New(cfg Config) (*Transport, error) {
	if cfg.Core == nil || cfg.Allow == nil {
		return nil, errors.New("ws: Core and Allow are required")
	}
	t := &Transport{
		core: cfg.Core, init: cfg.Init, initTimeout: cmp.Or(cfg.InitTimeout, defaultInitTimeout),
		sockets: &socket.Registry{},
	}
	if t.init == nil {
		t.init = func(context.Context, map[string]any) error { return nil }
	}
	c := cfg.Socket
	c.ReadLimit, c.QueueBytes, c.QueueLen = readLimit, subscribe.QueueBytes, subscribe.QueueBytes
	c.WriteTimeout = cmp.Or(c.WriteTimeout, subscribe.WriteTimeout)
	c.Subprotocols = []string{modern.name, old.name}
	c.CheckOrigin = cfg.Allow
	c.Registry = t.sockets
	if rate := cfg.Core.Limits().Messages(); rate.PerSecond > 0 {
		// Stock clients do not come back after this code, and nothing else stops one that floods.
		c.Flood = &socket.Flood{PerSecond: rate.PerSecond, Burst: rate.Burst, Code: closeTwice}
	}
	c.Budget = t.budget
	t.acceptor = socket.NewAcceptor(c)
	return t, nil
}

// Supports implements graphql.Transport. Upgrades to anything else, as h2c, are left to others.
func (t *Transport) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do implements graphql.Transport. It returns after the handshake, so that nothing of the HTTP
// request is kept while the socket lives.
func (t *Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	leave, ok := t.core.Enter()
	if !ok {
		t.refuse(w, r)
		return
	}
	release, err := t.core.Limits().Connect(r.Context())
	if err != nil {
		leave()
		graph.RefuseRate(w, r, err)
		return
	}
	conn, err := t.acceptor.Accept(w, r)
	if err != nil {
		release()
		leave()
		return // the answer has been given
	}
	p := &peer{
		t: t, exec: exec, conn: conn, protocol: modern,
		caller: limit.CallerOf(r.Context()),
	}
	p.replays = t.core.Replays(p.caller)
	go func() {
		defer leave()
		defer release()
		p.serve()
	}()
}

// budget returns the part of the bytes in flight that a caller's sockets have.
func (t *Transport) budget(r *http.Request) socket.Budget {
	if share := t.core.InFlight().Share(limit.CallerOf(r.Context())); share != nil {
		return share
	}
	return nil
}

// refuse answers a handshake that comes while the server stops, in the way after which the client
// comes back. Clients of the newer protocol do so after a close with 1012, which the registry
// sends; some give up after a refused handshake. Clients of the older protocol do so after a
// refused handshake only: they send their operations as soon as a socket is open, and lose them
// when it closes before connection_ack.
func (t *Transport) refuse(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(websocket.Subprotocols(r), modern.name) {
		http.Error(w, "restarting", http.StatusServiceUnavailable)
		return
	}
	if conn, err := t.acceptor.Accept(w, r); err == nil {
		conn.Run()
	}
}

// Drain implements subscribe.Protocol: it closes sockets with 1012. What is open when ctx ends is
// cut.
func (t *Transport) Drain(ctx context.Context, d time.Duration) {
	farewell := socket.Farewell{Code: socket.CodeServiceRestart, Reason: "Service restart", Over: d}
	_ = t.sockets.Drain(ctx, farewell) // the error only says that some were cut
}

// Sever implements subscribe.Protocol. Drain has cut all sockets before it returned.
func (*Transport) Sever() {}

// Count returns how many sockets are open.
func (t *Transport) Count() int { return t.sockets.Len() }
