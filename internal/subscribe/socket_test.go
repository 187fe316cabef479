package subscribe_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/socket"
	"bis/internal/subscribe"
)

// watch is the message that subscribes to a request's captions.
func watch(kind string, req briefing.Request, after briefing.Cursor) string {
	cursor := "null"
	if after != "" {
		cursor = fmt.Sprintf("%q", after)
	}
	return fmt.Sprintf(`{"id":"1","type":%q,"payload":{"query":"subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { caption } }","variables":{"id":%q,"after":%s}}}`,
		kind, req.ID, cursor)
}

func next(kind, caption string) string {
	return fmt.Sprintf(`{"id":"1","type":%q,"payload":{"data":{"briefings":{"caption":%q}}}}`, kind, caption)
}

func TestSocket_replays_then_lives_then_completes(t *testing.T) {
	t.Parallel()
	for protocol, words := range map[string][3]string{
		"graphql-transport-ws": {"subscribe", "next", `{"id":"1","type":"complete"}`},
		"graphql-ws":           {"start", "data", `{"id":"1","type":"complete"}`},
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			req := h.start("kim")
			first := h.brief(req, "a")
			h.brief(req, "b")
			p := h.dial(protocol)
			p.says(`{"type":"connection_init"}`)
			p.hears(`{"type":"connection_ack"}`)
			if protocol == "graphql-ws" {
				p.hears(`{"type":"ka"}`) // old Apollo waits for it
			}
			p.says(watch(words[0], req, first.Cursor))
			p.hears(next(words[1], "b"))
			h.brief(req, "c")
			p.hears(next(words[1], "c"))
			h.brief(req, "d")
			h.end(req)
			p.hears(next(words[1], "d"), words[2])
		})
	}
}

func TestSocket_refuses_bad_positions(t *testing.T) {
	t.Parallel()
	h := open(t)
	req, other := h.start("kim"), h.start("lee")
	foreign := h.brief(other, "x").Cursor
	beyond := briefing.MakeCursor(req.ID, "ffffffffffffffffffffffff")
	for name, after := range map[string]briefing.Cursor{"malformed": "x", "another request's": foreign, "beyond the newest": beyond} {
		p := h.init()
		p.says(watch("subscribe", req, after))
		must(t, p.SetReadDeadline(time.Now().Add(10*time.Second)))
		_, got, err := p.ReadMessage()
		if text := string(got); err != nil || !strings.Contains(text, `"BAD_CURSOR"`) || strings.Contains(text, "caption") {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

func TestSocket_requestChanged_tells_the_state_first(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, _, err := h.store.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	req := h.start("kim")
	p := h.init()
	p.says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { id active } }"}}`)
	state := func(id briefing.RequestID, active bool) string {
		return fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"requestChanged":{"id":%q,"active":%v}}}}`, id, active)
	}
	p.hears(state(req.ID, true))
	h.end(req)
	p.hears(state(req.ID, false))
	again := h.start("kim")
	p.hears(state(again.ID, true))
}

func TestSocket_reload_of_who_has_no_request_is_NOT_FOUND(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.init()
	p.says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { reloadBriefing(username: \"kim\") { caption } }"}}`)
	_, got, err := p.ReadMessage()
	if err != nil || !strings.Contains(string(got), `"NOT_FOUND"`) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestSocket_runs_queries_and_many_operations_at_once(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	p := h.init()
	p.says(watch("subscribe", req, ""))
	p.says(`{"id":"2","type":"subscribe","payload":{"query":"{ user(username: \"nobody\") { id } }"}}`)
	p.hears(`{"id":"2","type":"next","payload":{"data":{"user":null}}}`, `{"id":"2","type":"complete"}`)
	h.brief(req, "a")
	p.hears(next("next", "a"))
	p.says(`{"id":"1","type":"complete"}`)
	h.left(0)
}

func TestSocket_closes_with_the_protocols_codes(t *testing.T) {
	t.Parallel()
	h := open(t)
	t.Run("no greeting", func(t *testing.T) { // takes the 3 s of the protocol
		t.Parallel()
		h.dial("graphql-transport-ws").closes(4408)
	})
	t.Run("garbage", func(t *testing.T) {
		t.Parallel()
		p := h.init()
		p.says(`{`)
		p.closes(4400)
	})
	t.Run("a complete of nothing", func(t *testing.T) {
		t.Parallel()
		p := h.init()
		p.says(`{"id":"","type":"complete"}`)
		p.closes(4400)
	})
	t.Run("a message beyond the limit", func(t *testing.T) {
		t.Parallel()
		p := h.init()
		// The server closes while the message is still coming, which may break off its own
		// farewell.
		_ = p.WriteMessage(websocket.TextMessage, []byte(`{"id":"1","type":"subscribe","payload":{"query":"`+strings.Repeat("x", 65<<10)+`"}}`))
		must(t, p.SetReadDeadline(time.Now().Add(10*time.Second)))
		if _, got, err := p.ReadMessage(); err == nil || os.IsTimeout(err) {
			t.Errorf("the socket goes on: %s, %v", got, err)
		}
	})
}

func TestSocket_hears_nothing_after_it_was_refused(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(c *subscribe.Config) { c.Socket = socket.Config{CloseWait: 100 * time.Millisecond} })
	p := h.init()
	p.SetCloseHandler(func(int, string) error { return nil }) // it does not agree to the close, so the server reads on
	p.says(`{"type":"nonsense"}`)
	p.says(`{"id":"2","type":"subscribe","payload":{"query":"mutation { login(username: \"kim\") { outcome } }"}}`)
	p.closes(4400)
	await.True(t, "the server gives the client up", func() bool { return h.transports.Count() == 0 })
	if _, err := h.store.User(t.Context(), "kim"); err == nil {
		t.Error("a refused client made a user")
	}
}

func TestSocket_refuses_origins_that_are_not_allowed(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	conn, res, err := d.DialContext(t.Context(), strings.Replace(h.url, "http", "ws", 1), http.Header{"Origin": {"https://evil.example"}})
	if err == nil {
		conn.Close()
		t.Fatal("a foreign page may open a socket")
	}
	if res == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("answer %v, %v; want 403", res, err)
	}
}

func TestSocket_of_a_client_that_vanishes_is_let_go(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	h.brief(req, "a")
	p := h.init()
	p.says(watch("subscribe", req, ""))
	p.hears(next("next", "a"))
	must(t, p.NetConn().Close())
	await.True(t, "the server learns of it from the network", func() bool { return h.transports.Count() == 0 })
	h.left(0)
}

func TestDrain_ends_sockets_with_1012(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	h.brief(req, "a")
	p, silent := h.init(), h.dial("graphql-transport-ws")
	p.says(watch("subscribe", req, ""))
	p.hears(next("next", "a"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // neither answers the close: it is cut then
	defer cancel()
	h.transports.Drain(ctx, 20*time.Millisecond)
	p.closes(websocket.CloseServiceRestart)
	silent.closes(websocket.CloseServiceRestart)
	h.dial("graphql-transport-ws").closes(websocket.CloseServiceRestart) // rather than refused, which is final for some clients
	older := websocket.Dialer{Subprotocols: []string{"graphql-ws"}}      // for which it is the other way round
	_, res, err := older.DialContext(t.Context(), strings.Replace(h.url, "http", "ws", 1), nil)
	if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a socket of the older protocol while stopping: %v, %v; want 503", res, err)
	}
}
