package socket

import "time"

// Flood bounds how many frames a peer may send: Burst at once, and PerSecond in the long run. The
// connection of a peer beyond that is closed with Code. Most messages are one frame. Short
// fragments, pings and pongs count, too.
type Flood struct {
	PerSecond float64 // above zero
	Burst     int
	Code      int
}

// floodReason is the reason in the close frame.
const floodReason = "too many messages"

// bucket is a token bucket for the frames of a peer. The reading goroutine uses it.
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

// count takes a token for a frame. Without a token it closes the connection and reports false.
func (c *Conn) count(now time.Time) bool {
	f := c.flood
	if f == nil || c.received.take(f, now) {
		return true
	}
	c.flooded = true
	c.Close(f.Code, floodReason)
	return false
}

// Flooded reports whether the connection was closed because the peer sent too many messages. It
// must be called after Serve or Run has returned.
func (c *Conn) Flooded() bool { return c.flooded }
