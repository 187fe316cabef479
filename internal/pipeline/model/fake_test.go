package model_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bis/internal/pipeline/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-test-0123456789abcdef"

// server is a fake model server. The n-th handler answers the n-th call, and the last handler all
// further calls. The server records the requests.
type server struct {
	*httptest.Server
	mu    sync.Mutex // guards asked
	asked []asked
}

type asked struct {
	Path, Auth string
	Body       struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
	}
}

func serve(t *testing.T, handlers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := asked{Path: r.URL.Path, Auth: r.Header.Get("Authorization")}
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &a.Body); err != nil {
			t.Errorf("the request is no JSON: %v", err)
		}
		s.mu.Lock()
		n := len(s.asked)
		s.asked = append(s.asked, a)
		s.mu.Unlock()
		handlers[min(n, len(handlers)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) calls() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// client returns a client of the server with short waits.
func (s *server) client(t *testing.T, change func(*model.Config)) *model.Client {
	t.Helper()
	cfg := model.Config{APIKey: key, BaseURL: s.URL + "/v1", Backoff: time.Millisecond, HTTPClient: s.Client()}
	if change != nil {
		change(&cfg)
	}
	c, err := model.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

// says answers with a chat completion of a text.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "c1", "object": "chat.completion", "model": "fake",
			"choices": []any{map[string]any{"index": 0, "finish_reason": "stop",
				"message": map[string]any{"role": "assistant", "content": text}}},
		})
	}
}

// raw answers with a status, pairs of header names and values, and a body.
func raw(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangs does not answer until the caller has gone.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
