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
	// defaultInitTimeout is the value of the reference server of graphql-transport-ws.
	defaultInitTimeout = 3 * time.Second
	// readLimit bounds a client's message, in bytes.
	readLimit = 64 << 10
)

// Config is what a Transport needs.
type Config struct {
	// Core runs the operations. Required.
	Core *subscribe.Core
	// Allow reports whether the origin of a handshake may open a socket. Required.
	Allow func(r *http.Request) bool
	// Init checks the payload of a socket's connection_init. An error closes the socket with 4403
	// and the error's text as the reason. Nil accepts every socket.
	Init func(ctx context.Context, payload map[string]any) error
	// InitTimeout is how long a client may take to send connection_init. Zero means 3 s.
	InitTimeout time.Duration
	// Socket contains times for tests. Zero means the times of production. New sets the other
	// fields.
	Socket socket.Config
}

// Transport serves GraphQL over WebSocket and contains all open sockets. It is safe for concurrent
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
		// Stock clients do not reconnect after this code. After other codes they would, and flood
		// again.
		c.Flood = &socket.Flood{PerSecond: rate.PerSecond, Burst: rate.Burst, Code: closeTwice}
	}
	c.Budget = t.budget
	t.acceptor = socket.NewAcceptor(c)
	return t, nil
}

// Supports implements graphql.Transport. It reports false for upgrades to other protocols, such as
// h2c.
func (t *Transport) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do implements graphql.Transport. It returns after the handshake, so that the memory of the HTTP
// request is freed while the socket lives.
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
		return // Accept has answered already
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

// budget returns the caller's share of the bytes in flight. Nil means no limit.
func (t *Transport) budget(r *http.Request) socket.Budget {
	if share := t.core.InFlight().Share(limit.CallerOf(r.Context())); share != nil {
		return share
	}
	return nil
}

// refuse answers a handshake during a drain in a way after which the client reconnects. Clients of
// the newer protocol reconnect after a close with 1012, which the registry sends. Some of them give
// up after a refused handshake. Clients of the older protocol reconnect only after a refused
// handshake. They send their operations as soon as a socket is open, and lose them if it closes
// before connection_ack.
func (t *Transport) refuse(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(websocket.Subprotocols(r), modern.name) {
		http.Error(w, "restarting", http.StatusServiceUnavailable)
		return
	}
	if conn, err := t.acceptor.Accept(w, r); err == nil {
		conn.Run()
	}
}

// Drain implements subscribe.Protocol: it closes sockets with 1012. It cuts the sockets that are
// still open when ctx ends.
func (t *Transport) Drain(ctx context.Context, d time.Duration) {
	farewell := socket.Farewell{Code: socket.CodeServiceRestart, Reason: "Service restart", Over: d}
	_ = t.sockets.Drain(ctx, farewell) // an error means only that some sockets were cut
}

// Sever implements subscribe.Protocol. It does nothing, because Drain has closed or cut all
// sockets.
func (*Transport) Sever() {}

// Count returns the number of open sockets.
func (t *Transport) Count() int { return t.sockets.Len() }
