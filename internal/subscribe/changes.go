package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
	"bis/internal/briefing"
)

// changes is one subscription to a user's requests. It sends the newest state as soon as the client
// has room, and skips the older states.
type changes struct {
	core    *Core
	client  Client
	stream  briefing.RequestStream
	waiting atomic.Bool
	turn    turn
	run     graph.Execution[briefing.Request] // used by the holder of turn
	cancel  context.CancelFunc                // ends run's waiting for the store
	held    holding

	mu     sync.Mutex // guards the fields below; locked while the client is called
	unsent Batch      // at most one state
	ended  bool
}

// newChanges returns a subscription to s that sends to client after start.
func (c *Core) newChanges(
	call Call, s briefing.RequestStream, op *graphql.OperationContext, held holding,
) *changes {
	ctx, cancel := context.WithCancel(c.ctx)
	run := graph.NewExecution[briefing.Request](ctx, call.Exec, op)
	return &changes{core: c, client: call.Client, stream: s, run: run, cancel: cancel, held: held}
}

// queued implements task.
func (c *changes) queued() *atomic.Bool { return &c.waiting }

// work implements task: it sends the newest state.
func (c *changes) work(*Round) {
	if !c.turn.claim() {
		return
	}
	c.pass()
	if c.turn.release() {
		c.core.states.add(c)
	}
}

// pass reads the newest state, executes the selection and sends the response. No lock is held
// during the execution, so close does not wait for the store.
func (c *changes) pass() {
	if c.isEnded() {
		return
	}
	if r, ok := c.stream.Poll(); ok {
		c.replace(encode(c.run.Execute(&r), c.run.Present))
	}
	c.send()
	if c.stream.Ended() {
		c.complete()
	}
}

// complete notifies the client that the user was deleted. A state that is not sent yet is dropped.
func (c *changes) complete() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.end()
		c.client.Complete()
	}
}

// end closes the stream and releases its share of the bounds. The caller has locked c.mu.
func (c *changes) end() {
	c.ended = true
	c.cancel()
	c.stream.Close()
	c.held.release()
}

func (c *changes) isEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// replace sets the payload to send. It discards an unsent payload, whose state is out of date.
func (c *changes) replace(payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent = Batch{}
	c.unsent.add(payload, "")
}

// send sends the unsent payload if the client has room.
func (c *changes) send() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && c.unsent.Len() > 0 && c.client.Send(c.unsent, nil) > 0 {
		c.unsent = Batch{}
	}
}

// start implements delivery.
func (c *changes) start() {
	c.stream.Notify(func() { c.core.states.add(c) })
	c.core.states.add(c)
}

// room implements delivery.
func (c *changes) room() { c.core.states.add(c) }

// finished implements delivery. It reports false, because a user may always start another request.
func (c *changes) finished() bool { return false }

// close implements delivery.
func (c *changes) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.end()
	}
}
