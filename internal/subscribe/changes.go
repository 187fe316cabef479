package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
)

// stateStream is a stream of states. briefing.RequestStream and briefing.CameraStream describe it.
type stateStream[T any] interface {
	Poll() (T, bool)
	Ended() bool
	Notify(f func())
	Close()
}

// changes is one subscription to the states of a user's requests or cameras. It sends states as
// soon as the client has room, and skips the older states of the same thing.
type changes[T any] struct {
	core    *Core
	client  Client
	stream  stateStream[T]
	key     func(*T) string // of the thing that a state is about
	waiting atomic.Bool
	turn    turn
	run     graph.Execution[T] // used by the holder of turn
	polled  *T                 // read from stream, not executed yet; used by the holder of turn
	cancel  context.CancelFunc // ends run's waiting for the store
	held    holding

	mu        sync.Mutex // guards the fields below; locked while the client is called
	unsent    Batch      // at most one state
	unsentKey string
	ended     bool
}

// newChanges returns a subscription to s that sends to client after start.
func newChanges[T any](
	c *Core, call Call, op *graphql.OperationContext, s stateStream[T], key func(*T) string,
	held holding,
) *changes[T] {
	ctx, cancel := context.WithCancel(c.ctx)
	run := graph.NewExecution[T](ctx, call.Exec, op)
	return &changes[T]{
		core: c, client: call.Client, stream: s, key: key, run: run, cancel: cancel, held: held,
	}
}

// queued implements task.
func (c *changes[T]) queued() *atomic.Bool { return &c.waiting }

// work implements task: it sends the newest states.
func (c *changes[T]) work(*Round) {
	if !c.turn.claim() {
		return
	}
	c.pass()
	if c.turn.release() {
		c.core.states.add(c)
	}
}

// pass reads states, executes the selection and sends the responses, as long as there are states
// and the client has room. No lock is held during the execution, so close does not wait for the
// store.
func (c *changes[T]) pass() {
	for c.send(); !c.isEnded() && c.poll(); c.send() {
		key := c.key(c.polled)
		if !c.mayReplace(key) {
			break
		}
		payload := encode(c.run.Execute(c.polled), c.run.Present)
		c.polled = nil
		c.replace(payload, key)
	}
	if c.stream.Ended() {
		c.complete()
	}
}

// poll reads the next state unless one was read already. It reports whether there is one.
func (c *changes[T]) poll() bool {
	if c.polled == nil {
		if state, ok := c.stream.Poll(); ok {
			c.polled = &state
		}
	}
	return c.polled != nil
}

// mayReplace reports whether no payload waits for the client, or an older one of the same thing.
func (c *changes[T]) mayReplace(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unsent.Len() == 0 || c.unsentKey == key
}

// complete notifies the client that the user was deleted. A state that is not sent yet is dropped.
func (c *changes[T]) complete() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.end()
		c.client.Complete()
	}
}

// end closes the stream and releases its share of the bounds. The caller has locked c.mu.
func (c *changes[T]) end() {
	c.ended = true
	c.cancel()
	c.stream.Close()
	c.held.release()
}

func (c *changes[T]) isEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// replace sets the payload to send. It discards an unsent payload, whose state is out of date.
func (c *changes[T]) replace(payload []byte, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent, c.unsentKey = Batch{}, key
	c.unsent.add(payload, "")
}

// send sends the unsent payload if the client has room.
func (c *changes[T]) send() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && c.unsent.Len() > 0 && c.client.Send(c.unsent, nil) > 0 {
		c.unsent = Batch{}
	}
}

// start implements delivery.
func (c *changes[T]) start() {
	c.stream.Notify(func() { c.core.states.add(c) })
	c.core.states.add(c)
}

// room implements delivery.
func (c *changes[T]) room() { c.core.states.add(c) }

// finished implements delivery. It reports false, because there may always be another state.
func (c *changes[T]) finished() bool { return false }

// close implements delivery.
func (c *changes[T]) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.end()
	}
}
