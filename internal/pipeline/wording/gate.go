package wording

import (
	"context"
	"errors"
	"sync/atomic"
)

// errSaturated is acquire's error when the queue is full.
var errSaturated = errors.New("too many texts wait for the model")

// gate is a semaphore with a bounded queue. A weighted semaphore of x/sync would not bound it.
type gate struct {
	slots   chan struct{} // a value for each holder; its capacity is the number of slots
	waiting atomic.Int64  // callers in the queue
	queue   int64         // bound of waiting
}

// newGate returns a gate with parallel slots and room for queue waiting callers.
func newGate(parallel, queue int) *gate {
	return &gate{slots: make(chan struct{}, parallel), queue: int64(queue)}
}

// acquire waits for a slot until ctx ends. If the queue is full, it fails at once with
// errSaturated. The caller must call release exactly once, and only if err is nil.
func (g *gate) acquire(ctx context.Context) (release func(), err error) {
	release = func() { <-g.slots }
	select {
	case g.slots <- struct{}{}:
		return release, nil
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		return nil, errSaturated
	}
	select {
	case g.slots <- struct{}{}:
		return release, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
