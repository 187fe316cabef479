package wording_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
)

// stuckSummaries is a model that writes captions at once and never finishes a summary.
type stuckSummaries struct{ *chat }

func (s stuckSummaries) Complete(ctx context.Context, rules string, turns ...string) (string, error) {
	if strings.Contains(rules, `{"summary"`) {
		hanging := &chat{hang: true}
		return hanging.Complete(ctx, rules, turns...)
	}
	return s.chat.Complete(ctx, rules, turns...)
}

// Summaries have a gate of their own: forty of them at once leave captions to the model. One user
// has two under way, so that others' summaries find a place.
func TestWording_summaries_cost_captions_nothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model := stuckSummaries{says(`{"caption": "사람 두 명이 있어요."}`)}
		w, err := wording.New(wording.Config{Chat: model, Model: "fake-1", Zone: seoul})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var mu sync.Mutex // guards waited
		waited := map[string]int{}
		var wg sync.WaitGroup
		ask := func(user string) {
			wg.Go(func() {
				in := busyDay()
				in.Request.Username = user
				got, err := w.Summarize(t.Context(), in)
				if err != nil || got.Degraded != briefing.ModelUnavailable {
					t.Errorf("Summarize = %+v, %v", got, err)
				}
				if time.Since(began) > 0 {
					mu.Lock()
					defer mu.Unlock()
					waited[user]++
				}
			})
		}
		for range 40 {
			ask("greedy")
		}
		synctest.Wait()
		for i := range 40 {
			ask(fmt.Sprint("other", i))
		}
		synctest.Wait()
		for range 10 {
			if got := caption(t, w, people(2)); got.Source != "fake-1" || got.Degraded != "" {
				t.Errorf("beside the summaries the caption is %+v, want the model's", got)
			}
		}
		if since := time.Since(began); since > 0 {
			t.Errorf("the captions waited %v", since)
		}
		wg.Wait()
		if len(waited) != 8 || waited["greedy"] != 2 {
			t.Errorf("waited for the model: %v, want 2 of the greedy user and 7 of others", waited)
		}
	})
}
