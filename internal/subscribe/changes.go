package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
	"bis/internal/briefing"
)

// changes is one subscription to a user's requests. It sends the newest state as soon as there is
// room, and skips states that are older by then.
type changes struct {
	core    *Core
	client  Client
	stream  briefing.RequestStream
	waiting atomic.Bool
	turn    turn
	run     graph.Execution[briefing.Request] // used by the holder of turn
	cancel  context.CancelFunc                // of run: a selection may wait for the store

	mu     sync.Mutex // guards what follows; held while the client is called
	unsent Batch      // of at most one state
	ended  bool
}

func (c *Core) newChanges(
	client Client, s briefing.RequestStream, exec graphql.GraphExecutor, op *graphql.OperationContext,
) *changes {
	ctx, cancel := context.WithCancel(c.ctx)
	run := graph.NewExecution[briefing.Request](ctx, exec, op)
	return &changes{core: c, client: client, stream: s, run: run, cancel: cancel}
}

func (c *changes) queued() *atomic.Bool { return &c.waiting }

// work sends the newest state.
func (c *changes) work(*Round) {
	if !c.turn.claim() {
		return
	}
	c.pass()
	if c.turn.release() {
		c.core.states.add(c)
	}
}

// pass reads the newest state, executes the selection and sends. No lock is held during the
// execution: close does not wait for the store.
func (c *changes) pass() {
	if c.isEnded() {
		return
	}
	if r, ok := c.stream.Poll(); ok {
		c.replace(encode(c.run.Execute(&r), c.run.Present))
	}
	c.send()
}

func (c *changes) isEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// replace sets what is to be sent. A state that found no room is out of date now.
func (c *changes) replace(payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent = Batch{}
	c.unsent.add(payload, "")
}

// send sends what is to be sent, unless there is no room.
func (c *changes) send() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && c.unsent.Len() > 0 && c.client.Send(c.unsent, nil) > 0 {
		c.unsent = Batch{}
	}
}

// start implements delivery.
func (c *changes) start() {
	c.stream.Tell(func() { c.core.states.add(c) })
	c.core.states.add(c)
}

// room implements delivery.
func (c *changes) room() { c.core.states.add(c) }

// finished implements delivery: a user may always start another request.
func (c *changes) finished() bool { return false }

// close implements delivery.
func (c *changes) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.ended = true
		c.cancel()
		c.stream.Close()
	}
}
