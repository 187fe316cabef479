package socket

import (
	"sync"

	"github.com/gorilla/websocket"
)

// buffers is a pool of write buffers. Most connections are idle most of the time, so they share
// buffers instead of owning one each.
var buffers = sync.Pool{New: func() any {
	return &writeBuffer{buf: make([]byte, 0, chunkLen+4*maxHeader)}
}}

// writeBuffer contains the frames of one write.
type writeBuffer struct{ buf []byte }

// fits reports whether a message of n bytes finds room in the queue. A message beyond all bounds
// fits if no other message waits. The caller has locked c.mu.
func (c *Conn) fits(n int) bool {
	return c.messages == 0 || c.messages < c.cfg.QueueLen && c.bytes+n <= c.cfg.QueueBytes
}

// push queues a text message. The caller has locked c.mu.
func (c *Conn) push(text []byte) { c.pushFrame(frameEnd|websocket.TextMessage, text) }

// pushFrame queues a frame with the first byte of its header, or a message that is sent in several
// frames. The caller has locked c.mu.
func (c *Conn) pushFrame(first byte, text []byte) {
	c.charge(len(text))
	c.queue = append(c.queue, queued{first, text})
	c.messages++
	c.bytes += len(text)
}

// longPost is the most bytes of a message that Post queues without room in the budget.
const longPost = 4 << 10

// Post queues a message that cannot be produced again, without waiting. If more than twice
// QueueBytes wait already, Post closes the connection with 1013 instead, so that the client
// reconnects later. It also does so for a long message without room in the budget, such as the
// answer to a long ping, if other messages wait. text must not be changed afterwards. Post does
// nothing on a closed connection.
func (c *Conn) Post(text []byte) {
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
	case c.bytes > 2*c.cfg.QueueBytes, len(text) > longPost && c.messages > 0 && !c.affords(len(text)):
		c.mu.Unlock()
		c.crowded.Store(true)
		c.Close(CodeTryAgainLater, "too much is waiting")
	default:
		c.push(text)
		c.startWriter()
	}
}

// idle reports whether nothing waits to be written. The caller has locked c.mu.
func (c *Conn) idle() bool {
	return len(c.queue) == 0 && c.fragmented == nil && c.partial == nil &&
		c.pong == nil && !c.pingDue && !c.heartbeatDue && c.farewell == nil
}

// startWriter writes the waiting frames, unless another goroutine already writes. The caller has
// locked c.mu, and startWriter unlocks it.
func (c *Conn) startWriter() {
	if c.hasWriter || c.severed || c.noWriters {
		c.mu.Unlock()
		return
	}
	c.hasWriter = true
	if !c.nowait.works() {
		c.writers.Go(c.writeAll)
		c.mu.Unlock()
		return
	}
	c.writers.Add(1)
	c.finishWriter(buffers.Get().(*writeBuffer))
}

// finishWriter directly writes the frames that wait, and then ends the writer. If the kernel has no
// room, a new goroutine becomes the writer. Serve waits for the writer, because the writer may be
// writing the answer to the peer's close. The caller has locked c.mu, and finishWriter unlocks it.
func (c *Conn) finishWriter(f *writeBuffer) {
	defer c.writers.Done()
	switch {
	case c.partial != nil:
		c.writers.Go(c.writeAll)
		c.mu.Unlock()
	case c.severed || c.idle():
		c.hasWriter = false
		c.mu.Unlock()
	default:
		c.mu.Unlock()
		f.buf = c.nextWrite(f.buf[:0])
		c.writeNow(f)
	}
	buffers.Put(f)
}

// writeNow writes f and the frames that are queued in the meantime, until nothing waits. If the
// kernel has no room, a goroutine writes the rest.
func (c *Conn) writeNow(f *writeBuffer) {
	for len(f.buf) > 0 {
		n, err := c.nowait.write(f.buf)
		switch {
		case err != nil:
			c.sever()
		case n < len(f.buf):
			c.writeRest(f.buf[n:])
			return
		}
		f.buf = c.nextWrite(f.buf[:0])
	}
}

// nextWrite appends to b the bytes of the next write: the rest of a short write, control frames, as
// many messages as fit, and the farewell last. It also frees the room of the previous write. An
// empty result means that the writer has ended.
func (c *Conn) nextWrite(b []byte) []byte {
	c.mu.Lock()
	b = c.appendPending(b)
	if len(b) == 0 {
		c.hasWriter = false
	}
	hasRoom := c.tryRefused && c.bytes <= c.cfg.QueueBytes/2 && !c.closed && c.peer != nil
	if hasRoom {
		c.tryRefused = false
	}
	peer := c.peer
	c.mu.Unlock()
	if hasRoom {
		peer.Room()
	}
	return b
}

// appendPending is the part of nextWrite that needs c.mu, which the caller has locked.
func (c *Conn) appendPending(b []byte) []byte {
	c.releaseWritten()
	if c.severed {
		return b
	}
	b = append(b, c.partial...)
	c.partial = nil
	b = c.appendControls(b)
	if c.fragmented != nil {
		return c.appendLong(b)
	}
	for len(c.queue) > 0 && len(b) < chunkLen {
		opcode, text := c.queue[0].opcode, c.queue[0].text
		if len(text) > chunkLen && len(b) > 0 {
			return b
		}
		c.queue[0] = queued{} // the array must not retain written messages
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		c.inFlight.messages++
		if len(text) > chunkLen {
			return c.appendFragment(b, websocket.TextMessage, text)
		}
		c.inFlight.bytes += len(text)
		b = append(appendHeader(b, opcode, len(text)), text...)
	}
	if len(c.queue) == 0 && c.farewell != nil {
		b = appendControl(b, websocket.CloseMessage, c.farewell)
		c.farewell = nil
	}
	return b
}

// appendControls appends the control frames that wait, and the heartbeat unless a fragmented
// message is unfinished. The caller has locked c.mu.
func (c *Conn) appendControls(b []byte) []byte {
	if c.pong != nil {
		b = appendControl(b, websocket.PongMessage, []byte(*c.pong))
		c.pong = nil
	}
	if c.pingDue {
		b = appendControl(b, websocket.PingMessage, nil)
		c.pingDue = false
	}
	if c.heartbeatDue && c.fragmented == nil {
		b = appendText(b, c.heartbeat)
		c.heartbeatDue = false
	}
	return b
}

// appendLong appends the next frame of a fragmented message. The caller has locked c.mu.
func (c *Conn) appendLong(b []byte) []byte {
	return c.appendFragment(b, 0, c.fragmented) // 0 continues a message
}

// appendFragment appends a frame with at most chunkLen bytes of text, and stores the rest in
// c.fragmented. The caller has locked c.mu.
func (c *Conn) appendFragment(b []byte, opcode byte, text []byte) []byte {
	n := min(len(text), chunkLen)
	c.fragmented = text[n:]
	if len(c.fragmented) == 0 {
		opcode |= frameEnd
		c.fragmented = nil
	}
	c.inFlight.bytes += n
	return append(appendHeader(b, opcode, n), text[:n]...)
}

// releaseWritten frees the room of the messages of the previous write. The caller has locked c.mu.
func (c *Conn) releaseWritten() {
	if c.inFlight == (amount{}) {
		return
	}
	c.bytes -= c.inFlight.bytes
	if c.fragmented == nil {
		c.messages -= c.inFlight.messages
		c.inFlight = amount{}
	} else {
		c.inFlight.bytes = 0 // the message counts until its last frame is written
	}
	c.settle()
	select {
	case c.room <- struct{}{}:
	default: // a token is there already
	}
}

// sendPing writes a ping, with the heartbeat if there is one.
func (c *Conn) sendPing() {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.pingDue, c.heartbeatDue = true, c.heartbeat != nil
	c.startWriter()
}

// answerPing answers the newest ping. Earlier pings that wait for their answers need none (RFC
// 6455, section 5.5.3).
func (c *Conn) answerPing(payload string) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.pong = &payload
	c.startWriter()
}
