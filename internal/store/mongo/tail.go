package mongo

import (
	"context"
	"sync"

	"bis/internal/briefing"
)

// tail is what this process knows of the end of a request's briefings: the last id whose insert is acknowledged, and
// the counts that go with it.
type tail struct {
	turn  chan struct{} // held by the one writer of this process that is at it
	users int           // writers that have it or wait for it; guarded by tails.mu
	kept  bool          // keep, as the last writer left it; guarded by tails.mu
	keep  bool          // this process runs the request: what is known is worth keeping

	known bool             // req is as it was when it was last read or written, and req.LastID is inserted
	req   briefing.Request // settled up to LastTick
	floor string           // an id that new ones must follow, of an old writer; empty: none
	// unsure is a briefing of which nobody knows whether it was stored: the answer was lost.
	unsure *briefingDoc
}

// tails are the requests that this process writes to.
type tails struct {
	mu   sync.Mutex // guards what follows
	byID map[briefing.RequestID]*tail
}

// enter waits for the turn to write to a request. leave must follow.
func (a *tails) enter(ctx context.Context, id briefing.RequestID) (*tail, error) {
	a.mu.Lock()
	t := a.byID[id]
	if t == nil {
		t = &tail{turn: make(chan struct{}, 1)}
		if a.byID == nil {
			a.byID = make(map[briefing.RequestID]*tail)
		}
		a.byID[id] = t
	}
	t.users++
	a.mu.Unlock()
	select {
	case t.turn <- struct{}{}:
		return t, nil
	case <-ctx.Done():
		a.drop(id, t)
		return nil, ctx.Err()
	}
}

// leave gives the turn back.
func (a *tails) leave(id briefing.RequestID, t *tail) {
	a.mu.Lock()
	t.kept = t.keep
	a.mu.Unlock()
	<-t.turn
	a.drop(id, t)
}

// drop takes a user off a tail and forgets it when it was the last one, unless it is kept.
func (a *tails) drop(id briefing.RequestID, t *tail) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t.users--
	if t.users == 0 && !t.kept && a.byID[id] == t {
		delete(a.byID, id)
	}
}

// keyed lets one at a time do something under a name.
type keyed struct {
	mu    sync.Mutex // guards what follows
	turns map[string]*turn
}

type turn struct {
	held  chan struct{}
	users int
}

// enter waits for the turn under a name and returns how to give it back.
func (k *keyed) enter(ctx context.Context, name string) (leave func(), err error) {
	k.mu.Lock()
	t := k.turns[name]
	if t == nil {
		t = &turn{held: make(chan struct{}, 1)}
		if k.turns == nil {
			k.turns = make(map[string]*turn)
		}
		k.turns[name] = t
	}
	t.users++
	k.mu.Unlock()
	gone := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(k.turns, name)
		}
	}
	select {
	case t.held <- struct{}{}:
		return func() { <-t.held; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}
