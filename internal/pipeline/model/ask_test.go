package model_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
)

// ask asks a plain question.
func ask(t *testing.T, c *model.Client, q model.Question) (model.Answer, error) {
	t.Helper()
	if q.Turns == nil {
		q.Turns = []string{"question"}
	}
	return c.Ask(t.Context(), q)
}

func TestClient_Ask_waits_as_the_server_asks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]time.Duration{
		"status/429_once": 3 * time.Second, "status/429_date": 4 * time.Second,
		"status/429_hours": time.Minute, "status/429_huge": time.Minute,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{Fault: modeltest.Zoo()[name]}
			c := zooClient(t, s, "/v1")
			began := time.Now()
			_, err := ask(t, c, model.Question{})
			if took := time.Since(began); err != nil || took > want || took < want-time.Second {
				t.Errorf("%s: Ask took %v, want %v: %v", name, took, want, err)
			}
		})
	}
}

func TestClient_Ask_does_not_wait_for_the_end_of_an_error(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Zoo()["status/drip"]}
		began := time.Now()
		_, err := ask(t, zooClient(t, s, "/v1"), model.Question{})
		if took := time.Since(began); err == nil || took > 12*time.Second {
			t.Errorf("Ask took %v: %v", took, err)
		}
	})
}

func TestClient_Ask_keeps_a_path_that_had_a_chat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Zoo()["path/html"]}
		c := zooClient(t, s, "/v1")
		for i, page := range []bool{false, true, false} { // a page of maintenance in between
			s.Fault = modeltest.Zoo()["path/html"]
			if page {
				s.Fault = modeltest.Zoo()["path/nowhere"]
			}
			if _, err := ask(t, c, model.Question{}); (err != nil) != page || len(s.Requests()) != i+1 {
				t.Errorf("question %d: %d requests: %v", i+1, len(s.Requests()), err)
			}
		}
	})
}

func TestClient_Ask_hands_over_at_once(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"status/429_hours", "body/hangs_once"} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{Fault: modeltest.Zoo()[name]}
			c := zooClient(t, s, "/v1")
			_, err := ask(t, c, model.Question{HandOver: true})
			if err == nil || len(s.Requests()) != 1 {
				t.Errorf("%s: %d requests: %v", name, len(s.Requests()), err)
			}
			if e, ok := errors.AsType[*model.StatusError](err); ok && e.RetryAfter != time.Minute {
				t.Errorf("RetryAfter = %v, want a minute", e.RetryAfter)
			}
		})
	}
}

func TestClient_Ask_leaves_a_slow_model_most_of_the_time(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ limit, needs time.Duration }{
		{2 * time.Minute, 95 * time.Second}, {20 * time.Second, 15 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{}
			s.Answer = func(*modeltest.Request) string { <-time.After(c.needs); return "slow" }
			ctx, cancel := context.WithTimeout(t.Context(), c.limit)
			defer cancel()
			a, err := zooClient(t, s, "/v1").Ask(ctx, model.Question{Turns: []string{"q"}})
			if a.Text != "slow" || a.Usage.Attempts != 1 {
				t.Errorf("a model of %v in %v: %q, %v", c.needs, c.limit, a.Text, err)
			}
		})
	}
}

func TestClient_Ask_names_the_models_of_the_server(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Zoo()["status/404_model"]}
		s.Models = []string{"llama3.2:3b", "two words", "http://x/y", "m-" + key, strings.Repeat("x", 90), "org/a-b_c.gguf"}
		s.Models = append(s.Models, slices.Repeat([]string{"more"}, 500)...)
		_, err := ask(t, zooClient(t, s, ""), model.Question{})
		unknown, ok := errors.AsType[*model.UnknownModelError](err)
		if !ok || unknown.Model != "fake" || len(unknown.Known) != 10 {
			t.Fatalf("Ask: %v", err)
		}
		want := `the server has no model "fake"; it has llama3.2:3b, org/a-b_c.gguf, more`
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), key) {
			t.Errorf("Ask: %v, want %s", err, want)
		}
	})
}

func TestClient_Ask_counts_what_it_costs(t *testing.T) {
	t.Parallel()
	reported := briefing.Usage{Attempts: 1, InputTokens: modeltest.InputTokens, OutputTokens: modeltest.OutputTokens}
	estimated := briefing.Usage{Attempts: 1, InputTokens: 8, OutputTokens: 9, Estimated: true}
	twice := reported
	twice.Attempts = 2
	for name, want := range map[string]briefing.Usage{
		"": reported, "form/stream": reported, "form/usage_strings": reported, "status/500_once": twice,
		"form/usage_missing": estimated, "form/usage_zero": estimated, "form/usage_negative": estimated,
		"answer/length": {Attempts: 2, InputTokens: 2 * modeltest.InputTokens, OutputTokens: 2 * modeltest.OutputTokens},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{Fault: modeltest.Zoo()[name]}
			got, err := ask(t, zooClient(t, s, "/v1"), model.Question{Rules: "abcdefgh", Turns: []string{"손님이 둘, ok."}})
			if err != nil || got.Usage != want {
				t.Errorf("%q: usage %+v, want %+v: %v", name, got.Usage, want, err)
			}
		})
	}
}

func TestClient_Ask_ends_when_an_attempt_is_refused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spent := errors.New("spent")
		left := 1
		s := &modeltest.Server{Fault: modeltest.Zoo()["status/500_once"]}
		got, err := ask(t, zooClient(t, s, "/v1"), model.Question{Before: func() error {
			if left--; left < 0 {
				return spent
			}
			return nil
		}})
		if !errors.Is(err, spent) || len(s.Requests()) != 1 || got.Usage.Attempts != 1 {
			t.Errorf("%d requests, usage %+v: %v", len(s.Requests()), got.Usage, err)
		}
	})
}

func TestClient_Ask_orders_the_parts_of_a_question(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{}
		c := zooClient(t, s, "/v1")
		q := model.Question{Rules: "rules", Turns: []string{"one", "two", "three"}, Tail: "style"}
		_, _ = ask(t, c, q)
		q.Pictures = [][]byte{photo(t)}
		_, _ = ask(t, c, q)
		for i, last := range []string{"three\nstyle", "threestyle"} {
			var got []string
			for _, m := range s.Requests()[i].Messages() {
				got = append(got, m.Role+":"+m.Text)
			}
			if want := []string{"system:rules", "user:one", "assistant:two", "user:" + last}; !slices.Equal(got, want) {
				t.Errorf("messages %q, want %q", got, want)
			}
		}
		raw := s.Requests()[1].Raw
		if a, b, c := strings.Index(raw, `"three"`), strings.Index(raw, "image_url"), strings.Index(raw, `"style"`); a < 0 || a > b || b > c {
			t.Errorf("the picture is not between the texts: %d, %d, %d", a, b, c)
		}
		if r := s.Requests()[0]; r.Body["stream"] != false || r.Has("temperature") || r.Has("response_format") {
			t.Errorf("parameters: %v", r.Body)
		}
	})
}

func TestClient_Ask_finds_JSON_in_words(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{}
		c := zooClient(t, s, "/v1")
		for text, want := range map[string]string{
			`{"a":1}`: `{"a":1}`,
			"Here it is:\n```json\n{\"a\":\"}\"}\n```\nEnjoy {it}!": `{"a":"}"}`,
			"{not} but {\"a\":2}": `{"a":2}`,
			"no object":           "no object",
		} {
			s.Answer = func(*modeltest.Request) string { return text }
			if got, err := ask(t, c, model.Question{JSON: true}); err != nil || got.Text != want {
				t.Errorf("%q: Ask = %q, %v, want %q", text, got.Text, err, want)
			}
		}
	})
}

// TestClient_Ask_remembers_for_all shows that questions at the same time share what was found out.
func TestClient_Ask_remembers_for_all(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Both(modeltest.Zoo()["path/html"], modeltest.Refuses("mistral", "max_completion_tokens"))}
		c := zooClient(t, s, "/ui")
		done := make(chan error, 8)
		for range cap(done) {
			go func() { _, err := ask(t, c, model.Question{}); done <- err }()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		before := len(s.Requests())
		if _, err := ask(t, c, model.Question{}); err != nil || len(s.Requests()) != before+1 {
			t.Errorf("%d requests later: %v", len(s.Requests())-before, err)
		}
	})
}
