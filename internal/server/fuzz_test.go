package server_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// fuzzSite is the whole server for the inputs of a fuzz target.
func fuzzSite(f *testing.F) *site {
	f.Helper()
	s := start(f)
	f.Cleanup(func() {
		if log := s.log.String(); strings.Contains(log, "ERROR") || strings.Contains(log, "panic") {
			f.Errorf("the server logged %.2000s", log)
		}
	})
	return s
}

// FuzzSocketMessages sends any message over both GraphQL subprotocols, before and after
// connection_init. The socket either continues and answers, or closes with a code of the protocol
// for a fault of the caller.
func FuzzSocketMessages(f *testing.F) {
	for _, text := range []string{
		`{"type":"ping","payload":{}}`, `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}`, `{"id":1}`, `[]`, ``, "\xff",
		`{"type":"connection_init"}`, `{"id":"1","type":"complete"}`, `{"id":"","type":"start","payload":{"query":"subscription { x }"}}`, `{"type":"connection_terminate"}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ user(username: \"a\") { id } }","variables":{"n":1e5},"extensions":{"persistedQuery":null}}}`,
	} {
		f.Add(text, false, false)
		f.Add(text, true, true)
	}
	s := fuzzSite(f)
	mayClose := []int{1000, 1007, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429} // 4408: a slow machine
	f.Fuzz(func(t *testing.T, text string, init, old bool) {
		protocol, probe := "graphql-transport-ws", `{"type":"ping"}`
		if old {
			protocol, probe = "graphql-ws", `{"id":"probe","type":"start","payload":{"query":"{ __typename }"}}`
		}
		dialer := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: soon}
		conn, _, err := dialer.DialContext(t.Context(), strings.Replace(s.url, "http", "ws", 1)+"/graphql", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		says := []string{text, `{"type":"connection_init"}`, probe}
		if init {
			says = []string{`{"type":"connection_init"}`, text, probe}
		}
		for _, message := range says {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(message)) // it may be closed
		}
		_ = conn.SetReadDeadline(time.Now().Add(soon))
		for {
			_, got, err := conn.ReadMessage()
			if closed, ok := err.(*websocket.CloseError); ok && slices.Contains(mayClose, closed.Code) {
				return
			}
			if err != nil {
				t.Fatalf("%q ends with %v", says, err)
			}
			if strings.Contains(string(got), `"type":"pong"`) || strings.Contains(string(got), `"id":"probe"`) {
				return
			}
		}
	})
}

// FuzzOldSockets opens the old sockets with any query. Each opens, and closes with 1008, or with
// the caller's code when the caller leaves.
func FuzzOldSockets(f *testing.F) {
	for _, query := range []string{"", "username=kim", "username=kim&interval=5&endtime=6:30%20PM", "username=%ff&interval=1&endtime=24:00", "username=a&interval=x&endtime=%00", "&&=%zz"} {
		f.Add(query, "hello")
	}
	s := fuzzSite(f)
	f.Fuzz(func(t *testing.T, query, text string) {
		for _, path := range []string{"/ws?", "/reloadBriefing?"} {
			address := strings.Replace(s.url, "http", "ws", 1) + path + query
			if u, err := url.Parse(address); err != nil || u.Fragment != "" || strings.ContainsAny(address, " \"<>") || len(query) > 1<<15 {
				return // not a valid address
			}
			conn, res, err := (&websocket.Dialer{HandshakeTimeout: soon}).DialContext(t.Context(), address, nil)
			if err != nil {
				t.Fatalf("%q is not accepted: %v, %+v", address, err, res)
			}
			_ = conn.WriteMessage(websocket.TextMessage, []byte(text))
			_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(soon))
			_ = conn.SetReadDeadline(time.Now().Add(soon))
			for err == nil {
				_, _, err = conn.ReadMessage()
			}
			if !websocket.IsCloseError(err, 1000, 1007, 1008, 1009) {
				t.Errorf("%q with %q ends with %v", address, text, err)
			}
			conn.Close()
		}
	})
}
