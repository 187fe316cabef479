package server

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"bis/internal/limit"
)

// connections counts HTTP connections by their addresses. It closes a connection beyond an
// address's share before anything is read. It does not count the connections of trusted proxies,
// which all callers share. It is safe for concurrent use.
type connections struct {
	limits  *limit.Limits
	proxies limit.Proxies

	mu      sync.Mutex // guards counted
	counted map[net.Conn]limit.Caller
}

func newConnections(c Config) *connections {
	return &connections{limits: c.Limits, proxies: c.Proxies, counted: map[net.Conn]limit.Caller{}}
}

// changed is called by http.Server as its ConnState.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.begin(conn)
	case http.StateHijacked, http.StateClosed:
		c.end(conn)
	}
}

// begin counts a new connection, or closes it if its address has no slot.
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

// end releases the slot of a connection that was closed or hijacked.
func (c *connections) end(conn net.Conn) {
	c.mu.Lock()
	caller, ok := c.counted[conn]
	delete(c.counted, conn)
	c.mu.Unlock()
	if ok {
		c.limits.Close(caller)
	}
}
