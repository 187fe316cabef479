package subscribe

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/gorilla/websocket"
)

// buffers are shared by all sockets: one is taken for the time of a write only.
var buffers = &sync.Pool{}

// implementation gives gqlgen's protocols gorilla's sockets.
type implementation struct{ all *Transports }

// Accept implements transport.WebsocketImplementation.
func (i implementation) Accept(
	w http.ResponseWriter, r *http.Request, o transport.WebsocketAcceptOptions,
) (transport.WebsocketConn, error) {
	upgrader := websocket.Upgrader{
		ReadBufferSize: 1 << 10, WriteBufferPool: buffers, Subprotocols: o.Subprotocols,
		CheckOrigin: i.all.cfg.Allow, HandshakeTimeout: writeTimeout,
	}
	ws, err := upgrader.Upgrade(w, r, o.ResponseHeader)
	if err != nil {
		return nil, err
	}
	c := &conn{ws: ws, all: i.all}
	if !i.all.add(c) {
		c.restart()
	}
	return c, nil
}

// conn is one socket. gqlgen reads it from one goroutine and writes from several.
type conn struct {
	ws  *websocket.Conn
	all *Transports

	mu sync.Mutex // held while a frame is written; gorilla allows one writer
}

var (
	_ transport.WebsocketConn          = (*conn)(nil)
	_ transport.WebsocketReadLimiter   = (*conn)(nil)
	_ transport.WebsocketReadDeadliner = (*conn)(nil)
)

// Subprotocol implements transport.WebsocketConn.
func (c *conn) Subprotocol() string { return c.ws.Subprotocol() }

// SetReadLimit implements transport.WebsocketReadLimiter.
func (c *conn) SetReadLimit(limit int64) { c.ws.SetReadLimit(limit) }

// SetReadDeadline implements transport.WebsocketReadDeadliner.
func (c *conn) SetReadDeadline(t time.Time) error { return c.ws.SetReadDeadline(t) }

// NextReader implements transport.WebsocketConn.
func (c *conn) NextReader() (int, io.Reader, error) {
	kind, r, err := c.ws.NextReader()
	if err == nil {
		return kind, r, nil
	}
	_ = c.Close() // nothing can be read any more, so nobody is there to write to
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived) {
		err = transport.ErrWebsocketClosed
	}
	return kind, nil, err
}

// WriteJSON implements transport.WebsocketConn. A peer that takes no message for
// writeTimeout is cut off; the reader notices and ends its operations.
func (c *conn) WriteJSON(v any) error {
	message, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err = c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err == nil {
		err = c.ws.WriteMessage(websocket.TextMessage, message)
	}
	if err != nil {
		_ = c.ws.Close()
	}
	return err
}

// WriteClose implements transport.WebsocketConn. gqlgen ends with 1002 and 1000 what the protocol has codes of its own
// for; after 1000 a stock client comes back at once, for ever.
func (c *conn) WriteClose(code int, reason string) error {
	if c.ws.Subprotocol() == "graphql-transport-ws" {
		switch reason {
		case "connection initialisation timeout":
			code, reason = 4408, "Connection initialisation timeout"
		case "unexpected message", "decoding error", "terminated": // the last one when a message could not be read
			code, reason = 4400, "Invalid message received"
		}
	}
	return c.closeWith(code, reason)
}

func (c *conn) closeWith(code int, reason string) error {
	err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	return errors.Join(err, c.Close())
}

// Close implements transport.WebsocketConn. It may be called more than once.
func (c *conn) Close() error {
	c.all.remove(c)
	return c.ws.Close()
}

// restart implements closer. The close frame waits for a write under way, but not for long.
func (c *conn) restart() {
	c.all.closing.Go(func() { _ = c.closeWith(websocket.CloseServiceRestart, "restarting") })
}
