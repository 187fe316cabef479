package stylist_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/stylist"
)

// A preview that finds the queue full asks again as soon as there may be a place.
func TestAwait_asks_again_after_a_full_queue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := writes(some)
		answer := modeltest.Says(says(map[string][]string{"some": {some}}))
		a.Fault = modeltest.Times(3, func(w http.ResponseWriter, r *modeltest.Request) {
			time.Sleep(2 * time.Second)
			answer(w, r)
		})
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Queue: 1})
		for _, user := range []string{"a", "b", "c"} {
			s.Prepare(user, []string{user})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if got := s.Await(ctx, "kim", polite); got.Verdict != briefing.VerdictStyleSheet {
			t.Errorf("%s after %v", got.Verdict, ctx.Err())
		}
	})
}
