package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"bis/internal/limit"
)

const (
	freeHeader = 4 << 10 // bytes of a call's headers that are not booked
	// headerCost is the memory that a byte of headers needs while they are read.
	headerCost = 2
	// headerPatience is how long a connection waits for room for its headers.
	headerPatience = time.Second
)

// noRoomForHeaders is the whole answer to a call whose headers find no room.
const noRoomForHeaders = "HTTP/1.1 503 Service Unavailable\r\n" +
	"Retry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

// connections counts HTTP connections by their addresses. It closes a connection beyond an
// address's share before anything is read, and a connection that would rest beyond the share of
// resting ones. It does not count the connections of trusted proxies, which all callers share. It
// is safe for concurrent use.
type connections struct {
	limits  *limit.Limits
	proxies limit.Proxies
	headers *limit.Bytes // bounds the headers in memory
}

func newConnections(c Config) *connections {
	headers := limit.NewBytes(c.InFlight.Max() / headerShare)
	return &connections{limits: c.Limits, proxies: c.Proxies, headers: headers}
}

// over returns a listener whose connections changed can count.
func (c *connections) over(l net.Listener) net.Listener { return &listener{l, c} }

// changed is called by http.Server as its ConnState.
func (c *connections) changed(rwc net.Conn, state http.ConnState) {
	conn, ok := rwc.(*connection)
	if !ok {
		return
	}
	switch state {
	case http.StateNew:
		c.begin(conn)
	case http.StateActive: // the headers are complete
		conn.inHeader.Store(false)
		c.resume(conn)
	case http.StateIdle:
		conn.next()
		c.rest(conn)
	case http.StateHijacked:
		conn.booking.Shrink(conn.got) // the handler may keep the headers until the end
		c.end(conn)
	case http.StateClosed:
		c.end(conn)
	}
}

// begin counts a new connection, or closes it if its address has no slot.
func (c *connections) begin(conn *connection) {
	addr, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil || c.proxies.Trusted(addr.Addr().Unmap()) {
		return
	}
	conn.caller = limit.Of(addr.Addr())
	if !c.limits.Open(conn.caller) {
		_ = conn.Close() // the server's first read fails
		return
	}
	conn.counted = true
	conn.booking = c.headers.Begin(conn.caller)
	conn.next()
}

// rest counts a connection that waits for its next call, or closes it if there are many.
func (c *connections) rest(conn *connection) {
	if !conn.counted {
		return
	}
	if conn.resting = c.limits.Rest(conn.caller); !conn.resting {
		_ = conn.Close() // the server's next read fails
	}
}

// resume releases the slot of rest.
func (c *connections) resume(conn *connection) {
	if conn.resting {
		conn.resting = false
		c.limits.Resume(conn.caller)
	}
}

// end releases the slots of a connection that was closed or hijacked.
func (c *connections) end(conn *connection) {
	c.resume(conn)
	if conn.counted {
		conn.counted = false
		c.limits.Close(conn.caller)
	}
}

// listener wraps the connections that it accepts.
type listener struct {
	net.Listener
	all *connections
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return &connection{TCPConn: tcp}, nil
	}
	return c, err
}

// connection is an HTTP connection. It books the bytes of long headers until its next call, because
// a call keeps its headers, and a WebSocket until its end. The goroutine that serves the connection
// uses the fields, except inHeader and booking, which are safe for concurrent use.
type connection struct {
	*net.TCPConn
	caller   limit.Caller
	counted  bool           // the limits count the connection
	resting  bool           // the limits count it as resting
	inHeader atomic.Bool    // the headers of a call are read
	got      int64          // bytes of the headers
	booking  *limit.Booking // nil: there is no limit
}

// next prepares for the headers of the next call.
func (c *connection) next() {
	c.booking.Release()
	c.got = 0
	c.inHeader.Store(c.booking != nil)
}

// Read implements net.Conn. If the headers find no room, it answers 503 and ends the connection.
func (c *connection) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	if n == 0 || !c.inHeader.Load() {
		return n, err
	}
	if c.got += int64(n); c.got <= freeHeader {
		return n, err
	}
	if !c.booking.Grow(context.Background(), headerCost*c.got, headerPatience) {
		_ = c.SetWriteDeadline(time.Now().Add(headerPatience))
		_, _ = io.WriteString(c.TCPConn, noRoomForHeaders) // an error means that the caller is gone
		return 0, io.EOF
	}
	return n, err
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.booking.Release()
	return c.TCPConn.Close()
}
