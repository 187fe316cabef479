package socket

import (
	"context"
	"sync"
	"time"
)

// Registry holds the open connections, so that a shutdown can close them: http.Server forgets
// hijacked ones. It also times their pings. The zero value is ready. It is safe for concurrent
// use.
type Registry struct {
	mu       sync.Mutex // guards what follows
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

// Draining reports whether Drain was called.
func (g *Registry) Draining() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.draining
}

// Farewell is the close frame of a drain, and its pace.
type Farewell struct {
	Code   int
	Reason string
	// Over is the time over which the closes are spread, so that not all clients reconnect at
	// once. Zero means all at once.
	Over time.Duration
}

// Drain closes every connection, spread over f.Over, and closes those that are accepted from now
// on at once. It returns when all are over. If ctx ends first, the rest is severed and the error
// is ctx's.
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

// startDrain makes new connections close at once, and returns those that are open.
func (g *Registry) startDrain(f Farewell) []*Conn {
	g.mu.Lock()
	g.draining, g.code, g.reason = true, f.Code, f.Reason
	g.mu.Unlock()
	return g.all()
}

// severAll severs the open connections and waits until they are over. That needs no help of a
// peer.
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
