package socket

import (
	"bytes"
	"errors"
	"net"
	"time"
)

// writeOn has a goroutine write the rest of what was begun, and what waits behind it.
func (c *Conn) writeOn(rest []byte) {
	c.mu.Lock()
	c.rest = bytes.Clone(rest)
	due := c.sent()
	c.writers.Go(c.writeAll)
	c.mu.Unlock()
	if due {
		_ = c.net.Close()
	}
}

// writeAll writes until nothing waits. It lives only so long.
func (c *Conn) writeAll() {
	f := scratch.Get().(*frames)
	defer scratch.Put(f)
	for {
		if f.buf = c.gather(f.buf[:0]); len(f.buf) == 0 {
			return
		}
		if err := c.writeSlowly(f.buf); err != nil {
			c.sever()
		}
	}
}

// looks is how often within the write timeout it is looked whether the peer has taken anything: a peer is cut at most one look late, when
// the last byte it took was the first of a look.
const looks = 10

// writeSlowly waits for the peer, as long as it takes a byte within the write timeout. A write that had to wait and went on shows
// that the peer is alive, even if it comes to the ping behind those bytes much later.
func (c *Conn) writeSlowly(p []byte) error {
	look := c.cfg.WriteTimeout / looks
	taken, waited := time.Now(), false
	for len(p) > 0 {
		begin := time.Now()
		if err := c.net.SetWriteDeadline(begin.Add(look)); err != nil {
			return err
		}
		n, err := c.net.Write(p[:min(len(p), chunkLen)])
		p = p[n:]
		timeout, ok := errors.AsType[net.Error](err)
		late := ok && timeout.Timeout()
		waited = waited || late || time.Since(begin) > look/2
		if n > 0 {
			taken = time.Now()
			if waited {
				c.alive()
			}
			waited = false
		}
		if err != nil && !(late && time.Since(taken) < c.cfg.WriteTimeout) {
			return err
		}
	}
	return nil
}
