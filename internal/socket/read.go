package socket

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// hijacker implements http.Hijacker for a wrapped writer, like http.ResponseController, and records
// the hijacked connection.
type hijacker struct {
	http.ResponseWriter
	conn *rawConn
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.conn = &rawConn{Conn: conn}
	return h.conn, rw, nil
}

// Unwrap lets http.ResponseController reach the wrapped writer.
func (h *hijacker) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// rawConn is the connection that gorilla uses. After the handshake gorilla writes only a close
// frame, when the peer breaks a rule of the protocol. That close frame must wait until the current
// writer has finished.
type rawConn struct {
	net.Conn
	socket *Conn // nil during the handshake
}

// Write implements net.Conn. After the handshake a close frame becomes the connection's farewell,
// and anything else is discarded.
func (b *rawConn) Write(p []byte) (int, error) {
	if b.socket == nil {
		return b.Conn.Write(p)
	}
	if len(p) >= 2 && p[0] == frameEnd|websocket.CloseMessage {
		b.socket.shutdown(closePayload(bytes.Clone(p[2:])))
	}
	return len(p), nil
}

// closePayload returns gorilla's close payload with the code that RFC 6455 demands. Gorilla answers
// 1002 to a peer's close frame whose reason is not UTF-8; the RFC demands 1007.
func closePayload(payload []byte) []byte {
	if bytes.Contains(payload, []byte("invalid utf8")) {
		return websocket.FormatCloseMessage(CodeInvalidText, notUTF8)
	}
	return payload
}

// notUTF8 is the reason for closing with CodeInvalidText.
const notUTF8 = "text is not valid UTF-8"

// SetWriteDeadline implements net.Conn. After the handshake it does nothing, because only the
// connection's writer sets deadlines.
func (b *rawConn) SetWriteDeadline(t time.Time) error {
	if b.socket == nil {
		return b.Conn.SetWriteDeadline(t)
	}
	return nil
}

// unpooled is a buffer pool for gorilla that is always empty. With a pool, connections do not
// retain a write buffer of their own.
type unpooled struct{}

func (unpooled) Get() any { return nil }
func (unpooled) Put(any)  {}

// prepareReading sets the read limit and the handlers of control frames. The handlers queue their
// answers for the connection's writer.
func (c *Conn) prepareReading() {
	c.ws.SetReadLimit(c.cfg.ReadLimit)
	c.ws.SetPongHandler(func(string) error {
		c.markAlive()
		return nil
	})
	c.ws.SetPingHandler(func(payload string) error {
		c.answerPing(payload)
		return nil
	})
	c.ws.SetCloseHandler(func(code int, _ string) error {
		if c.reading.oneByte { // gorilla mistakes such a frame for an empty one
			code = websocket.CloseProtocolError
		}
		c.answerClose(code)
		return nil
	})
}

// markAlive records that the peer lives.
func (c *Conn) markAlive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastHeard = time.Now()
}

// Run is like Serve without a peer: received messages are discarded.
func (c *Conn) Run() { c.Serve(nil) }

// Serve reads until the connection is over, and passes received messages to peer. It also handles
// pongs and close frames. When Serve returns, no goroutine of the connection runs.
func (c *Conn) Serve(peer Peer) {
	c.mu.Lock()
	c.peer = peer
	hasRoom := c.tryRefused && peer != nil // a Try was refused before peer was set
	c.tryRefused = c.tryRefused && !hasRoom
	c.mu.Unlock()
	if hasRoom {
		peer.Room()
	}
	err := c.read()
	c.unbook()
	if errors.Is(err, websocket.ErrReadLimit) { // gorilla writes nothing if the length overflows
		c.Close(websocket.CloseMessageTooBig, "")
	}
	if leaver, ok := peer.(Leaver); ok {
		leaver.Gone()
	}
	if !sentClose(err) {
		c.linger(err)
	}
	c.mu.Lock()
	c.noWriters = true
	c.mu.Unlock()
	c.writers.Wait() // the writer may be writing the answer to the peer's close
	c.sever()
	c.cfg.Registry.remove(c) // first, so that it is not counted after Done
	close(c.done)
}

// sentClose reports whether the peer has sent a close frame. gorilla reports 1006 for a
// connection that broke without one.
func sentClose(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return ok && closed.Code != websocket.CloseAbnormalClosure
}

// read receives messages until the connection ends, and returns the error of the last read.
func (c *Conn) read() error {
	for {
		kind, message, err := c.ws.NextReader()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(message)
		if err != nil {
			return err
		}
		c.markAlive() // the peer may send its pong after much other data
		select {
		case <-c.closing: // reading continues only to receive the peer's close frame
			continue
		default:
		}
		switch {
		case kind == websocket.TextMessage && !utf8.Valid(text):
			c.Close(CodeInvalidText, notUTF8)
		case c.peer != nil:
			c.peer.Receive(text, kind == websocket.BinaryMessage)
		}
	}
}

// linger discards received bytes until the peer sends its close frame or closes the connection, for
// at most CloseWait. Closing a connection with unread bytes would reset it, and the peer could lose
// the close frame that follows a broken rule.
func (c *Conn) linger(err error) {
	c.shutdown(nil)
	conn := c.net
	if errors.Is(err, net.ErrClosed) {
		return // the connection was severed
	}
	if conn.SetReadDeadline(time.Now().Add(c.cfg.CloseWait)) != nil {
		return
	}
	rest := make([]byte, 2<<10)
	for f := &c.reading.frames; !f.closes || f.unfinished(); {
		n, err := conn.Read(rest)
		if err != nil {
			return
		}
		f.follow(rest[:n])
	}
}
