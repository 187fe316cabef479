package model_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bis/internal/pipeline/model"
)

// fixed answers every request with the same response.
type fixed struct {
	status int
	body   string
	sent   int
}

// RoundTrip implements http.RoundTripper.
func (f *fixed) RoundTrip(r *http.Request) (*http.Response, error) {
	f.sent++
	return &http.Response{
		StatusCode: f.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(f.body)), Request: r,
	}, nil
}

// FuzzClient_Ask shows that no response makes a question cost more than four requests, return a
// blank or unbounded text, or repeat the key or the question in an error.
func FuzzClient_Ask(f *testing.F) {
	for _, body := range []string{
		"", "<html>", "[[[", `{"choices":[{"message":{"content":"ok"}}]}`, `{"choices":[{"delta":{"content":[{"text":"a"}]}}]}`,
		"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n", `{"choices":[{"message":{"content":"<think>a"},"finish_reason":"length"}]}`,
		`{"error":{"message":"max_completion_tokens","param":"max_completion_tokens"}}`, `{"detail":[{"loc":["body","response_format"]}]}`,
		`{"error":{"message":"model not found ` + key + `"}}`, `{"data":[{"id":"` + key + `"},{"id":"m"}]}`, "unknown parameter", "context length 12",
	} {
		for _, status := range []int{200, 400, 404, 422, 500} {
			f.Add(status, body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 999 {
			return
		}
		server := &fixed{status: status, body: body}
		c, err := model.New(model.Config{
			APIKey: key, BaseURL: "http://a.test/x", Backoff: time.Nanosecond, MaxRetryAfter: time.Nanosecond,
			HTTPClient: &http.Client{Transport: server},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []model.Question{{Rules: "r"}, {JSON: true}, {Pictures: [][]byte{[]byte("no picture")}}} {
			q.Turns = []string{"prompt-text"}
			server.sent = 0
			answer, err := c.Ask(t.Context(), q)
			if server.sent > model.MaxAttempts || server.sent != answer.Usage.Attempts {
				t.Errorf("%d requests, %d counted", server.sent, answer.Usage.Attempts)
			}
			if err == nil && (strings.TrimSpace(answer.Text) == "" || len(answer.Text) > 1<<18) {
				t.Errorf("an answer of %d bytes", len(answer.Text))
			}
			if err != nil && !strings.Contains(body, "prompt-text") && (strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "prompt-text")) {
				t.Errorf("the error shows too much: %v", err)
			}
		}
	})
}
