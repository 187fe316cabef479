package socket

import "time"

// Flood bounds how many messages a peer may send: Burst at once, and PerSecond in the long run. A
// peer beyond that is closed with Code. Pings and pongs count too.
type Flood struct {
	PerSecond float64 // above zero
	Burst     int
	Code      int
}

// floodReason is the reason of the close frame.
const floodReason = "too many messages"

// bucket counts what a peer sends. It is used by the reading goroutine.
type bucket struct {
	full time.Time // when all tokens are back
}

// take takes a token, and reports whether there was one.
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

// count counts a message or a control frame, and closes the connection of a peer that floods it.
func (c *Conn) count() {
	f := c.flood
	if f == nil || c.received.take(f, time.Now()) {
		return
	}
	c.flood = nil // once
	c.Close(f.Code, floodReason)
}

// Flooded reports whether the connection was closed because the peer sent too much. It is called
// after Serve or Run.
func (c *Conn) Flooded() bool { return c.cfg.Flood != nil && c.flood == nil }
