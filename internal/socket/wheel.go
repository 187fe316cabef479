package socket

import (
	"sync"
	"time"
)

// wheel is a timing wheel for the connections of a registry. It has a list of connections for each
// second in which a check is due, and one timer for the next second with a list. Moments count from
// start on the monotonic clock, because the wall clock may be set.
type wheel struct {
	mu    sync.Mutex                // guards the fields below
	start time.Time                 // when the first connection was added; zero: never
	due   map[time.Duration][]*Conn // by moment, rounded up
	timer *time.Timer
	next  time.Duration // when the timer fires; zero: the timer is not set
}

// wheelSlot is a connection's place in a wheel.
type wheelSlot struct {
	due   time.Duration // key of wheel.due; zero: not in a list
	index int           // in that list
}

// add schedules checkPeer of a connection for the moment at, rounded up to a second, so that many
// connections share a list. For ping intervals below 10 s, as in tests, it rounds up to a
// millisecond.
func (r *wheel) add(c *Conn, at time.Time) {
	grain := time.Second
	if c.cfg.PingEvery < 10*grain {
		grain = time.Millisecond
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.due == nil {
		r.due, r.start = make(map[time.Duration][]*Conn), time.Now()
	}
	due := max(at.Sub(r.start)+grain-1, grain).Truncate(grain)
	c.slot = wheelSlot{due: due, index: len(r.due[due])}
	r.due[due] = append(r.due[due], c)
	r.arm()
}

// arm sets the timer to the earliest moment. The caller has locked r.mu.
func (r *wheel) arm() {
	var next time.Duration
	for due := range r.due {
		if next == 0 || due < next {
			next = due
		}
	}
	if next == r.next {
		return
	}
	if r.timer != nil {
		r.timer.Stop()
	}
	if r.next = next; next != 0 {
		r.timer = time.AfterFunc(r.wait(), r.fire)
	}
}

// wait returns the time until the timer fires. The caller has locked r.mu.
func (r *wheel) wait() time.Duration { return time.Until(r.start.Add(r.next)) }

// fire checks the connections that are due and schedules them again.
func (r *wheel) fire() {
	now := time.Now()
	var list []*Conn
	r.mu.Lock()
	for due, conns := range r.due {
		if due <= now.Sub(r.start) {
			list = append(list, conns...)
			delete(r.due, due)
		}
	}
	for _, c := range list {
		c.slot = wheelSlot{}
	}
	r.next = 0
	r.arm()
	r.mu.Unlock()
	for _, c := range list {
		if next := c.checkPeer(now); !next.IsZero() {
			r.add(c, next)
		}
	}
}

// remove removes a connection from its list. The last connection of the list moves to its index.
func (r *wheel) remove(c *Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := c.slot
	if p.due == 0 {
		return
	}
	list := r.due[p.due]
	last := list[len(list)-1]
	list[p.index], last.slot.index = last, p.index
	list[len(list)-1] = nil
	c.slot = wheelSlot{}
	if r.due[p.due] = list[:len(list)-1]; len(list) == 1 {
		delete(r.due, p.due)
		r.arm()
	}
}

// checkPeer sends a ping if it is due, and severs the connection if the peer is dead. It returns
// the time of the next check; zero means never.
func (c *Conn) checkPeer(now time.Time) time.Time {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return time.Time{}
	}
	dead := c.lastHeard.Add(c.cfg.PingEvery + c.cfg.WriteTimeout)
	due := !now.Before(c.lastPing.Add(c.cfg.PingEvery))
	if due {
		c.lastPing = now
	}
	next := c.lastPing.Add(c.cfg.PingEvery)
	c.mu.Unlock()
	if !now.Before(dead) {
		c.sever()
		return time.Time{}
	}
	if due {
		c.sendPing()
	}
	if dead.Before(next) {
		next = dead
	}
	return next
}
