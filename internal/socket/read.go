package socket

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// Hijack implements http.Hijacker.
func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(h.ResponseWriter).Hijack()
}

// prepareReading sets the limits and has control frames answered by the writer, so
// that nobody else writes.
func (c *Conn) prepareReading() {
	c.ws.SetReadLimit(c.cfg.ReadLimit)
	c.alive()
	c.ws.SetPongHandler(func(string) error {
		c.alive()
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

// alive gives the peer time until the pong after the next.
func (c *Conn) alive() {
	// It fails only on a closed connection, which the reading then finds.
	_ = c.ws.SetReadDeadline(time.Now().Add(c.cfg.PingEvery + c.cfg.WriteTimeout))
}

// Run reads until the connection is over, so that pongs and closes are seen. What the peer
// says is thrown away. Nothing of the connection is left running when it returns.
func (c *Conn) Run() {
	err := c.read()
	if !saidGoodbye(err) {
		c.linger(err)
	}
	c.writers.Wait() // the answer to the peer's close
	c.sever()
	close(c.done)
	if c.cfg.Registry != nil {
		c.cfg.Registry.remove(c)
	}
}

// saidGoodbye reports whether the peer sent a close frame; gorilla has 1006 for a
// connection that broke without one.
func saidGoodbye(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return ok && closed.Code != websocket.CloseAbnormalClosure
}

func (c *Conn) read() error {
	for {
		_, message, err := c.ws.NextReader()
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, message); err != nil {
			return err
		}
	}
}

// linger lets the peer read the close frame that follows a broken rule: closing at once, with
// bytes unread, would reset the connection and take that frame away.
func (c *Conn) linger(err error) {
	c.stopTaking(nil)
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return // a dead peer reads nothing
	}
	conn := c.ws.NetConn()
	if conn.SetReadDeadline(time.Now().Add(c.cfg.CloseWait)) == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}
