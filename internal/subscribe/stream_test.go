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

func TestStream_by_GET_changes_nothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, headers := range [][]string{nil, {"Last-Event-ID", "x"}} {
		body, err := io.ReadAll(h.get(`mutation { login(username: "kim") { outcome } }`, headers...).Body)
		must(t, err)
		if !strings.Contains(string(body), `"BAD_USER_INPUT"`) {
			t.Errorf("it answers %s", body)
		}
	}
	if _, err := h.store.User(t.Context(), "kim"); err == nil {
		t.Error("GET made a user")
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
	if res, err := http.Get(h.url + "?token=x"); err == nil {
		res.Body.Close()
		t.Errorf("a stream while stopping answers %s, but a browser comes back only to a broken connection", res.Status)
	}
}

func TestStream_is_for_who_would_rather_have_it(t *testing.T) {
	t.Parallel()
	h := open(t)
	const urql = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
	for accept, want := range map[string]string{
		urql:                     "application/graphql-response+json",
		"text/event-stream":      "text/event-stream",
		"text/event-stream, */*": "text/event-stream",
		"application/json, text/event-stream;q=0.1": "application/json",
	} {
		res := h.get(`{ user(username: "x") { id } }`, "Accept", accept)
		if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, want+";") {
			t.Errorf("Accept: %s is answered with %s", accept, kind)
		}
	}
	req := h.start("kim")
	h.brief(req, "a")
	query := fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, req.ID)
	if got := events(bufio.NewScanner(h.get(query, "Accept", urql).Body), 1); len(got) != 1 || !strings.Contains(got[0], `"a"`) {
		t.Errorf("a subscription of who names both: %q", got)
	}
}

func TestStream_by_GET_runs_no_mutation(t *testing.T) {
	t.Parallel()
	h := open(t)
	got := events(bufio.NewScanner(h.get(`mutation { login(username: "kim") { outcome } }`).Body), 9)
	if len(got) != 2 || !strings.Contains(got[0], "errors") {
		t.Errorf("it answers %q", got)
	}
	if _, err := h.store.User(t.Context(), "kim"); err == nil {
		t.Error("GET made a user")
	}
}

// events reads a stream's events whole: the lines of each, until n have come or the stream ends.
func events(lines *bufio.Scanner, n int) []string {
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

// get opens a stream as a browser's EventSource does.
func (h *house) get(query string, headers ...string) *http.Response {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.url+"?"+url.Values{"query": {query}}.Encode(), nil)
	must(h.t, err)
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	h.t.Cleanup(func() { res.Body.Close() })
	return res
}

func TestStream_events_carry_the_position_and_resume_from_it(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	a, b, c := h.brief(req, "a"), h.brief(req, "b"), h.brief(req, "c")
	query := fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, req.ID) // without the cursor
	next := func(b briefing.Briefing) string {
		return fmt.Sprintf("id: %s\nevent: next\ndata: {\"data\":{\"briefings\":{\"caption\":%q}}}", b.Cursor, b.Caption)
	}
	same(t, "from the first", events(bufio.NewScanner(h.get(query).Body), 3), []string{next(a), next(b), next(c)})
	same(t, "resumed", events(bufio.NewScanner(h.get(query, "Last-Event-ID", string(a.Cursor)).Body), 2), []string{next(b), next(c)})
	h.end(req)
	same(t, "ended", events(bufio.NewScanner(h.get(query, "Last-Event-ID", string(b.Cursor)).Body), 9), []string{next(c), "event: complete\ndata:"})
	if res := h.get(query, "Last-Event-ID", string(c.Cursor)); res.StatusCode != http.StatusNoContent {
		t.Errorf("with nothing left: %s, want 204", res.Status)
	}
	if got := events(bufio.NewScanner(h.get(query, "Last-Event-ID", "nonsense").Body), 9); len(got) != 2 || !strings.Contains(got[0], `"BAD_CURSOR"`) {
		t.Errorf("a bad position: %q", got)
	}
}

func TestStream_single_mode(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	first := h.brief(req, "a")
	call := func(method, token, query, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, h.url+query, strings.NewReader(body))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("X-GraphQL-Event-Stream-Token", token)
		}
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		must(t, err)
		return res.StatusCode, string(text)
	}
	wants := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	operation := func(id string) string {
		return fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { caption } }","extensions":{"operationId":%q}}`, req.ID, id)
	}
	status, token := call(http.MethodPut, "", "", "")
	wants("a reservation", status, http.StatusCreated)
	status, _ = call(http.MethodPost, "nobody's", "", operation("1"))
	wants("an unknown token", status, http.StatusNotFound)
	res := h.get("", "X-GraphQL-Event-Stream-Token", token)
	lines := bufio.NewScanner(res.Body)
	wants("the stream", res.StatusCode, http.StatusOK)
	wants("a second stream", h.get("", "X-GraphQL-Event-Stream-Token", token).StatusCode, http.StatusConflict)
	status, _ = call(http.MethodPost, token, "", `{"query":"{ user(username: \"x\") { id } }"}`)
	wants("an operation without an id", status, http.StatusBadRequest)
	status, _ = call(http.MethodPost, token, "", operation("1"))
	wants("an operation", status, http.StatusAccepted)
	next := func(id string, b briefing.Briefing) string {
		return fmt.Sprintf("id: %s\nevent: next\ndata: {\"id\":%q,\"payload\":{\"data\":{\"briefings\":{\"caption\":%q}}}}", b.Cursor, id, b.Caption)
	}
	same(t, "replayed", events(lines, 1), []string{next("1", first)})
	status, _ = call(http.MethodPost, token, "", operation("1"))
	wants("an id in use", status, http.StatusConflict)
	status, _ = call(http.MethodPost, token, "", `{"query":"{ user(username: \"x\") { id } }","extensions":{"operationId":"2"}}`)
	wants("a query", status, http.StatusAccepted)
	same(t, "a query's", events(lines, 2), []string{"event: next\ndata: {\"id\":\"2\",\"payload\":{\"data\":{\"user\":null}}}", "event: complete\ndata: {\"id\":\"2\"}"})
	same(t, "live", append(events(lines, 0), next("1", h.brief(req, "b"))), events(lines, 1))
	status, _ = call(http.MethodDelete, token, "?operationId=1", "")
	wants("a stop", status, http.StatusOK)
	h.brief(req, "c")
	status, body := call(http.MethodPost, token, "", `{"query":"{ nothing }","extensions":{"operationId":"3"}}`)
	if wants("a wrong operation", status, http.StatusBadRequest); !strings.Contains(body, `"GRAPHQL_VALIDATION_FAILED"`) {
		t.Errorf("a wrong operation: %s", body)
	}
	res.Body.Close()
	for status != http.StatusNotFound { // the server learns of it from the network
		status, _ = call(http.MethodPost, token, "", operation("4"))
	}
}
