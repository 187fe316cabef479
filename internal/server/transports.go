package server

import (
	"context"
	"net/http"

	"bis/graph"
	"bis/internal/subscribe"
	"bis/internal/subscribe/sse"
	"bis/internal/subscribe/ws"
)

// transports are the ways in which subscriptions come, over one core.
type transports struct {
	core *subscribe.Core
	ws   *ws.Transport
	sse  *sse.Transport
}

// newTransports returns transports with nothing open. allow decides about the origins of sockets.
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

// list returns the transports in the order in which a call is offered to them. A call to open a
// socket may accept a stream, too.
func (t *transports) list() []graph.Transport { return []graph.Transport{t.ws, t.sse} }

// drain ends all sockets and streams, and the subscriptions on them.
func (t *transports) drain(ctx context.Context) { t.core.Drain(ctx, drainTime, t.ws, t.sse) }

// count returns how many sockets and streams are open.
func (t *transports) count() int { return t.ws.Count() + t.sse.Count() }
