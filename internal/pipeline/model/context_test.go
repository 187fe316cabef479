package model_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
)

// A few conversations that are too long do not spoil the answers to shorter ones for ever.
func TestAsk_recovers_from_conversations_that_were_too_long(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: func(_ *modeltest.Server, r *modeltest.Request) modeltest.Handler {
			switch {
			case strings.Contains(r.Messages()[0].Text, "long"):
				return modeltest.Raw(http.StatusBadRequest,
					`{"error":{"message":"This model's maximum context length is 4096 tokens."}}`)
			case r.Tokens() < 3000:
				return modeltest.Finishes("length", map[string]any{"content": `{"a":"`})
			}
			return modeltest.Says(`{"a":"b"}`)
		}}
		c, err := model.New(model.Config{BaseURL: "http://model.test/v1", HTTPClient: s.Client(t)})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(text string) error {
			got, err := c.Ask(t.Context(), model.Question{Turns: []string{text}, JSON: true, MaxTokens: 8192})
			if err == nil && got.Cut {
				return errors.New("the answer was cut")
			}
			return err
		}
		for range 10 {
			if ask("long") == nil {
				t.Fatal("an answer to a conversation that is too long")
			}
		}
		for range 5 {
			if err = ask("short"); err == nil {
				return
			}
		}
		t.Errorf("after five questions: %v", err)
	})
}
