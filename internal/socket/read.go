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

// hijackable finds the Hijacker behind middleware, as http.ResponseController does, and keeps what
// it hands out.
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

// Unwrap lets http.ResponseController reach the writer below.
func (h *hijacker) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// beneath is the connection as gorilla has it. After the handshake gorilla writes only when the
// peer breaks a rule of the protocol: a close frame, which takes its place behind what is being
// written.
type rawConn struct {
	net.Conn
	socket *Conn // nil during the handshake
}

// Write implements net.Conn.
func (b *rawConn) Write(p []byte) (int, error) {
	if b.socket == nil {
		return b.Conn.Write(p)
	}
	if len(p) >= 2 && p[0] == frameEnd|websocket.CloseMessage {
		b.socket.shutdown(closePayload(bytes.Clone(p[2:])))
	}
	return len(p), nil
}

// closing is gorilla's close payload with the code that RFC 6455 wants: gorilla answers a reason
// that is not UTF-8 with 1002.
func closePayload(payload []byte) []byte {
	if bytes.Contains(payload, []byte("invalid utf8")) {
		return websocket.FormatCloseMessage(CodeInvalidText, notUTF8)
	}
	return payload
}

// notUTF8 is the reason for closing with CodeInvalidText.
const notUTF8 = "text is not valid UTF-8"

// SetWriteDeadline implements net.Conn.
func (b *rawConn) SetWriteDeadline(t time.Time) error {
	if b.socket == nil {
		return b.Conn.SetWriteDeadline(t)
	}
	return nil
}

// noBuffers has gorilla make a buffer for what it writes, which is next to nothing, and keeps none.
type unpooled struct{}

func (unpooled) Get() any { return nil }
func (unpooled) Put(any)  {}

// prepareReading sets the limits and has control frames answered by the writer, so
// that nobody else writes.
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
		c.answerClose(code)
		return nil
	})
}

// alive notes that the peer lives.
func (c *Conn) markAlive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastHeard = time.Now()
}

// Run is Serve without a peer: what is said is thrown away.
func (c *Conn) Run() { c.Serve(nil) }

// Serve reads until the connection is over, so that pongs and closes are seen, and tells the peer
// what it reads. Nothing of the connection is left running when it returns.
func (c *Conn) Serve(peer Peer) {
	c.mu.Lock()
	c.peer = peer
	told := c.tryRefused && peer != nil // before anybody could be told
	c.tryRefused = c.tryRefused && !told
	c.mu.Unlock()
	if told {
		peer.Room()
	}
	err := c.read()
	if !sentClose(err) {
		c.linger(err)
	}
	c.mu.Lock()
	c.noWriters = true
	c.mu.Unlock()
	c.writers.Wait() // the answer to the peer's close
	c.sever()
	c.cfg.Registry.remove(c) // first: who has waited for the end does not find it there
	close(c.done)
}

// saidGoodbye reports whether the peer sent a close frame; gorilla has 1006 for a
// connection that broke without one.
func sentClose(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return ok && closed.Code != websocket.CloseAbnormalClosure
}

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
		c.markAlive() // its pong may lie behind much that it said
		select {
		case <-c.closing: // the peer is read on only to see its close
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

// linger lets the peer read the close frame that follows a broken rule: closing at once, with
// bytes unread, would reset the connection and take that frame away.
func (c *Conn) linger(err error) {
	c.shutdown(nil)
	conn := c.net
	if errors.Is(err, net.ErrClosed) {
		return // it was cut
	}
	if conn.SetReadDeadline(time.Now().Add(c.cfg.CloseWait)) == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}
