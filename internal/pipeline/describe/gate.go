package describe

import (
	"context"
	"sync"
)

// maxWaiting bounds the questions that wait for a turn. A question beyond them is not asked,
// because a run that waits takes the place of another one.
const maxWaiting = 16

// gate gives turns: a number of them in all, and one for each user.
type gate struct {
	slots chan struct{}

	mu      sync.Mutex // guards the fields below
	waiting int
	users   map[string]*turn // of users with a question
}

// turn is the turn of one user.
type turn struct {
	held  chan struct{}
	users int // of the turn
}

// newGate returns a gate with turns for so many questions at once.
func newGate(parallel int) *gate {
	return &gate{slots: make(chan struct{}, parallel), users: map[string]*turn{}}
}

// enter waits for a turn of a user. If ok, the caller must call leave.
func (g *gate) enter(ctx context.Context, user string) (leave func(), ok bool) {
	g.mu.Lock()
	if g.waiting >= maxWaiting {
		g.mu.Unlock()
		return nil, false
	}
	own := g.users[user]
	if own == nil {
		own = &turn{held: make(chan struct{}, 1)}
		g.users[user] = own
	}
	own.users++
	g.waiting++
	g.mu.Unlock()
	ok = hold(ctx, own.held)
	if ok && !hold(ctx, g.slots) {
		<-own.held
		ok = false
	}
	g.mu.Lock()
	g.waiting--
	g.mu.Unlock()
	if !ok {
		g.forget(user, own)
		return nil, false
	}
	return func() {
		<-g.slots
		<-own.held
		g.forget(user, own)
	}, true
}

// hold sends to a channel, and reports whether it could before ctx ended.
func hold(ctx context.Context, c chan<- struct{}) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case c <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// forget removes a user's turn when nobody uses it.
func (g *gate) forget(user string, own *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(g.users, user)
	}
}
