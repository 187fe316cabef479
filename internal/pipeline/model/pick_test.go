package model_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
)

// unnamed returns a client of a server on loopback without a model's name, and the names that it
// picks.
func unnamed(t *testing.T, s *modeltest.Server, name string) (*model.Client, func() string) {
	t.Helper()
	var mu sync.Mutex
	var picked []string
	c, err := model.New(model.Config{
		BaseURL: s.Listen(t), Model: name,
		Picked: func(host, name string) {
			mu.Lock()
			defer mu.Unlock()
			picked = append(picked, host+" "+name)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(picked, ", ")
	}
}

// listedOnly returns a server that has the chat for these models alone.
func listedOnly(form string, names ...string) *modeltest.Server {
	return &modeltest.Server{Fault: modeltest.ListedOnly(form), Models: names}
}

func TestClient_Ask_picks_a_model_of_the_server(t *testing.T) {
	t.Parallel()
	for form := range modeltest.Lacks {
		s := listedOnly(form, "nomic-embed-text:latest", "BAAI/bge-reranker-v2-m3", "llama3.2:3b", "qwen3:8b")
		c, picked := unnamed(t, s, "")
		if c.Name() != model.DefaultModel || !c.Assumed() {
			t.Errorf("%s: before the first question: %q", form, c.Name())
		}
		for n, attempts := range []int{3, 1} {
			a, err := ask(t, c, model.Question{Rules: "rules", JSON: true, MaxTokens: 500})
			if err != nil || a.Model != "llama3.2:3b" || !a.Picked || a.Usage.Attempts != attempts {
				t.Errorf("%s: question %d: %+v, %v", form, n, a, err)
			}
		}
		if c.Name() != "llama3.2:3b" || c.Assumed() || picked() != "127.0.0.1 llama3.2:3b" {
			t.Errorf("%s: %q, picked %q", form, c.Name(), picked())
		}
	}
}

func TestClient_Ask_never_replaces_a_model_that_was_named(t *testing.T) {
	t.Parallel()
	for form := range modeltest.Lacks {
		for _, name := range []string{"mine", model.DefaultModel} {
			c, picked := unnamed(t, listedOnly(form, "llama3.2:3b"), name)
			c.Adopt("llama3.2:3b")
			for range 3 {
				_, err := ask(t, c, model.Question{})
				unknown, ok := errors.AsType[*model.UnknownModelError](err)
				if !ok || unknown.Model != name || !slices.Equal(unknown.Known, []string{"llama3.2:3b"}) {
					t.Errorf("%s: %v", form, err)
				}
			}
			if c.Name() != name || picked() != "" || c.Assumed() {
				t.Errorf("%s: %q, picked %q", form, c.Name(), picked())
			}
		}
	}
}

func TestClient_Ask_picks_by_the_names(t *testing.T) {
	t.Parallel()
	many := func(first, last string) []string { // over a megabyte
		all := []string{first}
		for i := range 40_000 {
			all = append(all, fmt.Sprintf("text-embedding-%d", i))
		}
		return append(all, last)
	}
	for want, lists := range map[string][][]string{
		"chat": {
			{"chat"}, {"chat", "other"}, {"whisper-large-v3", "chat"}, {"tts-1", "gpt-image-1", "chat"},
			{"all-minilm:l6", "mxbai-embed-large", "stable-diffusion-xl", "flux.1-dev", "chat", "z"},
			{"intfloat/e5-mistral-7b", "dall-e-3", "omni-moderation-latest", "gte_large", "chat"},
			{"two words", "http://x/y", "evil\nname", strings.Repeat("x", 300), "chat"},
		},
		"org/the-best_one.q4+k:8b":     {{"jina-Embeddings-v3", "org/the-best_one.q4+k:8b"}},
		"openai/gpt-4o-mini":           {{"openai/gpt-9-pro", "openai/gpt-4o-mini", "x"}},
		"gemma3:4b":                    {{"gemma3:4b", "embeddinggemma"}},
		"/" + strings.Repeat("x/", 80): {{"/" + strings.Repeat("x/", 80)}},
		"whisper-1":                    {{"x-embed", "whisper-1"}, {"whisper-1"}}, // the first one has no chat
		"early":                        {many("early", "late")},
		"":                             {{}, {"x-embed"}, {"two words"}, many("text-embedding", "late")},
	} {
		for _, list := range lists {
			s := listedOnly("ollama", list...)
			c, _ := unnamed(t, s, "")
			a, err := ask(t, c, model.Question{})
			if a.Model != want || (err == nil) != (want != "") {
				t.Errorf("%.80q: picked %q, want %q: %v", list[:min(len(list), 9)], a.Model, want, err)
			}
			if err == nil && c.Name() != want || len(s.Requests()) > model.MaxAttempts {
				t.Errorf("%.80q: %q with %d requests", list[:min(len(list), 9)], c.Name(), len(s.Requests()))
			}
		}
	}
}

func TestClient_Ask_reads_lists_of_many_forms(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`[{"id":"a"},{"id":"b"}]`: "a", `["a","b"]`: "a", `{"models":[{"name":"a"}]}`: "a",
		`{"object":"list","x":{"data":[{"id":"no"}]},"data":[{"id":"a"}]}`: "a",
		`{"data":null,"models":[{"model":"a"}]}`:                           "a",
		`{"data":[],"models":["a"]}`:                                       "a",
		`{"data":[7,null,{"id":7},{"id":""},{"id":"a"`:                     "",
		`{"data":[7,null,{"id":7},{"id":"a"},{"id":"`:                      "a",
		`{"data":{"id":"a"}}`:                                              "", `null`: "", ``: "", `<html>`: "", `"a"`: "", `[`: "",
		`{"data":` + strings.Repeat("[", 20_000): "",
	} {
		s := &modeltest.Server{Fault: func(_ *modeltest.Server, r *modeltest.Request) modeltest.Handler {
			switch {
			case r.Method == http.MethodGet:
				return modeltest.Raw(200, body)
			case r.Model() == "a":
				return nil
			}
			return modeltest.Lacks["vllm"](r.Model())
		}}
		c, _ := unnamed(t, s, "")
		if a, err := ask(t, c, model.Question{}); a.Model != want {
			t.Errorf("%.80s: picked %q, want %q: %v", body, a.Model, want, err)
		}
	}
}

func TestClient_Ask_picks_again_when_the_model_has_gone(t *testing.T) {
	t.Parallel()
	s := listedOnly("ollama", "first", "second")
	c, picked := unnamed(t, s, "")
	for _, step := range []struct {
		names []string
		want  string // empty: an error
		name  string
	}{
		{[]string{"first", "second"}, "first", "first"},
		{[]string{"second", "first"}, "first", "first"},
		{[]string{"embed", "third"}, "third", "third"},
		{nil, "", "third"},
		{nil, "", "third"},
		{[]string{"embed"}, "", "third"},
		{[]string{"third"}, "third", "third"},
		{[]string{"first"}, "first", "first"},
		{[]string{"other", model.DefaultModel}, model.DefaultModel, model.DefaultModel},
	} {
		s.SetModels(step.names...)
		before := len(s.Requests())
		a, err := ask(t, c, model.Question{})
		if (err == nil) != (step.want != "") || a.Model != step.want {
			t.Errorf("of %q %q answered, want %q: %v", step.names, a.Model, step.want, err)
		}
		if n := len(s.Requests()) - before; n > model.MaxAttempts {
			t.Errorf("of %q: %d requests", step.names, n)
		}
		if step.want != "" && c.Name() != step.name {
			t.Errorf("of %q: %q, want %q", step.names, c.Name(), step.name)
		}
	}
	if !strings.HasPrefix(picked(), "127.0.0.1 first, 127.0.0.1 third, ") {
		t.Errorf("picked %q", picked())
	}
}

func TestClient_Ask_picks_with_few_attempts(t *testing.T) {
	t.Parallel()
	for attempts, questions := range map[int]int{1: 3, 2: 2, 3: 1, 4: 1} {
		c, _ := unnamed(t, listedOnly("vllm", "org/chat"), "")
		for n := range questions {
			a, err := ask(t, c, model.Question{Attempts: attempts})
			if last := n == questions-1; (err == nil) != last || a.Usage.Attempts > attempts {
				t.Errorf("%d attempts, question %d: %+v, %v", attempts, n, a, err)
			}
		}
	}
}

// A list that fails costs an attempt, too.
func TestClient_Ask_has_its_attempts_without_a_list(t *testing.T) {
	t.Parallel()
	lacks := modeltest.ListedOnly("vllm")
	s := &modeltest.Server{Fault: func(s *modeltest.Server, r *modeltest.Request) modeltest.Handler {
		if handler := lacks(s, r); handler != nil {
			return handler
		}
		return modeltest.Raw(http.StatusNotFound, "{}")
	}}
	c, _ := unnamed(t, s, "")
	for n := range 4 {
		if a, err := ask(t, c, model.Question{Attempts: 1}); err == nil || a.Usage.Attempts > 1 {
			t.Errorf("question %d: %+v, %v", n, a, err)
		}
	}
}

func TestClient_Ask_picks_once_for_simultaneous_questions(t *testing.T) {
	t.Parallel()
	c, picked := unnamed(t, listedOnly("openai", "a", "b", "c"), "")
	var answered atomic.Int32
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if a, err := ask(t, c, model.Question{}); err == nil && a.Model == "a" {
				answered.Add(1)
			}
		})
	}
	wg.Wait()
	if answered.Load() != 30 || picked() != "127.0.0.1 a" {
		t.Errorf("%d of 30 were answered, picked %q", answered.Load(), picked())
	}
}

func TestClient_Ask_of_a_server_with_any_model(t *testing.T) {
	t.Parallel()
	s := &modeltest.Server{Models: []string{"whatever.gguf"}}
	c, picked := unnamed(t, s, "")
	for range 2 {
		if a, err := ask(t, c, model.Question{}); err != nil || a.Model != model.DefaultModel || a.Picked {
			t.Errorf("%+v, %v", a, err)
		}
	}
	c.Adopt("other") // it has answered
	if c.Name() != model.DefaultModel || c.Assumed() || picked() != "" || len(s.Requests()) != 2 {
		t.Errorf("%q, picked %q, %d requests", c.Name(), picked(), len(s.Requests()))
	}
}

func TestClient_Adopt(t *testing.T) {
	t.Parallel()
	s := listedOnly("ollama", "first", "second")
	c, picked := unnamed(t, s, "")
	for _, name := range []string{"", "two words", strings.Repeat("x", 300), "second", "first"} {
		c.Adopt(name)
	}
	a, err := ask(t, c, model.Question{})
	if err != nil || a.Model != "second" || !a.Picked || c.Name() != "second" || a.Usage.Attempts != 1 || picked() != "" {
		t.Errorf("%+v, %q, picked %q: %v", a, c.Name(), picked(), err)
	}
	s.SetModels("first")
	if a, err := ask(t, c, model.Question{}); err != nil || a.Model != "first" {
		t.Errorf("%+v, %v", a, err)
	}
}
