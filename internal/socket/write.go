package socket

import (
	"time"

	"github.com/gorilla/websocket"
)

// chunkLen is how much of a long message goes out as one frame, in bytes. Each frame has
// the write timeout for itself, so a slow phone gets a long message too.
const chunkLen = 16 << 10

// job is what the writer does next.
type job struct {
	kind    int // a frame type of gorilla's
	payload []byte
}

// enqueue puts a message into the queue if there is room, and sees to a writer.
func (c *Conn) enqueue(text []byte) (queued bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.shut:
		return false, ErrClosed
	case c.pending > 0 && (c.pending >= c.cfg.QueueLen || c.bytes+len(text) > c.cfg.QueueBytes):
		return false, nil
	}
	c.queue = append(c.queue, text)
	c.pending++
	c.bytes += len(text)
	c.wakeWriter()
	return true, nil
}

func (c *Conn) sendPing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		return
	}
	c.ping = true
	c.pinger.Reset(c.cfg.PingEvery)
	c.wakeWriter()
}

// answerPing has the newest ping answered; earlier ones need no answer of their own.
func (c *Conn) answerPing(payload string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.shut {
		c.pong = &payload
		c.wakeWriter()
	}
}

// wakeWriter starts a writer unless there is one; c.mu is held. A writer lives only
// while there is something to write, so a connection at rest costs no goroutine for it.
func (c *Conn) wakeWriter() {
	if c.writing || c.cut {
		return
	}
	c.writing = true
	c.writers.Go(c.write)
}

func (c *Conn) write() {
	for {
		j, ok := c.next()
		if !ok {
			return
		}
		var err error
		if j.kind == websocket.TextMessage {
			err = c.writeText(j.payload)
			c.wrote(len(j.payload))
		} else {
			err = c.writeControl(j)
		}
		if err != nil {
			c.sever()
		}
	}
}

// next takes the next job: control frames first, the farewell last.
func (c *Conn) next() (job, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if j, ok := c.nextControl(); ok {
		return j, true
	}
	switch {
	case c.cut:
	case len(c.queue) > 0:
		text := c.queue[0]
		c.queue[0] = nil // written messages are not kept for the sake of the array
		c.queue = c.queue[1:]
		return job{websocket.TextMessage, text}, true
	case c.farewell != nil:
		j := job{websocket.CloseMessage, c.farewell}
		c.farewell = nil
		return j, true
	}
	c.writing = false
	return job{}, false
}

// nextControl takes a waiting ping or pong; c.mu is held.
func (c *Conn) nextControl() (job, bool) {
	switch {
	case c.cut:
	case c.pong != nil:
		j := job{websocket.PongMessage, []byte(*c.pong)}
		c.pong = nil
		return j, true
	case c.ping:
		c.ping = false
		return job{websocket.PingMessage, nil}, true
	}
	return job{}, false
}

// wrote gives back the room of a message.
func (c *Conn) wrote(n int) {
	c.mu.Lock()
	c.pending--
	c.bytes -= n
	c.mu.Unlock()
	select {
	case c.room <- struct{}{}:
	default: // whoever waits is told already
	}
}

func (c *Conn) writeControl(j job) error {
	return c.ws.WriteControl(j.kind, j.payload, c.deadline())
}

// writeText writes a message, a long one in frames of chunkLen with the control frames
// between them.
func (c *Conn) writeText(text []byte) error {
	if err := c.ws.SetWriteDeadline(c.deadline()); err != nil {
		return err
	}
	if len(text) <= chunkLen {
		return c.ws.WriteMessage(websocket.TextMessage, text)
	}
	message, err := c.ws.NextWriter(websocket.TextMessage)
	if err != nil {
		return err
	}
	for len(text) > 0 {
		n := min(chunkLen, len(text))
		if _, err := message.Write(text[:n]); err != nil {
			return err
		}
		text = text[n:]
		if err := c.writeControls(); err != nil {
			return err
		}
		if err := c.ws.SetWriteDeadline(c.deadline()); err != nil {
			return err
		}
	}
	return message.Close()
}

func (c *Conn) writeControls() error {
	for {
		c.mu.Lock()
		j, ok := c.nextControl()
		c.mu.Unlock()
		if !ok {
			return nil
		}
		if err := c.writeControl(j); err != nil {
			return err
		}
	}
}

func (c *Conn) deadline() time.Time { return time.Now().Add(c.cfg.WriteTimeout) }
