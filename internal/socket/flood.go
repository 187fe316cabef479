package socket

import "time"

// Flood bounds how many messages a peer may send: Burst at once, and PerSecond in the long run. The
// connection of a peer beyond that is closed with Code. Pings and pongs count, too.
type Flood struct {
	PerSecond float64 // above zero
	Burst     int
	Code      int
}

// floodReason is the reason in the close frame.
const floodReason = "too many messages"

// bucket is a token bucket for the messages of a peer. The reading goroutine uses it.
type bucket struct {
	full time.Time // when the bucket is full again
}

// take removes a token from the bucket, and reports whether there was one.
func (b *bucket) take(f *Flood, now time.Time) bool {
	each := time.Duration(float64(time.Second) / f.PerSecond)
	if b.full.Before(now) {
		b.full = now
	}
	if b.full.Sub(now) > each*time.Duration(f.Burst-1) {
		return false
	}
	b.full = b.full.Add(each)
	return true
}

// count counts a message or a control frame, and closes the connection beyond the bound.
func (c *Conn) count() {
	f := c.flood
	if f == nil || c.received.take(f, time.Now()) {
		return
	}
	c.flood = nil // once
	c.Close(f.Code, floodReason)
}

// Flooded reports whether the connection was closed because the peer sent too many messages. It
// must be called after Serve or Run has returned.
func (c *Conn) Flooded() bool { return c.cfg.Flood != nil && c.flood == nil }
