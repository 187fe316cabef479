package model_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
)

// JSON that the server cuts at every limit is an answer after the limit was raised.
func TestAsk_returns_JSON_that_was_cut(t *testing.T) {
	t.Parallel()
	const start = `{"sheet":{"some":["a"],"nobody":["b`
	cut := modeltest.Finishes("length", map[string]any{"content": start})
	for name, c := range map[string]struct {
		second   modeltest.Handler // after the limit was raised
		want     string            // empty: an error
		attempts int
	}{
		"cut again":     {cut, start, 2},
		"whole":         {modeltest.Says(`{"sheet":{}}`), `{"sheet":{}}`, 2},
		"an error":      {modeltest.Raw(http.StatusBadRequest, `{"error":{"message":"no"}}`), start, 2},
		"only thoughts": {modeltest.Finishes("length", map[string]any{"content": "<think>a"}), start, 2},
		"too slow":      {modeltest.Hangs, start, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{Fault: func(_ *modeltest.Server, r *modeltest.Request) modeltest.Handler {
				if r.N == 1 {
					return cut
				}
				return c.second
			}}
			client := zooClient(t, s, "/v1")
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			got, err := client.Ask(ctx, model.Question{Turns: []string{"q"}, JSON: true})
			if err != nil || got.Text != c.want || got.Cut != (c.want == start) || got.Usage.Attempts != c.attempts || got.Model != "fake" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if name != "cut again" {
				return
			}
			got, err = client.Ask(t.Context(), model.Question{Turns: []string{"q"}, JSON: true})
			if err != nil || got.Text != start || got.Usage.Attempts != 1 {
				t.Errorf("a later question: %+v, %v", got, err)
			}
		})
	}
}
