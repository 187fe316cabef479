package socket

import (
	"bytes"
	"sync"

	"github.com/gorilla/websocket"
)

// scratch are buffers for the time of a write; most connections write nothing most of the time.
var scratch = sync.Pool{New: func() any { return &frames{buf: make([]byte, 0, chunkLen+4*maxHeader)} }}

// frames is what goes out in one write.
type frames struct{ buf []byte }

// enqueue puts a message into the queue if there is room, and sees to a writer.
func (c *Conn) enqueue(text []byte) (queued bool, err error) {
	c.mu.Lock()
	switch {
	case c.shut:
		c.mu.Unlock()
		return false, ErrClosed
	case !c.fits(len(text)):
		c.mu.Unlock()
		return false, nil
	}
	c.put(text)
	c.write()
	return true, nil
}

// fits reports whether a message of n bytes finds room; c.mu is held. One beyond all bounds does when nothing else waits.
func (c *Conn) fits(n int) bool {
	return c.pending == 0 || c.pending < c.cfg.QueueLen && c.bytes+n <= c.cfg.QueueBytes
}

func (c *Conn) put(text []byte) {
	c.queue = append(c.queue, text)
	c.pending++
	c.bytes += len(text)
}

// Try sends a text message, the parts one after the other, if it can without waiting: the kernel takes it, or the queue has
// room. false means that it does not, and that Peer.Room will be called. The parts are not kept. The error is ErrClosed.
func (c *Conn) Try(parts ...[]byte) (bool, error) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	c.mu.Lock()
	switch {
	case c.shut:
		c.mu.Unlock()
		return false, ErrClosed
	case c.direct.works() && n <= chunkLen && !c.writing && c.idle():
		c.writing, c.sending = true, true
		c.writers.Add(1)
		c.mu.Unlock()
		f := scratch.Get().(*frames)
		f.buf = appendText(f.buf[:0], parts...)
		c.writeNow(f)
		return true, nil
	case !c.fits(n):
		c.refused = true
		c.mu.Unlock()
		return false, nil
	}
	c.put(bytes.Join(parts, nil))
	c.write()
	return true, nil
}

// Prefetch reads what Try will need, so that it is in the processor's cache by then. What it returns means nothing.
func (c *Conn) Prefetch() int {
	if c.direct.works() {
		return 1
	}
	return 0
}

// Must queues a message that cannot be had again, without waiting. A peer for which more of them wait than the queue's bytes
// is told to come back later (1013). text is not changed afterwards.
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

// write sees to it that somebody writes what waits. c.mu is held, and released.
func (c *Conn) write() {
	if c.writing || c.cut || c.last {
		c.mu.Unlock()
		return
	}
	c.writing = true
	if !c.direct.works() {
		c.writers.Go(c.writeAll)
		c.mu.Unlock()
		return
	}
	c.sending = true
	c.writers.Add(1)
	c.mu.Unlock()
	f := scratch.Get().(*frames)
	f.buf = c.gather(f.buf[:0])
	c.writeNow(f)
}

// writeNow writes f, and what comes to wait meanwhile, as far as that needs no waiting. A goroutine does the rest. It is called
// by whoever has set c.writing and c.sending, and counted itself among the writers: Serve waits for it, as it may have the answer to the peer's
// close.
func (c *Conn) writeNow(f *frames) {
	defer c.writers.Done()
	for len(f.buf) > 0 {
		n, err := c.direct.write(f.buf)
		if err != nil {
			c.sever()
		} else if n < len(f.buf) {
			c.writeOn(f.buf[n:])
			break
		}
		f.buf = c.gather(f.buf[:0])
	}
	scratch.Put(f)
}

// gather takes what is to be written next: bytes of frames begun, control frames, messages as many as fit, and the farewell last. It
// settles what was written before. Nothing means that the writer has ended.
func (c *Conn) gather(b []byte) []byte {
	c.mu.Lock()
	b = c.take(b)
	due := false
	if len(b) == 0 {
		c.writing, due = false, c.sent()
	}
	told := c.refused && c.bytes <= c.cfg.QueueBytes/2 && !c.shut
	if told {
		c.refused = false
	}
	c.mu.Unlock()
	if due {
		_ = c.net.Close()
	}
	if told && c.peer != nil {
		c.peer.Room()
	}
	return b
}

// sent ends the sending; c.mu is held. It reports whether the net.Conn is to be closed now.
func (c *Conn) sent() bool {
	due := c.sending && c.cut
	c.sending = false
	return due
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
		text := c.queue[0]
		if len(text) > chunkLen && len(b) > 0 {
			return b
		}
		c.queue[0] = nil // written messages are not kept for the sake of the array
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		c.flying.messages++
		if len(text) > chunkLen {
			return c.takeFrame(b, websocket.TextMessage, text)
		}
		c.flying.bytes += len(text)
		b = appendText(b, text)
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
