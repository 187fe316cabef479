package mongo

import (
	"context"
	"errors"
	"testing"
)

func TestTails_forget_a_request_whose_last_waiter_gave_up(t *testing.T) {
	t.Parallel()
	var a tails
	const id = "65f000000000000000000001"
	held, err := a.enter(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		_, err := a.enter(ctx, id)
		waiting <- err
	}()
	for users := 0; users < 2; { // both are counted
		a.mu.Lock()
		users = held.users
		a.mu.Unlock()
	}
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Fatalf("enter = %v, want the context's end", err)
	}
	a.leave(id, held)
	if len(a.byID) != 0 {
		t.Errorf("%d tails are kept of requests that nobody writes to", len(a.byID))
	}
	// the other order: the holder leaves while one waits, who gives up then
	held, _ = a.enter(t.Context(), id)
	a.mu.Lock()
	held.users++ // one who waits
	a.mu.Unlock()
	a.leave(id, held)
	a.drop(id, held)
	if len(a.byID) != 0 {
		t.Errorf("%d tails are kept after the last waiter gave up", len(a.byID))
	}
	// what this process runs is kept
	held, _ = a.enter(t.Context(), id)
	held.keep = true
	a.leave(id, held)
	if a.byID[id] != held {
		t.Error("the tail of a request that this process runs was forgotten")
	}
}
