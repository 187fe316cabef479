package server

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"bis/internal/limit"
)

// connections counts the connections of HTTP by their addresses. One beyond an address's share is
// closed before anything is read. Those of trusted proxies are not counted: everybody comes by
// them.
type connections struct {
	limits  *limit.Limits
	proxies limit.Proxies

	mu      sync.Mutex // guards counted
	counted map[net.Conn]limit.Caller
}

func newConnections(c Config) *connections {
	return &connections{limits: c.Limits, proxies: c.Proxies, counted: map[net.Conn]limit.Caller{}}
}

// changed is for http.Server.ConnState.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.begin(conn)
	case http.StateHijacked, http.StateClosed:
		c.end(conn)
	}
}

func (c *connections) begin(conn net.Conn) {
	addr, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil || c.proxies.Trusted(addr.Addr().Unmap()) {
		return
	}
	caller := limit.Of(addr.Addr())
	if !c.limits.Open(caller) {
		_ = conn.Close() // the server's first read fails
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counted[conn] = caller
}

func (c *connections) end(conn net.Conn) {
	c.mu.Lock()
	caller, ok := c.counted[conn]
	delete(c.counted, conn)
	c.mu.Unlock()
	if ok {
		c.limits.Close(caller)
	}
}
