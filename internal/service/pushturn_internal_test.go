package service

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"bis/internal/briefing"
)

// The pictures of one camera wait for each other, at most eleven at once, and for no other camera.
func TestPushTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turns pushTurns
		first, err := turns.take(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		taken := make(chan func(), maxPushWaiting)
		for range maxPushWaiting {
			go func() {
				if done, err := turns.take(t.Context(), "a"); err == nil {
					taken <- done
				}
			}()
		}
		synctest.Wait()
		if len(taken) != 0 {
			t.Errorf("%d pictures beside the first one", len(taken))
		}
		if _, err := turns.take(t.Context(), "a"); !errors.Is(err, briefing.ErrRateLimited) {
			t.Errorf("one more: %v", err)
		}
		other, err := turns.take(t.Context(), "b")
		if err != nil {
			t.Errorf("another camera: %v", err)
		}
		other()
		first()
		for range maxPushWaiting {
			(<-taken)()
		}
		left, cancel := context.WithCancel(t.Context())
		last, _ := turns.take(t.Context(), "a")
		cancel()
		if _, err := turns.take(left, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that left: %v", err)
		}
		last()
		if len(turns.cameras) != 0 {
			t.Errorf("%d cameras stay", len(turns.cameras))
		}
	})
}
