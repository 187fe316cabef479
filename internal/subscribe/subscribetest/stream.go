package subscribetest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Stream opens an SSE stream with POST or GET. The stream ends with the test, after 20 s at the
// latest.
func (h *House) Stream(
	method, query string, variables map[string]any,
) (*http.Response, *bufio.Scanner) {
	h.t.Helper()
	values, err := json.Marshal(variables)
	Must(h.t, err)
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	h.t.Cleanup(cancel)
	address, body := h.URL, io.Reader(strings.NewReader(fmt.Sprintf(`{"query":%q,"variables":%s}`, query, values)))
	if method == http.MethodGet {
		address, body = h.URL+"?"+url.Values{"query": {query}, "variables": {string(values)}}.Encode(), nil
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	Must(h.t, err)
	r.Header.Set("Accept", "text/event-stream")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(r)
	Must(h.t, err)
	h.t.Cleanup(func() { res.Body.Close() })
	return res, bufio.NewScanner(res.Body)
}

// Get opens a stream like a browser's EventSource. headers contains names and values in turn.
func (h *House) Get(query string, headers ...string) *http.Response {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.URL+"?"+url.Values{"query": {query}}.Encode(), nil)
	Must(h.t, err)
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	Must(h.t, err)
	h.t.Cleanup(func() { res.Body.Close() })
	return res
}

// Single reserves and opens a stream of single connection mode.
func (h *House) Single() (token string, lines *bufio.Scanner) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPut, h.URL, nil)
	Must(h.t, err)
	res, err := http.DefaultClient.Do(r)
	Must(h.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	Must(h.t, err)
	return string(text), bufio.NewScanner(h.Get("", "X-GraphQL-Event-Stream-Token", string(text)).Body)
}

// Post starts an operation on a stream of single connection mode, and returns the HTTP status.
func (h *House) Post(token, id, query string) (status int) {
	h.t.Helper()
	body := fmt.Sprintf(`{"query":%q,"extensions":{"operationId":%q}}`, query, id)
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.URL, strings.NewReader(body))
	Must(h.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GraphQL-Event-Stream-Token", token)
	res, err := http.DefaultClient.Do(r)
	Must(h.t, err)
	res.Body.Close()
	return res.StatusCode
}

// Tells reads events and compares them with want, which contains captions or "complete".
func Tells(t *testing.T, lines *bufio.Scanner, want ...string) {
	t.Helper()
	for _, w := range want {
		event, data := "", ""
		for event == "" && lines.Scan() {
			event, _ = strings.CutPrefix(lines.Text(), "event: ")
			if !strings.HasPrefix(lines.Text(), "event: ") {
				event = ""
			}
		}
		if event == "next" && lines.Scan() {
			data = lines.Text()
			event = fmt.Sprintf(`data: {"data":{"briefings":{"caption":%q}}}`, w)
			if data != event {
				t.Errorf("the stream tells %s, want %s", data, event)
			}
			continue
		}
		if event != w {
			t.Fatalf("the stream tells %q, want %q (%v)", event, w, lines.Err())
		}
	}
}

// Events reads n events, or fewer if the stream ends. It returns each event as its lines, without
// comments.
func Events(lines *bufio.Scanner, n int) []string {
	var list []string
	var event []string
	for len(list) < n && lines.Scan() {
		switch text := lines.Text(); {
		case text == "" && len(event) > 0:
			list = append(list, strings.Join(event, "\n"))
			event = nil
		case text != "" && !strings.HasPrefix(text, ":"):
			event = append(event, text)
		}
	}
	return list
}
