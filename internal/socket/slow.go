package socket

import (
	"bytes"
	"errors"
	"net"
	"time"
)

// writeRest starts a goroutine that writes the rest of a short write and the queue after it.
func (c *Conn) writeRest(rest []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.partial = bytes.Clone(rest)
	c.writers.Go(c.writeAll)
}

// writeAll writes until nothing waits. The caller has set c.hasWriter.
func (c *Conn) writeAll() {
	if c.budget != nil {
		c.budget.Add(slowCost)
		defer c.budget.Release(slowCost)
	}
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

// progressChecks is how many times per write timeout a writer checks whether the peer has accepted
// bytes. The connection of a stuck peer is severed at most one check late.
const progressChecks = 10

// writeSlowly writes p as long as the peer accepts a byte within each write timeout. A write that
// had to wait and then continued proves that the peer is alive. The peer may read the ping after
// those bytes much later.
func (c *Conn) writeSlowly(p []byte) error {
	check := c.cfg.WriteTimeout / progressChecks
	progress, waited := time.Now(), false
	for len(p) > 0 {
		started := time.Now()
		if err := c.net.SetWriteDeadline(started.Add(check)); err != nil {
			return err
		}
		n, err := c.net.Write(p[:min(len(p), chunkLen)])
		p = p[n:]
		timeout, ok := errors.AsType[net.Error](err)
		late := ok && timeout.Timeout()
		waited = waited || late || time.Since(started) > check/2
		if n > 0 {
			progress = time.Now()
			if waited {
				c.markAlive()
			}
			waited = false
		}
		if err != nil && !(late && time.Since(progress) < c.cfg.WriteTimeout) {
			return err
		}
	}
	// A deadline in the past would make direct writes fail.
	return c.net.SetWriteDeadline(time.Time{})
}
