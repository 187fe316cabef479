package socket

import (
	"context"
	"sync"
	"time"
)

// Registry contains the open connections, so that a shutdown can close them: http.Server does not
// track hijacked connections. It also times their pings. The zero value is ready. It is safe for
// concurrent use.
type Registry struct {
	mu       sync.Mutex // guards the fields below, except wheel
	conns    map[*Conn]struct{}
	draining bool
	code     int // of the drain
	reason   string

	wheel wheel
}

// Len returns the number of open connections.
func (g *Registry) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.conns)
}

// Draining reports whether Drain has been called.
func (g *Registry) Draining() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.draining
}

// Farewell is the close frame of a drain, and the time that the drain takes.
type Farewell struct {
	Code   int
	Reason string
	// Over is the time over which the closes are spread, so that not all clients reconnect at the
	// same time. Zero means all at once.
	Over time.Duration
}

// Drain closes every connection, spread over f.Over, and closes later connections as soon as they
// are accepted. It returns when all connections are over. If ctx ends first, Drain severs the open
// connections and returns ctx.Err().
func (g *Registry) Drain(ctx context.Context, f Farewell) error {
	Spread(ctx, f.Over, g.startDrain(f), g.Len, func(c *Conn) { c.Close(f.Code, f.Reason) })
	for _, c := range g.all() {
		select {
		case <-c.Done():
		case <-ctx.Done():
			return g.severAll(ctx)
		}
	}
	return nil
}

// startDrain starts the drain for new connections, and returns the open ones.
func (g *Registry) startDrain(f Farewell) []*Conn {
	g.mu.Lock()
	g.draining, g.code, g.reason = true, f.Code, f.Reason
	g.mu.Unlock()
	return g.all()
}

// severAll severs the open connections and waits until they are over. The wait does not depend on
// the peers.
func (g *Registry) severAll(ctx context.Context) error {
	for _, c := range g.all() {
		c.sever()
	}
	for _, c := range g.all() {
		<-c.Done()
	}
	return ctx.Err()
}

// all returns the open connections in no particular order.
func (g *Registry) all() []*Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]*Conn, 0, len(g.conns))
	for c := range g.conns {
		all = append(all, c)
	}
	return all
}

// add registers a connection and schedules its first ping. During a drain the connection is
// closed.
func (g *Registry) add(c *Conn) {
	g.mu.Lock()
	if g.conns == nil {
		g.conns = make(map[*Conn]struct{})
	}
	g.conns[c] = struct{}{}
	draining, code, reason := g.draining, g.code, g.reason
	g.mu.Unlock()
	g.wheel.add(c, c.lastPing.Add(c.cfg.PingEvery))
	if draining {
		c.Close(code, reason)
	}
}

// remove removes a connection that is over.
func (g *Registry) remove(c *Conn) {
	g.wheel.remove(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
}
