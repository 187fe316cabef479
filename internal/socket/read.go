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

// hijacker finds the Hijacker behind middleware, as http.ResponseController does, and records the
// connection that it hands out.
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

// rawConn is the connection as gorilla sees it. After the handshake gorilla writes only when the
// peer breaks a rule of the protocol. That is a close frame, and it must wait its turn behind
// what is being written.
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

// closePayload returns gorilla's close payload with the code that RFC 6455 demands: gorilla
// answers a reason that is not UTF-8 with 1002.
func closePayload(payload []byte) []byte {
	if bytes.Contains(payload, []byte("invalid utf8")) {
		return websocket.FormatCloseMessage(CodeInvalidText, notUTF8)
	}
	return payload
}

// notUTF8 is the reason for closing with CodeInvalidText.
const notUTF8 = "text is not valid UTF-8"

// SetWriteDeadline implements net.Conn. After the handshake the deadlines are the writer's alone.
func (b *rawConn) SetWriteDeadline(t time.Time) error {
	if b.socket == nil {
		return b.Conn.SetWriteDeadline(t)
	}
	return nil
}

// unpooled is a buffer pool for gorilla that never holds a buffer. gorilla allocates one for the
// little that it writes, and no connection retains it.
type unpooled struct{}

func (unpooled) Get() any { return nil }
func (unpooled) Put(any)  {}

// prepareReading sets the read limit and hands control frames to the writer, so that nobody else
// writes.
func (c *Conn) prepareReading() {
	c.ws.SetReadLimit(c.cfg.ReadLimit)
	c.ws.SetPongHandler(func(string) error {
		c.count()
		c.markAlive()
		return nil
	})
	c.ws.SetPingHandler(func(payload string) error {
		c.count()
		c.answerPing(payload)
		return nil
	})
	c.ws.SetCloseHandler(func(code int, _ string) error {
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

// Run is Serve without a peer: received messages are discarded.
func (c *Conn) Run() { c.Serve(nil) }

// Serve reads until the connection is over, so that pongs and closes are seen, and gives the peer
// what it reads. When it returns nothing of the connection runs any more.
func (c *Conn) Serve(peer Peer) {
	c.mu.Lock()
	c.peer = peer
	hasRoom := c.tryRefused && peer != nil // a Try was refused before there was a peer
	c.tryRefused = c.tryRefused && !hasRoom
	c.mu.Unlock()
	if hasRoom {
		peer.Room()
	}
	err := c.read()
	if leaver, ok := peer.(Leaver); ok {
		leaver.Gone()
	}
	if !sentClose(err) {
		c.linger(err)
	}
	c.mu.Lock()
	c.noWriters = true
	c.mu.Unlock()
	c.writers.Wait() // it may be writing the answer to the peer's close
	c.sever()
	c.cfg.Registry.remove(c) // before done: after Done the registry must not count it
	close(c.done)
}

// sentClose reports whether the peer has sent a close frame. gorilla reports 1006 for a
// connection that broke without one.
func sentClose(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return ok && closed.Code != websocket.CloseAbnormalClosure
}

// read receives messages until the connection fails, and returns why.
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
		c.count()
		c.markAlive() // its pong may be queued behind much else
		select {
		case <-c.closing: // reading goes on only to see the peer's close
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

// linger lets the peer read the close frame that follows a broken rule. Closing at once, with
// bytes unread, would reset the connection and destroy that frame.
func (c *Conn) linger(err error) {
	c.shutdown(nil)
	conn := c.net
	if errors.Is(err, net.ErrClosed) {
		return // it was severed
	}
	if conn.SetReadDeadline(time.Now().Add(c.cfg.CloseWait)) == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}
