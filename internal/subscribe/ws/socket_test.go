package ws_test

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
	"bis/internal/subscribe/subscribetest"
	"bis/internal/subscribe/ws"
)

func TestSocket_replays_then_lives_then_completes(t *testing.T) {
	t.Parallel()
	for protocol, words := range map[string][3]string{
		"graphql-transport-ws": {"subscribe", "next", `{"id":"1","type":"complete"}`},
		"graphql-ws":           {"start", "data", `{"id":"1","type":"complete"}`},
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			h := subscribetest.Open(t)
			req := h.Start("kim")
			first := h.Brief(req, "a")
			h.Brief(req, "b")
			p := h.Dial(protocol)
			p.Says(`{"type":"connection_init"}`)
			p.Hears(`{"type":"connection_ack"}`)
			if protocol == "graphql-ws" {
				p.Hears(`{"type":"ka"}`) // older Apollo clients wait for it
			}
			p.Says(subscribetest.Watch(words[0], req, first.Cursor))
			p.Hears(subscribetest.Next(words[1], "b"))
			h.Brief(req, "c")
			p.Hears(subscribetest.Next(words[1], "c"))
			h.Brief(req, "d")
			h.End(req)
			p.Hears(subscribetest.Next(words[1], "d"), words[2])
		})
	}
}

func TestSocket_refuses_bad_positions(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req, other := h.Start("kim"), h.Start("lee")
	foreign := h.Brief(other, "x").Cursor
	beyond := briefing.MakeCursor(req.ID, "ffffffffffffffffffffffff")
	for name, after := range map[string]briefing.Cursor{"malformed": "x", "another request's": foreign, "beyond the newest": beyond} {
		p := h.Init()
		p.Says(subscribetest.Watch("subscribe", req, after))
		subscribetest.Must(t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, got, err := p.ReadMessage()
		if text := string(got); err != nil || !strings.Contains(text, `"BAD_CURSOR"`) || strings.Contains(text, "caption") {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

func TestSocket_requestChanged_tells_the_state_first(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	if _, _, err := h.Store.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	req := h.Start("kim")
	p := h.Init()
	p.Says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { id active } }"}}`)
	state := func(id briefing.RequestID, active bool) string {
		return fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"requestChanged":{"id":%q,"active":%v}}}}`, id, active)
	}
	p.Hears(state(req.ID, true))
	h.End(req)
	p.Hears(state(req.ID, false))
	again := h.Start("kim")
	p.Hears(state(again.ID, true))
}

func TestSocket_reload_of_who_has_no_request_is_NOT_FOUND(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	p := h.Init()
	p.Says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { reloadBriefing(username: \"kim\") { caption } }"}}`)
	_, got, err := p.ReadMessage()
	if err != nil || !strings.Contains(string(got), `"NOT_FOUND"`) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestSocket_runs_queries_and_many_operations_at_once(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	p := h.Init()
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Says(`{"id":"2","type":"subscribe","payload":{"query":"{ user(username: \"nobody\") { id } }"}}`)
	p.Hears(`{"id":"2","type":"next","payload":{"data":{"user":null}}}`, `{"id":"2","type":"complete"}`)
	h.Brief(req, "a")
	p.Hears(subscribetest.Next("next", "a"))
	p.Says(`{"id":"1","type":"complete"}`)
	h.Left(0)
}

func TestSocket_closes_with_the_protocols_codes(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	t.Run("no connection_init", func(t *testing.T) { // takes the protocol's 3 s
		t.Parallel()
		h.Dial("graphql-transport-ws").Closes(4408)
	})
	t.Run("no JSON", func(t *testing.T) {
		t.Parallel()
		p := h.Init()
		p.Says(`{`)
		p.Closes(4400)
	})
	t.Run("a complete of nothing", func(t *testing.T) {
		t.Parallel()
		p := h.Init()
		p.Says(`{"id":"","type":"complete"}`)
		p.Closes(4400)
	})
	t.Run("a message beyond the limit", func(t *testing.T) {
		t.Parallel()
		p := h.Init()
		// The server closes before it has read the whole message, so its close frame may be lost.
		_ = p.WriteMessage(websocket.TextMessage, []byte(`{"id":"1","type":"subscribe","payload":{"query":"`+strings.Repeat("x", 65<<10)+`"}}`))
		subscribetest.Must(t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		if _, got, err := p.ReadMessage(); err == nil || os.IsTimeout(err) {
			t.Errorf("the socket goes on: %s, %v", got, err)
		}
	})
}

func TestSocket_hears_nothing_after_it_was_refused(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{WS: func(c *ws.Config) { c.Socket = socket.Config{CloseWait: 100 * time.Millisecond} }})
	p := h.Init()
	p.SetCloseHandler(func(int, string) error { return nil }) // no answer: the server reads on
	p.Says(`{"type":"nonsense"}`)
	p.Says(`{"id":"2","type":"subscribe","payload":{"query":"mutation { login(username: \"kim\") { outcome } }"}}`)
	p.Closes(4400)
	await.True(t, "the server gives the client up", func() bool { return h.Count() == 0 })
	if _, err := h.Store.User(t.Context(), "kim"); err == nil {
		t.Error("a refused client made a user")
	}
}

func TestSocket_refuses_origins_that_are_not_allowed(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	d := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	conn, res, err := d.DialContext(t.Context(), strings.Replace(h.URL, "http", "ws", 1), http.Header{"Origin": {"https://evil.example"}})
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
	h := subscribetest.Open(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	p := h.Init()
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
	subscribetest.Must(t, p.NetConn().Close())
	await.True(t, "the server learns of it from the network", func() bool { return h.Count() == 0 })
	h.Left(0)
}

func TestDrain_ends_sockets_with_1012(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	h.Brief(req, "a")
	p, silent := h.Init(), h.Dial("graphql-transport-ws")
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // neither client answers the close
	defer cancel()
	h.Drain(ctx, 20*time.Millisecond)
	p.Closes(websocket.CloseServiceRestart)
	silent.Closes(websocket.CloseServiceRestart)
	h.Dial("graphql-transport-ws").Closes(websocket.CloseServiceRestart) // see Transport.refuse
	older := websocket.Dialer{Subprotocols: []string{"graphql-ws"}}
	_, res, err := older.DialContext(t.Context(), strings.Replace(h.URL, "http", "ws", 1), nil)
	if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a socket of the older protocol while stopping: %v, %v; want 503", res, err)
	}
}

func TestSocket_init_is_decided_by_the_settings(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{WS: func(c *ws.Config) {
		c.Init = func(_ context.Context, payload map[string]any) error {
			if payload["token"] != "right" {
				return briefing.ErrForbidden
			}
			return nil
		}
	}})
	p := h.Dial("graphql-transport-ws")
	p.Says(`{"type":"connection_init","payload":{"token":"wrong"}}`)
	p.Closes(4403)
	p = h.Dial("graphql-transport-ws")
	p.Says(`{"type":"connection_init","payload":{"token":"right"}}`)
	p.Hears(`{"type":"connection_ack"}`)
}

func TestSocket_has_a_bound_of_operations(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	p := h.Init()
	for i := range 1_001 {
		p.Subscribe(fmt.Sprint(i), subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	}
	p.Closes(websocket.CloseTryAgainLater)
}
