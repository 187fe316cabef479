package socket

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxReason is how many bytes of reason fit into a close frame.
const maxReason = 123

// Close stops accepting messages and returns at once. In the background the connection writes the
// queue and then a close frame with code and reason, and waits for the peer's close frame. That
// takes at most CloseWait; Done reports the end. The reason is cut to 123 bytes of valid UTF-8.
// Only the first Close has an effect.
func (c *Conn) Close(code int, reason string) {
	c.shutdown(websocket.FormatCloseMessage(code, cutReason(reason)))
}

// cutReason returns reason as valid UTF-8 of at most maxReason bytes.
func cutReason(reason string) string {
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	if len(reason) <= maxReason {
		return reason
	}
	n := maxReason
	for !utf8.RuneStart(reason[n]) {
		n--
	}
	return reason[:n]
}

// shutdown stops accepting messages. The connection is severed after CloseWait at the latest.
// farewell is the payload of the close frame that is written last. Nil means no close frame. Only
// the first call has an effect.
func (c *Conn) shutdown(farewell []byte) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed = true
	close(c.closing)
	c.closeTimer = time.AfterFunc(c.cfg.CloseWait, c.sever)
	if farewell == nil {
		c.mu.Unlock()
		return
	}
	c.farewell = farewell
	c.startWriter()
}

// answerClose echoes the code of the peer's close frame. It discards the queue, because the peer
// reads no more messages.
func (c *Conn) answerClose(code int) {
	c.mu.Lock()
	clear(c.queue)
	c.queue = nil
	c.discharge()
	c.mu.Unlock()
	c.shutdown(websocket.FormatCloseMessage(code, ""))
}

// sever closes the net.Conn at once. A write or read that waits for the peer then fails.
func (c *Conn) sever() {
	c.shutdown(nil)
	c.mu.Lock()
	c.severed = true
	c.closeTimer.Stop()
	clear(c.queue)
	c.queue, c.fragmented, c.partial = nil, nil, nil
	c.discharge()
	c.mu.Unlock()
	_ = c.net.Close() // the connection is discarded, so the error changes nothing
}
