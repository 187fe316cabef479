package socket

import (
	"context"
	"sync"
	"time"
)

// Registry knows the connections that are open, so that a shutdown can close them:
// http.Server forgets hijacked ones. Its zero value is ready.
type Registry struct {
	mu       sync.Mutex // guards what follows
	conns    map[*Conn]struct{}
	draining bool
	code     int
	reason   string

	wheel wheel
}

// Len returns how many connections are open.
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

// Farewell is what a drained connection is told.
type Farewell struct {
	Code   int
	Reason string
	// Over is the time over which the closes are spread, so that not all clients come
	// back at once. Zero: none.
	Over time.Duration
}

// Drain closes every connection, spread over f.Over, and those that come from now on at once.
// It returns when all are over. When ctx ends first, the rest are cut, and the error is ctx's.
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

func (g *Registry) startDrain(f Farewell) []*Conn {
	g.mu.Lock()
	g.draining, g.code, g.reason = true, f.Code, f.Reason
	g.mu.Unlock()
	return g.all()
}

// cutAll cuts what is still open and waits for it: that takes no peer's help.
func (g *Registry) severAll(ctx context.Context) error {
	for _, c := range g.all() {
		c.sever()
	}
	for _, c := range g.all() {
		<-c.Done()
	}
	return ctx.Err()
}

func (g *Registry) all() []*Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]*Conn, 0, len(g.conns))
	for c := range g.conns {
		all = append(all, c)
	}
	return all
}

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

func (g *Registry) remove(c *Conn) {
	g.wheel.remove(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
}
