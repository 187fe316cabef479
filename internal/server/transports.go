package server

import (
	"context"
	"net/http"

	"bis/graph"
	"bis/internal/subscribe"
	"bis/internal/subscribe/sse"
	"bis/internal/subscribe/ws"
)

// transports are the protocols for subscriptions, over one core.
type transports struct {
	core *subscribe.Core
	ws   *ws.Transport
	sse  *sse.Transport
}

// newTransports returns transports without sockets and streams. allow reports whether an origin may
// open sockets.
func newTransports(c Config, allow func(*http.Request) bool) (*transports, error) {
	core := subscribe.New(subscribe.Config{Zone: c.Zone, Limits: c.Limits, InFlight: c.InFlight})
	sockets, err := ws.New(ws.Config{Core: core, Allow: allow})
	if err != nil {
		return nil, err
	}
	streams, err := sse.New(core)
	if err != nil {
		return nil, err
	}
	return &transports{core: core, ws: sockets, sse: streams}, nil
}

// list returns the transports in the order in which they may serve a call. WebSocket comes first,
// because a handshake may accept a stream, too.
func (t *transports) list() []graph.Transport { return []graph.Transport{t.ws, t.sse} }

// drain ends all sockets and streams, and their subscriptions.
func (t *transports) drain(ctx context.Context) { t.core.Drain(ctx, drainTime, t.ws, t.sse) }

// count returns the number of open sockets and streams.
func (t *transports) count() int { return t.ws.Count() + t.sse.Count() }
