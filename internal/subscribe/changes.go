package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// delivery is a subscription at work. Both methods are safe for concurrent use, and wait for
// nothing.
type delivery interface {
	// resume begins it.
	resume()
	// room says that a message that found no room may find it now. It may be called by the sink,
	// even from within next.
	room()
	// close gives it up. Nothing is sent after it returned.
	close()
}

// changes is one subscription to a user's requests: the newest state, as soon as there is room.
type changes struct {
	t      *Transports
	out    sink
	stream briefing.RequestStream
	queued atomic.Bool
	turn   turn
	run    execution          // for one pass at a time
	cancel context.CancelFunc // of run: a selection may wait for the store

	mu     sync.Mutex // guards what follows, and is held while a message is handed to the sink
	unsent batch      // of at most one state
	over   bool
}

func (t *Transports) newChanges(out sink, s briefing.RequestStream, exec graphql.GraphExecutor, op *graphql.OperationContext) *changes {
	c := &changes{t: t, out: out, stream: s, run: t.newExecution(exec, op)}
	c.run.ctx, c.cancel = context.WithCancel(t.ctx)
	return c
}

func (c *changes) flag() *atomic.Bool { return &c.queued }

// work sends the newest state.
func (c *changes) work(*round) {
	if !c.turn.begin() {
		return
	}
	c.pass()
	if c.turn.end() {
		c.t.states.add(c)
	}
}

// pass executes the selection while nothing is locked: whoever closes the subscription does not
// wait for the store.
func (c *changes) pass() {
	if c.ended() {
		return
	}
	if r, ok := c.stream.Poll(); ok {
		c.replace(c.run.request(&r))
	}
	c.send()
}

func (c *changes) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over
}

// replace sets what is to be sent. A state that found no room is old now.
func (c *changes) replace(json []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent = batch{}
	c.unsent.add(json, "")
}

func (c *changes) send() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over && c.unsent.len() > 0 && c.out.next(c.unsent, nil) > 0 {
		c.unsent = batch{}
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
		c.cancel()
		c.stream.Close()
	}
}
