package socket

import (
	"sync"

	"github.com/gorilla/websocket"
)

// scratch are buffers for the time of a write; most connections write nothing most of the time.
var buffers = sync.Pool{New: func() any { return &writeBuffer{buf: make([]byte, 0, chunkLen+4*maxHeader)} }}

// frames is what goes out in one write.
type writeBuffer struct{ buf []byte }

// fits reports whether a message of n bytes finds room; c.mu is held. One beyond all bounds does
// when nothing else waits.
func (c *Conn) fits(n int) bool {
	return c.messages == 0 || c.messages < c.cfg.QueueLen && c.bytes+n <= c.cfg.QueueBytes
}

// put queues a message in one frame.
func (c *Conn) push(text []byte) { c.pushFrame(frameEnd|websocket.TextMessage, text) }

// putFrame queues a frame with its first byte, or a message that goes out in several.
func (c *Conn) pushFrame(first byte, text []byte) {
	c.queue = append(c.queue, queued{first, text})
	c.messages++
	c.bytes += len(text)
}

// Must queues a message that cannot be had again, without waiting. A peer for which more of them
// wait than the queue's bytes is told to come back later (1013). text is not changed afterwards.
func (c *Conn) Post(text []byte) {
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
	case c.bytes > 2*c.cfg.QueueBytes:
		c.mu.Unlock()
		c.Close(CodeTryAgainLater, "too much is waiting")
	default:
		c.push(text)
		c.startWriter()
	}
}

// idle reports whether nothing waits to be written; c.mu is held.
func (c *Conn) idle() bool {
	return len(c.queue) == 0 && c.fragmented == nil && c.partial == nil && c.pong == nil && !c.pingDue && !c.heartbeatDue && c.farewell == nil
}

// write starts a writer of what waits, unless there is one. c.mu is held, and released.
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

// finish ends the turn of a writer that does not wait, and counts it out: Serve waits for it, as it
// may have the answer to the peer's close. What waits by now is written first, by a goroutine where
// the kernel has no room. c.mu is held, and released.
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

// writeNow writes f, and what comes to wait meanwhile, until the kernel has no room. A goroutine
// does the rest then.
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

// gather takes what is to be written next: bytes of frames begun, control frames, messages as many
// as fit, and the farewell last. It settles what was written before. Nothing means that the writer
// has ended.
func (c *Conn) nextWrite(b []byte) []byte {
	c.mu.Lock()
	b = c.appendPending(b)
	if len(b) == 0 {
		c.hasWriter = false
	}
	told := c.tryRefused && c.bytes <= c.cfg.QueueBytes/2 && !c.closed && c.peer != nil
	if told {
		c.tryRefused = false
	}
	peer := c.peer
	c.mu.Unlock()
	if told {
		peer.Room()
	}
	return b
}

// take is gather's half under the lock; c.mu is held.
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
		first, text := c.queue[0].opcode, c.queue[0].text
		if len(text) > chunkLen && len(b) > 0 {
			return b
		}
		c.queue[0] = queued{} // written messages are not kept for the sake of the array
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		c.inFlight.messages++
		if len(text) > chunkLen {
			return c.appendFragment(b, websocket.TextMessage, text)
		}
		c.inFlight.bytes += len(text)
		b = append(appendHeader(b, first, len(text)), text...)
	}
	if len(c.queue) == 0 && c.farewell != nil {
		b = appendControl(b, websocket.CloseMessage, c.farewell)
		c.farewell = nil
	}
	return b
}

// takeControls takes the control frames that wait, and the beat where it may stand; c.mu is held.
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

// takeLong takes the next frame of a long message; c.mu is held.
func (c *Conn) appendLong(b []byte) []byte {
	return c.appendFragment(b, 0, c.fragmented) // 0 continues a message
}

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

// settle gives back the room of what was written; c.mu is held.
func (c *Conn) releaseWritten() {
	if c.inFlight == (amount{}) {
		return
	}
	c.bytes -= c.inFlight.bytes
	if c.fragmented == nil {
		c.messages -= c.inFlight.messages
		c.inFlight = amount{}
	} else {
		c.inFlight.bytes = 0 // the message's room is given back with its last frame
	}
	select {
	case c.room <- struct{}{}:
	default: // whoever waits is told already
	}
}

// sendPing has a ping written, and the beat with it.
func (c *Conn) sendPing() {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.pingDue, c.heartbeatDue = true, c.heartbeat != nil
	c.startWriter()
}

// answerPing has the newest ping answered; earlier ones need no answer of their own.
func (c *Conn) answerPing(payload string) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.pong = &payload
	c.startWriter()
}
