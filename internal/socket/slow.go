package socket

import (
	"bytes"
	"errors"
	"net"
	"time"
)

// writeOn starts a goroutine that writes the rest of what was begun, and what waits behind it.
func (c *Conn) writeRest(rest []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.partial = bytes.Clone(rest)
	c.writers.Go(c.writeAll)
}

// writeAll writes until nothing waits. It lives only so long.
func (c *Conn) writeAll() {
	f := buffers.Get().(*writeBuffer)
	defer buffers.Put(f)
	for {
		if f.buf = c.nextWrite(f.buf[:0]); len(f.buf) == 0 {
			return
		}
		if err := c.writeSlowly(f.buf); err != nil {
			c.sever()
		}
	}
}

// progressChecks is how often within the write timeout a writer checks whether the peer has taken
// anything. A peer is cut at most one check late, when the last byte it took was the first of a
// check.
const progressChecks = 10

// writeSlowly waits for the peer, as long as it takes a byte within the write timeout. A write that
// had to wait and went on shows that the peer is alive, even if it comes to the ping behind those
// bytes much later.
func (c *Conn) writeSlowly(p []byte) error {
	check := c.cfg.WriteTimeout / progressChecks
	taken, waited := time.Now(), false
	for len(p) > 0 {
		begin := time.Now()
		if err := c.net.SetWriteDeadline(begin.Add(check)); err != nil {
			return err
		}
		n, err := c.net.Write(p[:min(len(p), chunkLen)])
		p = p[n:]
		timeout, ok := errors.AsType[net.Error](err)
		late := ok && timeout.Timeout()
		waited = waited || late || time.Since(begin) > check/2
		if n > 0 {
			taken = time.Now()
			if waited {
				c.markAlive()
			}
			waited = false
		}
		if err != nil && !(late && time.Since(taken) < c.cfg.WriteTimeout) {
			return err
		}
	}
	return c.net.SetWriteDeadline(time.Time{}) // writes that do not wait fail after a deadline, too
}
