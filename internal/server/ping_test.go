package server_test

import (
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// TestPing_repeats_short_payloads sends pings with payloads of several kinds.
func TestPing_repeats_short_payloads(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn, err := dialGraphQL(t.Context(), s.url+"/graphql")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	long := strings.Repeat("x", 60_000)
	for _, c := range []struct{ ping, want string }{
		{`{"type":"ping"}`, `{"type":"pong"}`},
		{`{"type":"ping","payload":null}`, `{"type":"pong"}`},
		{`{"type":"ping","payload": {"mark": 1} }`, `{"type":"pong","payload":{"mark": 1}}`},
		{`{"type":"ping","payload":{"a":"` + long + `"}}`, `{"type":"pong"}`},
		{`{"type":"pong","payload":{"a":"` + long + `"}}`, ""},
		{`{"type":"ping","payload":[]}`, "4400"},
	} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(c.ping)); err != nil {
			t.Fatal(err)
		}
		if c.want == "" {
			continue
		}
		_, got, err := conn.ReadMessage()
		if c.want == "4400" {
			if !websocket.IsCloseError(err, 4400) {
				t.Errorf("%.60s is answered with %.60s, %v, want close code 4400", c.ping, got, err)
			}
		} else if err != nil || string(got) != c.want {
			t.Errorf("%.60s is answered with %.60s, %v, want %s", c.ping, got, err, c.want)
		}
	}
}
