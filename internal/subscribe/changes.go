package subscribe

import (
	"sync"
	"sync/atomic"

	"bis/internal/briefing"
)

// delivery is a subscription at work. Both methods are safe for concurrent use, and wait for nothing.
type delivery interface {
	// resume begins it.
	resume()
	// room says that a message that found no room may find it now. It may be called by the sink, even from within next.
	room()
	// close gives it up. Nothing is sent after it returned.
	close()
}

// changes is one subscription to a user's requests: the newest state, as soon as there is room.
type changes struct {
	t      *Transports
	out    sink
	queued atomic.Bool

	mu     sync.Mutex // guards what follows, and is held while a message is handed to the sink
	run    execution
	stream briefing.RequestStream
	unsent []byte
	over   bool
}

func (c *changes) flag() *atomic.Bool { return &c.queued }

// work sends the newest state.
func (c *changes) work() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	if r, ok := c.stream.Poll(); ok {
		c.unsent = c.run.request(&r) // a state that found no room is old now
	}
	if c.unsent != nil && c.out.next(c.unsent, "") {
		c.unsent = nil
	}
}

func (c *changes) resume() {
	c.stream.Tell(func() { c.t.states.add(c) })
	c.t.states.add(c)
}

func (c *changes) room() { c.t.states.add(c) }

func (c *changes) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.over = true
		c.stream.Close()
	}
}
