package subscribe_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// watching records the contexts in which subscriptions are started.
type watching struct {
	briefing.Live
	started chan context.Context
}

func (l watching) Subscribe(
	ctx context.Context, id briefing.RequestID, after briefing.BriefingID,
) (briefing.Stream, error) {
	l.started <- ctx
	return l.Live.Subscribe(ctx, id, after)
}

// openWatched opens a house that records the contexts in which subscriptions are started.
func openWatched(t *testing.T) (*subscribetest.House, chan context.Context) {
	t.Helper()
	started := make(chan context.Context, 100)
	return subscribetest.OpenWith(t, subscribetest.Options{
		Live: func(l briefing.Live) briefing.Live { return watching{l, started} },
	}), started
}

// beyond is a cursor that the service accepts and the hub refuses.
func beyond(req briefing.Request) briefing.Cursor {
	return briefing.MakeCursor(req.ID, "ffffffffffffffffffffffff")
}

// ends fails the test if a context does not end. Only the end of the operation can end it while the
// client stays connected.
func ends(t *testing.T, who string, ctx context.Context) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(time.Minute):
		t.Errorf("%s: the context of its start is kept", who)
	}
}

func TestOperation_keeps_no_context_once_it_has_started(t *testing.T) {
	t.Parallel()
	h, started := openWatched(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	p := h.Init()
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
	ends(t, "a subscription", <-started)
	p.Subscribe("2", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID, "after": beyond(req)})
	if _, got, err := p.ReadMessage(); err != nil || !strings.Contains(string(got), `"BAD_CURSOR"`) {
		t.Fatalf("heard %s, %v", got, err)
	}
	ends(t, "one that failed", <-started)
}

// Directives and aliases evade the validation rule of a single field.
func TestOperation_of_other_than_one_field_is_its_clients_fault(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	p := h.Init()
	for _, query := range []string{
		`subscription { requestChanged(username: "kim") @skip(if: true) { id } }`,
		`subscription { a: requestChanged(username: "kim") { id } b: requestChanged(username: "kim") { id } }`,
	} {
		p.Subscribe("1", query, nil)
		p.Hears(`{"id":"1","type":"error","payload":[{"message":"a subscription must select exactly one field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
	}
}

// gqlgen's handler recovers from panics on HTTP handlers only. The core must recover on its own
// goroutines. On a stream, gqlgen's answer would not be an event.
func TestOperation_that_panics_fails_alone(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Handler: func(srv *handler.Server) {
		srv.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			res := next(ctx)
			if res != nil && strings.Contains(string(res.Data), "user") {
				panic("an extension's")
			}
			return res
		})
	}})
	query := `{ user(username: "x") { id } }`
	p := h.Init()
	p.Subscribe("1", query, nil)
	p.Hears(`{"id":"1","type":"error","payload":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	p.Subscribe("1", `{ __typename }`, nil)
	p.Hears(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}`, `{"id":"1","type":"complete"}`)
	token, lines := h.Single()
	h.Post(token, "1", query)
	subscribetest.Same(t, "single mode", subscribetest.Events(lines, 2), []string{
		`event: next` + "\n" + `data: {"id":"1","payload":{"errors":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}}`,
		`event: complete` + "\n" + `data: {"id":"1"}`,
	})
	subscribetest.Same(t, "distinct mode", subscribetest.Events(bufio.NewScanner(h.Get(query, "Accept", "text/event-stream").Body), 9), []string{
		`event: next` + "\n" + `data: {"errors":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`,
		"event: complete\ndata:",
	})
}

func TestOperation_of_single_mode_keeps_no_context_once_it_has_started(t *testing.T) {
	t.Parallel()
	h, started := openWatched(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	token, lines := h.Single()
	for id, after := range map[string]string{"a subscription": "null", "one that failed": fmt.Sprintf("%q", beyond(req))} {
		query := fmt.Sprintf(`subscription { briefings(requestId: "%s", after: %s) { caption } }`, req.ID, after)
		if got := h.Post(token, id, query); got != http.StatusAccepted {
			t.Fatalf("%s: %d", id, got)
		}
		ends(t, id, <-started)
	}
	subscribetest.Events(lines, 1)
}
