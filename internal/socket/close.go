package socket

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxReason is what a close frame has room for, in bytes.
const maxReason = 123

// Close has what is queued written, then a close frame with code and reason, and waits for
// the peer's; all of that at most CloseWait, in the background: Done tells the end. The reason is
// cut to 123 bytes of valid UTF-8. Only the first Close counts.
func (c *Conn) Close(code int, reason string) {
	c.shutdown(websocket.FormatCloseMessage(code, cutReason(reason)))
}

// cutReason makes a reason fit a close frame.
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

// stopTaking ends the taking of messages and starts the time in which the connection must be
// over. A farewell is written last; nil: none.
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

// answerClose answers the peer's close frame with its code. What is queued is not
// for anybody any more.
func (c *Conn) answerClose(code int) {
	c.mu.Lock()
	clear(c.queue)
	c.queue = nil
	c.mu.Unlock()
	c.shutdown(websocket.FormatCloseMessage(code, ""))
}

// sever cuts the connection, whatever is going on. It closes the net.Conn, so a writer that waits
// for the peer ends.
func (c *Conn) sever() {
	c.shutdown(nil)
	c.mu.Lock()
	c.severed = true
	c.closeTimer.Stop()
	clear(c.queue)
	c.queue, c.fragmented, c.partial = nil, nil, nil
	c.mu.Unlock()
	_ = c.net.Close() // there is nobody left to tell
}
