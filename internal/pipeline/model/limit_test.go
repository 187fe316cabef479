package model_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
)

// A limit that the server states holds for later answers, by whichever name it is called.
func TestAsk_uses_the_limit_of_tokens_that_the_server_states(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		`max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.","param":"max_tokens`,
		`max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for fake-1106`,
		`max_completion_tokens is too large: 8192. This model supports at most 4096 completion tokens.","param":"max_completion_tokens`,
		`Requested maximum of 8192 new tokens exceeds the limit of 4096`,
		`max_output_tokens must be less than or equal to 4096`,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{Fault: func(_ *modeltest.Server, r *modeltest.Request) modeltest.Handler {
				if r.Tokens() > 4096 {
					return modeltest.Raw(http.StatusBadRequest, `{"error":{"message":"`+message+`"}}`)
				}
				return nil
			}}
			c := zooClient(t, s, "/v1")
			for i, attempts := range []int{2, 1} {
				got, err := c.Ask(t.Context(), model.Question{Turns: []string{"q"}, MaxTokens: 8192})
				if err != nil || got.Usage.Attempts != attempts {
					t.Errorf("%s: question %d: %+v, %v", message, i, got, err)
				}
			}
			last := s.Requests()[len(s.Requests())-1]
			if last.Tokens() != 4096 || !last.Has("max_completion_tokens") {
				t.Errorf("%s: the last limit is %d", message, last.Tokens())
			}
		})
	}
}

// A server that names the older parameter refuses the one that was sent.
func TestAsk_leaves_out_a_parameter_under_its_other_name(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: func(_ *modeltest.Server, r *modeltest.Request) modeltest.Handler {
			if r.Tokens() > 0 {
				return modeltest.Shapes["openai"]("max_tokens", r.Raw)
			}
			return nil
		}}
		got, err := zooClient(t, s, "/v1").Ask(t.Context(), model.Question{Turns: []string{"q"}})
		if err != nil || got.Usage.Attempts != 3 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
