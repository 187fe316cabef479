package socket

import (
	"sync"

	"github.com/gorilla/websocket"
)

// scratch are buffers for the time of a write; most connections write nothing most of the time.
var scratch = sync.Pool{New: func() any { return &frames{buf: make([]byte, 0, chunkLen+4*maxHeader)} }}

// frames is what goes out in one write.
type frames struct{ buf []byte }

// fits reports whether a message of n bytes finds room; c.mu is held. One beyond all bounds does
// when nothing else waits.
func (c *Conn) fits(n int) bool {
	return c.pending == 0 || c.pending < c.cfg.QueueLen && c.bytes+n <= c.cfg.QueueBytes
}

// put queues a message in one frame.
func (c *Conn) put(text []byte) { c.putFrame(frameEnd|websocket.TextMessage, text) }

// putFrame queues a frame with its first byte, or a message that goes out in several.
func (c *Conn) putFrame(first byte, text []byte) {
	c.queue = append(c.queue, waiting{first, text})
	c.pending++
	c.bytes += len(text)
}

// Must queues a message that cannot be had again, without waiting. A peer for which more of them
// wait than the queue's bytes is told to come back later (1013). text is not changed afterwards.
func (c *Conn) Must(text []byte) {
	c.mu.Lock()
	switch {
	case c.shut:
		c.mu.Unlock()
	case c.bytes > 2*c.cfg.QueueBytes:
		c.mu.Unlock()
		c.Close(CodeTryAgainLater, "too much is waiting")
	default:
		c.put(text)
		c.write()
	}
}

// idle reports whether nothing waits to be written; c.mu is held.
func (c *Conn) idle() bool {
	return len(c.queue) == 0 && c.long == nil && c.rest == nil && c.pong == nil && !c.ping && !c.beats && c.farewell == nil
}

// write starts a writer of what waits, unless there is one. c.mu is held, and released.
func (c *Conn) write() {
	if c.writing || c.cut || c.last {
		c.mu.Unlock()
		return
	}
	c.writing = true
	if !c.nowait.works() {
		c.writers.Go(c.writeAll)
		c.mu.Unlock()
		return
	}
	c.writers.Add(1)
	c.finish(scratch.Get().(*frames))
}

// finish ends the turn of a writer that does not wait, and counts it out: Serve waits for it, as it
// may have the answer to the peer's close. What waits by now is written first, by a goroutine where
// the kernel has no room. c.mu is held, and released.
func (c *Conn) finish(f *frames) {
	defer c.writers.Done()
	switch {
	case c.rest != nil:
		c.writers.Go(c.writeAll)
		c.mu.Unlock()
	case c.cut || c.idle():
		c.writing = false
		c.mu.Unlock()
	default:
		c.mu.Unlock()
		f.buf = c.gather(f.buf[:0])
		c.writeNow(f)
	}
	scratch.Put(f)
}

// writeNow writes f, and what comes to wait meanwhile, until the kernel has no room. A goroutine
// does the rest then.
func (c *Conn) writeNow(f *frames) {
	for len(f.buf) > 0 {
		n, err := c.nowait.write(f.buf)
		switch {
		case err != nil:
			c.sever()
		case n < len(f.buf):
			c.writeOn(f.buf[n:])
			return
		}
		f.buf = c.gather(f.buf[:0])
	}
}

// gather takes what is to be written next: bytes of frames begun, control frames, messages as many
// as fit, and the farewell last. It settles what was written before. Nothing means that the writer
// has ended.
func (c *Conn) gather(b []byte) []byte {
	c.mu.Lock()
	b = c.take(b)
	if len(b) == 0 {
		c.writing = false
	}
	told := c.refused && c.bytes <= c.cfg.QueueBytes/2 && !c.shut && c.peer != nil
	if told {
		c.refused = false
	}
	peer := c.peer
	c.mu.Unlock()
	if told {
		peer.Room()
	}
	return b
}

// take is gather's half under the lock; c.mu is held.
func (c *Conn) take(b []byte) []byte {
	c.settle()
	if c.cut {
		return b
	}
	b = append(b, c.rest...)
	c.rest = nil
	b = c.takeControls(b)
	if c.long != nil {
		return c.takeLong(b)
	}
	for len(c.queue) > 0 && len(b) < chunkLen {
		first, text := c.queue[0].first, c.queue[0].text
		if len(text) > chunkLen && len(b) > 0 {
			return b
		}
		c.queue[0] = waiting{} // written messages are not kept for the sake of the array
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		c.flying.messages++
		if len(text) > chunkLen {
			return c.takeFrame(b, websocket.TextMessage, text)
		}
		c.flying.bytes += len(text)
		b = append(appendHeader(b, first, len(text)), text...)
	}
	if len(c.queue) == 0 && c.farewell != nil {
		b = appendControl(b, websocket.CloseMessage, c.farewell)
		c.farewell = nil
	}
	return b
}

// takeControls takes the control frames that wait, and the beat where it may stand; c.mu is held.
func (c *Conn) takeControls(b []byte) []byte {
	if c.pong != nil {
		b = appendControl(b, websocket.PongMessage, []byte(*c.pong))
		c.pong = nil
	}
	if c.ping {
		b = appendControl(b, websocket.PingMessage, nil)
		c.ping = false
	}
	if c.beats && c.long == nil {
		b = appendText(b, c.beat)
		c.beats = false
	}
	return b
}

// takeLong takes the next frame of a long message; c.mu is held.
func (c *Conn) takeLong(b []byte) []byte {
	return c.takeFrame(b, 0, c.long) // 0 continues a message
}

func (c *Conn) takeFrame(b []byte, opcode byte, text []byte) []byte {
	n := min(len(text), chunkLen)
	c.long = text[n:]
	if len(c.long) == 0 {
		opcode |= frameEnd
		c.long = nil
	}
	c.flying.bytes += n
	return append(appendHeader(b, opcode, n), text[:n]...)
}

// settle gives back the room of what was written; c.mu is held.
func (c *Conn) settle() {
	if c.flying == (inFlight{}) {
		return
	}
	c.bytes -= c.flying.bytes
	if c.long == nil {
		c.pending -= c.flying.messages
		c.flying = inFlight{}
	} else {
		c.flying.bytes = 0 // the message's room is given back with its last frame
	}
	select {
	case c.room <- struct{}{}:
	default: // whoever waits is told already
	}
}

// sendPing has a ping written, and the beat with it.
func (c *Conn) sendPing() {
	c.mu.Lock()
	if c.shut {
		c.mu.Unlock()
		return
	}
	c.ping, c.beats = true, c.beat != nil
	c.write()
}

// answerPing has the newest ping answered; earlier ones need no answer of their own.
func (c *Conn) answerPing(payload string) {
	c.mu.Lock()
	if c.shut {
		c.mu.Unlock()
		return
	}
	c.pong = &payload
	c.write()
}
