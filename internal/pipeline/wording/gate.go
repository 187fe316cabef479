package wording

import (
	"context"
	"errors"
	"sync/atomic"
)

// errSaturated says that too many wait for the model already.
var errSaturated = errors.New("too many texts wait for the model")

// gate lets a few in at once and a bounded number wait.
type gate struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
}

func newGate(parallel, queue int) *gate {
	return &gate{slots: make(chan struct{}, parallel), queue: int64(queue)}
}

// acquire waits for a slot until ctx ends. Whoever would make the queue too long is
// turned away at once with errSaturated. release must be called once.
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
