package wording

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// errSaturated is acquire's error when the queue is full.
var errSaturated = errors.New("too many texts wait for the model")

// gate is a semaphore with a bounded queue. The weighted semaphore of x/sync has no bound for its
// queue.
type gate struct {
	slots   chan struct{} // one value for each acquired slot; the capacity is the number of slots
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

// maxOfUser is the most texts of one user that run or wait at once in a userGate.
const maxOfUser = 2

// userGate is a gate with a bound for each user, so that one user cannot fill it.
type userGate struct {
	gate *gate

	mu sync.Mutex     // guards the field below
	of map[string]int // texts that run or wait, by user
}

// newUserGate returns a userGate with parallel slots and room for queue waiting callers.
func newUserGate(parallel, queue int) *userGate {
	return &userGate{gate: newGate(parallel, queue), of: map[string]int{}}
}

// acquire is like gate.acquire. It also fails at once with errSaturated when maxOfUser texts of
// the user run or wait.
func (g *userGate) acquire(ctx context.Context, user string) (release func(), err error) {
	if !g.enter(user) {
		return nil, errSaturated
	}
	leave, err := g.gate.acquire(ctx)
	if err != nil {
		g.leave(user)
		return nil, err
	}
	return func() { leave(); g.leave(user) }, nil
}

// enter counts a text of a user. It reports false at the bound.
func (g *userGate) enter(user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of[user] >= maxOfUser {
		return false
	}
	g.of[user]++
	return true
}

func (g *userGate) leave(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of[user]--; g.of[user] == 0 {
		delete(g.of, user)
	}
}
