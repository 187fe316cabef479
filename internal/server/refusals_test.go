package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/await"
)

// A socket that floods the server with any messages is closed with 4429. Stock clients do not
// reconnect after this code.
func TestRates_of_messages(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	const init = `{"type":"connection_init"}`
	for name, flood := range map[string]func(c *websocket.Conn) error{
		"pings of GraphQL": func(c *websocket.Conn) error {
			return c.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
		},
		"pongs of GraphQL": func(c *websocket.Conn) error {
			return c.WriteMessage(websocket.TextMessage, []byte(`{"type":"pong"}`))
		},
		"stops": func(c *websocket.Conn) error {
			return c.WriteMessage(websocket.TextMessage, []byte(`{"id":"1","type":"complete"}`))
		},
		"pings": func(c *websocket.Conn) error {
			return c.WriteControl(websocket.PingMessage, []byte("x"), time.Now().Add(soon))
		},
		"pongs": func(c *websocket.Conn) error {
			return c.WriteControl(websocket.PongMessage, nil, time.Now().Add(soon))
		},
	} {
		conn, _ := s.dial(t, "192.0.2.1", "/graphql")
		if err := conn.WriteMessage(websocket.TextMessage, []byte(init)); err != nil {
			t.Fatal(err)
		}
		for range 200 {
			if flood(conn) != nil {
				break // the server has closed the socket
			}
		}
		closes(t, name, conn, 4429)
		old, _ := s.dial(t, "192.0.2.1", "/reloadBriefing?username=nobody")
		for range 200 {
			if flood(old) != nil {
				break
			}
		}
		closes(t, name+" on an old socket", old, websocket.CloseTryAgainLater)
	}
	await.True(t, "10 floods are counted", func() bool { // a client may see the end before it is counted
		return s.metric(t, `bis_refused_total{reason="messages"}`) == 10
	})
}

// metric returns a value from /metrics.
func (s *site) metric(t *testing.T, name string) float64 {
	t.Helper()
	_, body := s.calls(t, http.MethodGet, "/metrics", "")
	for line := range strings.Lines(body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("/metrics has no %s", name)
	return 0
}

// Every refusal is counted by its reason. The log has one line for each caller, without the content
// of the call.
func TestRefusals_are_counted_and_logged(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	for range 5 {
		s.calls(t, http.MethodGet, "/healthz", "", append(as("192.0.2.1"), "Origin", "https://evil.example")...)
		s.calls(t, http.MethodGet, "/openapi.json", "", append(as("192.0.2.2"), "Host", "evil.example")...)
	}
	s.graphql(t, "192.0.2.3", "{"+strings.Repeat(" __typename", 5_000)+"}")
	repeat(t, "calls", 10, 40, func() (*http.Response, string) { return s.graphql(t, "192.0.2.4", `{ __typename }`) })
	for reason, want := range map[string]float64{"origin": 5, "host": 5, "too_complex": 1, "operations": 1, "logins": 0, "deadline": 0} {
		if got := s.metric(t, fmt.Sprintf("bis_refused_total{reason=%q}", reason)); got != want {
			t.Errorf("%s: %v are counted, want %v", reason, got, want)
		}
	}
	said := s.log.String()
	for _, caller := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"} {
		if n := strings.Count(said, "caller="+caller+" "); n != 1 {
			t.Errorf("the log names %s %d times, want once:\n%s", caller, n, said)
		}
	}
	if strings.Contains(said, "evil") {
		t.Errorf("the log repeats what callers sent:\n%s", said)
	}
}

// One setting disables the rates and the bounds of sockets.
func TestLimits_off(t *testing.T) {
	t.Parallel()
	s := start(t, "--limits", "off", "--rate-factor", "0.001", "--max-sockets", "2")
	for range 100 {
		if res, body := s.graphql(t, "", `{ __typename }`); res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if conn, _ := s.dial(t, "", "/graphql"); conn == nil {
			t.Fatal("a socket is refused")
		}
	}
}

// The limits apply on loopback, too. The ordinary use of an owner stays below them: a console, some
// phones that reconnect, and an old app that calls once a second.
func TestLimits_by_default(t *testing.T) {
	t.Parallel()
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for range 50 {
		conn, err := dialGraphQL(ctx, s.url+"/graphql")
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if res, body := s.form(t, "", "/getBriefing", "request_id=65f000000000000000000001"); res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	s = start(t, "--rate-factor", "0.02") // 100 operations at once
	res, body := repeat(t, "calls over loopback", 20, 5_000, func() (*http.Response, string) { return s.graphql(t, "", additions(5)) })
	refused(t, "a call over loopback", res, body, limited)
}
