package subscribe_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
	"bis/internal/subscribe"
)

// openWatched is a house that tells the contexts in which subscriptions are begun.
func openWatched(t *testing.T) (*house, chan context.Context) {
	t.Helper()
	begun := make(chan context.Context, 100)
	h := openWith(t, func(c *subscribe.Config) {
		taking := c.API.Taking
		c.API.Taking = func(ctx context.Context, after briefing.Cursor, b func(briefing.Stream), r func(briefing.RequestStream)) context.Context {
			begun <- ctx
			return taking(ctx, after, b, r)
		}
	})
	return h, begun
}

// ends fails the test if a context goes on; nothing else would let go of it before its client does.
func ends(t *testing.T, who string, ctx context.Context) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Second):
		t.Errorf("%s: the context of its beginning is kept", who)
	}
}

func TestOperation_keeps_no_context_once_it_has_begun(t *testing.T) {
	t.Parallel()
	h, begun := openWatched(t)
	req := h.start("kim")
	h.brief(req, "a")
	p := h.init()
	p.says(watch("subscribe", req, ""))
	p.hears(next("next", "a"))
	ends(t, "a subscription", <-begun)
	p.subscribe("2", whole, map[string]any{"id": req.ID, "after": "x"})
	if _, got, err := p.ReadMessage(); err != nil || !strings.Contains(string(got), `"BAD_CURSOR"`) {
		t.Fatalf("heard %s, %v", got, err)
	}
	ends(t, "one that failed", <-begun)
}

// Directives and aliases get past the rule of a single field.
func TestOperation_of_other_than_one_field_is_its_clients_fault(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.init()
	for _, query := range []string{
		`subscription { requestChanged(username: "kim") @skip(if: true) { id } }`,
		`subscription { a: requestChanged(username: "kim") { id } b: requestChanged(username: "kim") { id } }`,
	} {
		p.subscribe("1", query, nil)
		p.hears(`{"id":"1","type":"error","payload":[{"message":"a subscription must select exactly one field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
	}
}

// Over HTTP gqlgen's handler recovers; on goroutines of this package nobody else does.
func TestOperation_that_panics_fails_alone(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(c *subscribe.Config) {
		encode := c.API.Encode
		c.API.Encode = func(res *graphql.Response) ([]byte, error) {
			if strings.Contains(string(res.Data), "user") {
				panic("a scalar's")
			}
			return encode(res)
		}
	})
	query := `{ user(username: "x") { id } }`
	p := h.init()
	p.subscribe("1", query, nil)
	p.hears(`{"id":"1","type":"error","payload":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	p.subscribe("1", `{ __typename }`, nil)
	p.hears(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}`, `{"id":"1","type":"complete"}`)
	token, lines := h.single()
	h.post(token, "1", query)
	same(t, "single mode", events(lines, 2), []string{
		`event: next` + "\n" + `data: {"id":"1","payload":{"errors":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}}`,
		`event: complete` + "\n" + `data: {"id":"1"}`,
	})
}

func TestOperation_of_single_mode_keeps_no_context_once_it_has_begun(t *testing.T) {
	t.Parallel()
	h, begun := openWatched(t)
	req := h.start("kim")
	h.brief(req, "a")
	token, lines := h.single()
	for id, after := range map[string]string{"a subscription": "", "one that failed": "x"} {
		query := fmt.Sprintf(`subscription { briefings(requestId: "%s", after: "%s") { caption } }`, req.ID, after)
		if got := h.post(token, id, query); got != http.StatusAccepted {
			t.Fatalf("%s: %d", id, got)
		}
		ends(t, id, <-begun)
	}
	events(lines, 1)
}

// single opens a stream for all operations.
func (h *house) single() (token string, lines *bufio.Scanner) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPut, h.url, nil)
	must(h.t, err)
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(h.t, err)
	return string(text), bufio.NewScanner(h.get("", "X-GraphQL-Event-Stream-Token", string(text)).Body)
}

// post begins an operation on a stream for all.
func (h *house) post(token, id, query string) (status int) {
	h.t.Helper()
	body := fmt.Sprintf(`{"query":%q,"extensions":{"operationId":%q}}`, query, id)
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url, strings.NewReader(body))
	must(h.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GraphQL-Event-Stream-Token", token)
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	res.Body.Close()
	return res.StatusCode
}
