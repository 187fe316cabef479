package mongo

import (
	"context"
	"errors"
	"testing"
)

func TestKeyed_removes_an_entry_whose_last_waiter_gave_up(t *testing.T) {
	t.Parallel()
	var k keyed[string, int]
	const key = "65f000000000000000000001"
	held, err := k.lock(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		_, err := k.lock(ctx, key)
		waiting <- err
	}()
	for users := 0; users < 2; { // both are counted
		k.mu.Lock()
		users = held.users
		k.mu.Unlock()
	}
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Fatalf("lock = %v, want the context's end", err)
	}
	k.unlock(key, held, false)
	if len(k.entries) != 0 {
		t.Errorf("%d entries stay without users", len(k.entries))
	}
	// In the other order the holder leaves while a caller waits, and then that caller's context
	// ends.
	held, _ = k.lock(t.Context(), key)
	k.mu.Lock()
	held.users++ // the caller that waits
	k.mu.Unlock()
	k.unlock(key, held, false)
	k.mu.Lock()
	k.leave(key, held)
	k.mu.Unlock()
	if len(k.entries) != 0 {
		t.Errorf("%d entries stay after the last waiter gave up", len(k.entries))
	}
}

func TestKeyed_retains_a_value_while_the_last_holder_asks_for_it(t *testing.T) {
	t.Parallel()
	var k keyed[string, int]
	const key = "65f000000000000000000001"
	held, _ := k.lock(t.Context(), key)
	held.value = 7
	k.unlock(key, held, true)
	again, _ := k.lock(t.Context(), key)
	if again.value != 7 {
		t.Errorf("the value is %d, want 7: the entry was to be retained", again.value)
	}
	k.unlock(key, again, false)
	if len(k.entries) != 0 {
		t.Errorf("%d entries stay that nobody retains", len(k.entries))
	}
}
