package sse_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

func TestStream_replays_then_lives_then_completes(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			h := subscribetest.Open(t)
			req := h.Start("kim")
			first := h.Brief(req, "a")
			h.Brief(req, "b")
			res, lines := h.Stream(method, subscribetest.Caption, map[string]any{"id": req.ID, "after": first.Cursor})
			if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") || res.Header.Get("X-Accel-Buffering") != "no" {
				t.Errorf("headers %v", res.Header)
			}
			subscribetest.Tells(t, lines, "b")
			h.Brief(req, "c")
			subscribetest.Tells(t, lines, "c")
			h.End(req)
			subscribetest.Tells(t, lines, "complete")
		})
	}
}

func TestStream_by_GET_starts_nothing(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	res, _ := h.Stream(http.MethodGet, `subscription { startBriefing(input: {username: "kim", interval: 5, endTime: "23:59"}) { caption } }`, nil)
	body, err := io.ReadAll(res.Body)
	subscribetest.Must(t, err)
	if !strings.Contains(string(body), `"BAD_USER_INPUT"`) {
		t.Errorf("it answers %s", body)
	}
	if _, err := h.Store.LatestRequest(t.Context(), "kim"); err == nil {
		t.Error("GET started a request")
	}
}

func TestStream_by_GET_changes_nothing(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	for _, headers := range [][]string{nil, {"Last-Event-ID", "x"}} {
		body, err := io.ReadAll(h.Get(`mutation { login(username: "kim") { outcome } }`, headers...).Body)
		subscribetest.Must(t, err)
		if !strings.Contains(string(body), `"BAD_USER_INPUT"`) {
			t.Errorf("it answers %s", body)
		}
	}
	if _, err := h.Store.User(t.Context(), "kim"); err == nil {
		t.Error("GET made a user")
	}
}

func TestStream_refuses_bad_positions(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	res, _ := h.Stream(http.MethodPost, subscribetest.Caption, map[string]any{"id": req.ID, "after": briefing.Cursor("x")})
	body, err := io.ReadAll(res.Body)
	subscribetest.Must(t, err)
	if !strings.Contains(string(body), `"BAD_CURSOR"`) || strings.Contains(string(body), "caption") {
		t.Errorf("it answers %s", body)
	}
}

func TestDrain_breaks_streams_off_without_complete(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	_, lines := h.Stream(http.MethodPost, subscribetest.Caption, map[string]any{"id": req.ID})
	subscribetest.Tells(t, lines, "a")
	h.Drain(t.Context(), 0)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "complete") {
			t.Error("the stream says that all was sent, but the request goes on")
		}
	}
	if res, err := http.Get(h.URL + "?token=x"); err == nil {
		res.Body.Close()
		t.Errorf("a stream while stopping answers %s, but a browser comes back only to a broken connection", res.Status)
	}
}

func TestStream_is_for_who_would_rather_have_it(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	const urql = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
	for accept, want := range map[string]string{
		urql:                     "application/graphql-response+json",
		"text/event-stream":      "text/event-stream",
		"text/event-stream, */*": "text/event-stream",
		"application/json, text/event-stream;q=0.1": "application/json",
	} {
		res := h.Get(`{ user(username: "x") { id } }`, "Accept", accept)
		if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, want+";") {
			t.Errorf("Accept: %s is answered with %s", accept, kind)
		}
	}
	req := h.Start("kim")
	h.Brief(req, "a")
	query := fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, req.ID)
	if got := subscribetest.Events(bufio.NewScanner(h.Get(query, "Accept", urql).Body), 1); len(got) != 1 || !strings.Contains(got[0], `"a"`) {
		t.Errorf("a subscription of who names both: %q", got)
	}
}

func TestStream_by_GET_runs_no_mutation(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	got := subscribetest.Events(bufio.NewScanner(h.Get(`mutation { login(username: "kim") { outcome } }`).Body), 9)
	if len(got) != 2 || !strings.Contains(got[0], "errors") {
		t.Errorf("it answers %q", got)
	}
	if _, err := h.Store.User(t.Context(), "kim"); err == nil {
		t.Error("GET made a user")
	}
}

func TestStream_events_carry_the_position_and_resume_from_it(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	a, b, c := h.Brief(req, "a"), h.Brief(req, "b"), h.Brief(req, "c")
	query := fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, req.ID) // no cursor selected
	next := func(b briefing.Briefing) string {
		return fmt.Sprintf("id: %s\nevent: next\ndata: {\"data\":{\"briefings\":{\"caption\":%q}}}", b.Cursor, b.Caption)
	}
	subscribetest.Same(t, "from the first", subscribetest.Events(bufio.NewScanner(h.Get(query).Body), 3), []string{next(a), next(b), next(c)})
	subscribetest.Same(t, "resumed", subscribetest.Events(bufio.NewScanner(h.Get(query, "Last-Event-ID", string(a.Cursor)).Body), 2), []string{next(b), next(c)})
	h.End(req)
	subscribetest.Same(t, "ended", subscribetest.Events(bufio.NewScanner(h.Get(query, "Last-Event-ID", string(b.Cursor)).Body), 9), []string{next(c), "event: complete\ndata:"})
	if res := h.Get(query, "Last-Event-ID", string(c.Cursor)); res.StatusCode != http.StatusNoContent {
		t.Errorf("with nothing left: %s, want 204", res.Status)
	}
	if got := subscribetest.Events(bufio.NewScanner(h.Get(query, "Last-Event-ID", "nonsense").Body), 9); len(got) != 2 || !strings.Contains(got[0], `"BAD_CURSOR"`) {
		t.Errorf("a bad position: %q", got)
	}
}

func TestStream_single_mode(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	first := h.Brief(req, "a")
	call := func(method, token, query, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, h.URL+query, strings.NewReader(body))
		subscribetest.Must(t, err)
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("X-GraphQL-Event-Stream-Token", token)
		}
		res, err := http.DefaultClient.Do(r)
		subscribetest.Must(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		subscribetest.Must(t, err)
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
	res := h.Get("", "X-GraphQL-Event-Stream-Token", token)
	lines := bufio.NewScanner(res.Body)
	wants("the stream", res.StatusCode, http.StatusOK)
	wants("a second stream", h.Get("", "X-GraphQL-Event-Stream-Token", token).StatusCode, http.StatusConflict)
	status, _ = call(http.MethodPost, token, "", `{"query":"{ user(username: \"x\") { id } }"}`)
	wants("an operation without an id", status, http.StatusBadRequest)
	status, _ = call(http.MethodPost, token, "", operation("1"))
	wants("an operation", status, http.StatusAccepted)
	next := func(id string, b briefing.Briefing) string {
		return fmt.Sprintf("id: %s\nevent: next\ndata: {\"id\":%q,\"payload\":{\"data\":{\"briefings\":{\"caption\":%q}}}}", b.Cursor, id, b.Caption)
	}
	subscribetest.Same(t, "replayed", subscribetest.Events(lines, 1), []string{next("1", first)})
	status, _ = call(http.MethodPost, token, "", operation("1"))
	wants("an id in use", status, http.StatusConflict)
	status, _ = call(http.MethodPost, token, "", `{"query":"{ user(username: \"x\") { id } }","extensions":{"operationId":"2"}}`)
	wants("a query", status, http.StatusAccepted)
	subscribetest.Same(t, "a query's", subscribetest.Events(lines, 2), []string{"event: next\ndata: {\"id\":\"2\",\"payload\":{\"data\":{\"user\":null}}}", "event: complete\ndata: {\"id\":\"2\"}"})
	subscribetest.Same(t, "live", append(subscribetest.Events(lines, 0), next("1", h.Brief(req, "b"))), subscribetest.Events(lines, 1))
	status, _ = call(http.MethodDelete, token, "?operationId=1", "")
	wants("a stop", status, http.StatusOK)
	h.Brief(req, "c")
	status, body := call(http.MethodPost, token, "", `{"query":"{ nothing }","extensions":{"operationId":"3"}}`)
	if wants("a wrong operation", status, http.StatusBadRequest); !strings.Contains(body, `"GRAPHQL_VALIDATION_FAILED"`) {
		t.Errorf("a wrong operation: %s", body)
	}
	res.Body.Close()
	for status != http.StatusNotFound { // the server notices the closed connection later
		status, _ = call(http.MethodPost, token, "", operation("4"))
	}
}
