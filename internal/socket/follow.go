package socket

import (
	"errors"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

// maxFrames is how many frames one message may have. Without it a message of empty frames would
// have no end when nothing bounds a flood.
const maxFrames = 4_096

// shortFragment is how long a fragment must be that does not count for a flood.
const shortFragment = 1 << 10

// inputStep is how many bytes of a message are counted at once.
const inputStep = 8 << 10

// tooSlow is the reason of the close frame for a message that takes too long.
const tooSlow = "the message takes too long"

// The errors that end the reading after a close of this package's own.
var (
	errFlood   = errors.New("socket: " + floodReason)
	errTooMany = errors.New("socket: too many frames in a message")
	errTooSlow = errors.New("socket: " + tooSlow)
	errNoRoom  = errors.New("socket: no room for a message")
)

// frames follows the frames of a peer byte by byte. gorilla reports whole messages and control
// frames, but not the fragments of a message, the time that a message takes, or a close frame of
// one byte.
//
// A frame begins with two bytes: the kind with the end of a message, and the length with the mask.
// The length is in the next 2 or 8 bytes if it is 126 or 127. Four bytes of mask follow, and then
// the payload (RFC 6455, section 5.2). gorilla checks the rules, so a broken frame may be followed
// wrongly: its bytes are the last ones read.
type frames struct {
	left   uint64 // bytes of the payload that are to come
	got    byte   // bytes of the header that have come; 0: the next byte is payload or a new header
	long   byte   // of them, bytes of a long length
	length byte   // bytes of the whole header
	first  byte   // its first byte

	open     bool // a message has begun and not ended, so other frames of it are to come
	messages int  // frames of the message
	closes   bool // a close frame has begun
	oneByte  bool // its payload has one byte, which breaks the rules
}

// unfinished reports whether a frame or a message has begun and not ended.
func (f *frames) unfinished() bool { return f.got > 0 || f.left > 0 || f.open }

// follow follows bytes of the peer. It returns how many frames have begun that count for a flood,
// and whether everything that had begun before has ended meanwhile.
func (f *frames) follow(p []byte) (counted int, ended bool) {
	for len(p) > 0 {
		if f.got == 0 && f.left > 0 {
			n := min(f.left, uint64(len(p)))
			f.left -= n
			p = p[n:]
		} else {
			if f.header(p[0]) && f.begin(f.first&0x0f, f.first&frameEnd != 0) {
				counted++
			}
			p = p[1:]
		}
		ended = ended || !f.unfinished()
	}
	return counted, ended
}

// header follows one byte of a header, and reports whether it is the last one.
func (f *frames) header(b byte) bool {
	f.got++
	switch {
	case f.got == 1:
		f.first = b
		return false
	case f.got == 2:
		f.left, f.long, f.length = uint64(b&0x7f), 0, 2
		switch f.left {
		case 126:
			f.left, f.long = 0, 2
		case 127:
			f.left, f.long = 0, 8
		}
		f.length += f.long
		if b&0x80 != 0 {
			f.length += 4 // the mask
		}
	case f.got <= 2+f.long:
		f.left = f.left<<8 | uint64(b)
	}
	if f.got < f.length {
		return false
	}
	f.got = 0
	return true
}

// begin follows a frame whose header is complete, and reports whether it counts for a flood. Some
// libraries send a long message in fragments of 4 KiB. So the long fragments and the last one do
// not count: one message has few of them.
func (f *frames) begin(kind byte, last bool) (counts bool) {
	if kind >= websocket.CloseMessage { // a control frame, which may come within a message
		f.closes = f.closes || kind == websocket.CloseMessage
		f.oneByte = f.oneByte || kind == websocket.CloseMessage && f.left == 1
		return true
	}
	counts = !f.open || !last && f.left < shortFragment
	if !f.open {
		f.messages = 0
	}
	f.messages++
	f.open = !last
	return counts
}

// reading is what the peer sends, as rawConn reads it. The reading goroutine alone uses it.
type reading struct {
	frames
	timed    bool      // the connection has a read deadline
	started  time.Time // when the unfinished message began to arrive
	received int       // bytes of the unfinished message
	moved    int       // KiB of the message when the deadline was last moved
	booked   int       // bytes of the budget that are booked for the message
}

// Read implements net.Conn. After the handshake it counts the peer's frames, and bounds the time
// of a message. Beyond the bounds it closes the connection, and its error ends the reading.
func (b *rawConn) Read(p []byte) (int, error) {
	if b.socket == nil {
		return b.Conn.Read(p)
	}
	if !b.socket.reading.unfinished() {
		b.socket.unbook() // the message has been received
	}
	n, err := b.Conn.Read(p)
	if fault := b.socket.arrived(p[:n], err); fault != nil {
		err = fault
	}
	return n, err
}

// arrived counts received bytes against the bounds. err is the error of the read that returned
// them. arrived returns nil while the peer stays within the bounds.
func (c *Conn) arrived(p []byte, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) && c.reading.timed {
		c.late = true
		c.Close(CodeRuleBroken, tooSlow)
		return errTooSlow
	}
	now := time.Now()
	counted, ended := c.reading.follow(p)
	for range counted {
		if !c.count(now) {
			return errFlood
		}
	}
	if c.reading.messages > maxFrames {
		c.Close(websocket.CloseMessageTooBig, "too many frames")
		return errTooMany
	}
	return c.limitTime(now, len(p), ended)
}

// limitTime gives an unfinished message the time that it may take: MessageTime, and a second more
// for each KiB. Most messages come at once and need no deadline.
func (c *Conn) limitTime(now time.Time, n int, ended bool) error {
	r := &c.reading
	switch {
	case !r.unfinished() && !r.timed:
		return nil
	case !r.unfinished():
		r.timed = false
		return c.net.SetReadDeadline(time.Time{})
	case !r.timed || ended:
		r.timed, r.started, r.received, r.moved = true, now, 0, 0
	default:
		if r.received += n; r.received>>10 == r.moved {
			return nil
		}
		r.moved = r.received >> 10
		c.markAlive() // a slow peer cannot answer a ping within a frame
		if !c.book(r.received) && !c.awaitRoom(r.received) {
			c.crowded.Store(true)
			c.Close(CodeTryAgainLater, "too much is waiting")
			return errNoRoom
		}
		r.started = r.started.Add(time.Since(now)) // waiting is not the peer's fault
	}
	return c.net.SetReadDeadline(r.started.Add(c.cfg.MessageTime + time.Duration(r.moved)*time.Second))
}

// unbooked returns how many bytes of the budget n bytes of an unfinished message lack. io.ReadAll
// has more room than it fills.
func (r *reading) unbooked(n int) int { return n/inputStep*inputStep*3/2 - r.booked }

// book counts the bytes of an unfinished message for the budget, and reports whether they have
// room. Short messages do not count: there is a buffer for them in any case.
func (c *Conn) book(n int) bool {
	need := c.reading.unbooked(n)
	if c.budget == nil || need <= 0 {
		return true
	}
	if !c.budget.Acquire(need) {
		return false
	}
	c.reading.booked += need
	return true
}

// awaitRoom waits until n bytes of an unfinished message have room, or for MessageTime. Meanwhile
// nothing is read, so the peer's bytes wait in the kernel.
func (c *Conn) awaitRoom(n int) bool {
	over := time.NewTimer(c.cfg.MessageTime)
	defer over.Stop()
	for {
		free := make(chan struct{})
		stop := c.budget.Wait(c.reading.unbooked(n), func() { close(free) })
		select {
		case <-free:
			if c.book(n) {
				return true
			}
		case <-c.closing: // the message is no longer needed
			stop()
			return true
		case <-over.C:
			stop()
			return false
		}
	}
}

// unbook gives back what book has counted.
func (c *Conn) unbook() {
	if c.reading.booked > 0 {
		c.budget.Release(c.reading.booked)
		c.reading.booked = 0
	}
}

// Crowded reports whether the connection was closed because too many bytes wait to be read or
// written. It is called after Serve or Run.
func (c *Conn) Crowded() bool { return c.crowded.Load() }

// Late reports whether the connection was closed because a message took too long. It is called
// after Serve or Run.
func (c *Conn) Late() bool { return c.late }
