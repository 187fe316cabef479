package subscribe_test

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

	"bis/internal/briefing"
)

const document = `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { caption } }`

// stream opens an SSE stream by POST or GET; the test ends it.
func (h *house) stream(method, query string, variables map[string]any) (*http.Response, *bufio.Scanner) {
	h.t.Helper()
	values, err := json.Marshal(variables)
	must(h.t, err)
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	h.t.Cleanup(cancel)
	address, body := h.url, io.Reader(strings.NewReader(fmt.Sprintf(`{"query":%q,"variables":%s}`, query, values)))
	if method == http.MethodGet {
		address, body = h.url+"?"+url.Values{"query": {query}, "variables": {string(values)}}.Encode(), nil
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	must(h.t, err)
	r.Header.Set("Accept", "text/event-stream")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	h.t.Cleanup(func() { res.Body.Close() })
	return res, bufio.NewScanner(res.Body)
}

// tells reads events and holds them against what is wanted: captions, or "complete".
func tells(t *testing.T, lines *bufio.Scanner, want ...string) {
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

func TestStream_replays_then_lives_then_completes(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			req := h.start("kim")
			first := h.brief(req, "a")
			h.brief(req, "b")
			res, lines := h.stream(method, document, map[string]any{"id": req.ID, "after": first.Cursor})
			if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") || res.Header.Get("X-Accel-Buffering") != "no" {
				t.Errorf("headers %v", res.Header)
			}
			tells(t, lines, "b")
			h.brief(req, "c")
			tells(t, lines, "c")
			h.end(req)
			tells(t, lines, "complete")
		})
	}
}

func TestStream_by_GET_starts_nothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	res, _ := h.stream(http.MethodGet, `subscription { startBriefing(input: {username: "kim", interval: 5, endTime: "23:59"}) { caption } }`, nil)
	body, err := io.ReadAll(res.Body)
	must(t, err)
	if !strings.Contains(string(body), `"BAD_USER_INPUT"`) {
		t.Errorf("it answers %s", body)
	}
	if _, err := h.store.LatestRequest(t.Context(), "kim"); err == nil {
		t.Error("GET started a request")
	}
}

func TestStream_refuses_bad_positions(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	h.brief(req, "a")
	res, _ := h.stream(http.MethodPost, document, map[string]any{"id": req.ID, "after": briefing.Cursor("x")})
	body, err := io.ReadAll(res.Body)
	must(t, err)
	if !strings.Contains(string(body), `"BAD_CURSOR"`) || strings.Contains(string(body), "caption") {
		t.Errorf("it answers %s", body)
	}
}

func TestDrain_breaks_streams_off_without_complete(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	h.brief(req, "a")
	_, lines := h.stream(http.MethodPost, document, map[string]any{"id": req.ID})
	tells(t, lines, "a")
	h.transports.Drain(t.Context(), 0)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "complete") {
			t.Error("the stream says that all was sent, but the request goes on")
		}
	}
	res, _ := h.stream(http.MethodPost, document, map[string]any{"id": req.ID})
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stream while stopping answers %s", res.Status)
	}
}
