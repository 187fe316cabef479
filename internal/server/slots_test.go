package server_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// One address may have half of the sockets and streams, including reserved streams. A closed one
// frees its slot.
func TestSlots_keep_a_reserve(t *testing.T) {
	t.Parallel()
	s := start(t, "--max-sockets", "6", "--trusted-proxies", "127.0.0.1")
	first, _ := s.dial(t, "192.0.2.1", "/graphql")
	if conn, _ := s.dial(t, "192.0.2.1", "/reloadBriefing?username=kim"); conn == nil {
		t.Fatal("the second socket is refused")
	}
	if res, body := s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.1")...); res.StatusCode != http.StatusCreated {
		t.Fatalf("a reservation: %d %s", res.StatusCode, body)
	}
	for _, path := range []string{"/graphql", "/ws?username=kim", "/reloadBriefing?username=kim"} {
		if conn, res := s.dial(t, "192.0.2.1", path); conn != nil {
			t.Errorf("a fourth socket at %s is let through", path)
		} else {
			refused(t, path, res, "")
		}
	}
	res, body := s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.1")...)
	refused(t, "a reservation too many", res, body, limited)
	res, body = s.calls(t, http.MethodGet, `/graphql?query={__typename}`, "", append(as("192.0.2.1"), "Accept", "text/event-stream")...)
	refused(t, "a stream too many", res, body, limited)
	if conn, _ := s.dial(t, "192.0.2.2", "/graphql"); conn == nil {
		t.Error("another address is refused")
	}
	first.Close()
	for deadline := time.Now().Add(soon); ; { // the server notices the close a moment later
		if conn, _ := s.dial(t, "192.0.2.1", "/graphql"); conn != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the slot of a closed socket is not given back")
		}
	}
}

// One address may have half of the operations on sockets and streams.
func TestSlots_of_subscriptions(t *testing.T) {
	t.Parallel()
	s := start(t, "--max-sockets", "4", "--trusted-proxies", "127.0.0.1")
	s.graphql(t, "192.0.2.1", `mutation { login(username: "kim") { outcome } }`)
	s.graphql(t, "192.0.2.1", `mutation { startBriefing(input: {username: "kim", interval: 3600, endTime: "2099-01-01T00:00:00Z"}) { id } }`)
	const changes = `subscription { requestChanged(username: "kim") { id } }`
	c := s.talk(t, "192.0.2.1")
	for i := range 6 {
		c.subscribes(fmt.Sprint(i), changes)
	}
	c.subscribes("one more", changes)
	if text := c.hears(`"error"`); !strings.Contains(text, limited) || !strings.Contains(text, "one more") {
		t.Errorf("a seventh subscription: %s", text)
	}
	c.says(`{"id":"0","type":"complete"}`)
	c.subscribes("again", `{ __typename }`)
	c.hears(`"next"`)
	c.hears(`"complete"`)
	c.conn.Close()
	other := s.talk(t, "192.0.2.2")
	other.subscribes("1", `{ __typename }`)
	other.hears(`"next"`)
}

// Connections without calls count, too. One address has at most a share of all connections. A
// connection beyond the share is closed at once, and a closed connection frees its slot.
func TestSlots_of_connections(t *testing.T) {
	t.Parallel()
	s := start(t, "--max-sockets", "2")
	open := func() net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(soon))
		return conn
	}
	answered := func(conn net.Conn) bool {
		fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
		n, _ := conn.Read(make([]byte, 1))
		return n > 0
	}
	var all []net.Conn
	for i := range 32 {
		conn := open()
		if i%8 == 0 && !answered(conn) {
			t.Fatalf("connection %d is refused", i+1)
		}
		all = append(all, conn)
	}
	if answered(open()) {
		t.Error("a connection too many is answered")
	}
	all[0].Close()
	for deadline := time.Now().Add(soon); !answered(open()); { // the server notices the close a moment later
		if time.Now().After(deadline) {
			t.Fatal("a closed connection makes no room")
		}
	}
}

// A stream of single connection mode has a slot from its reservation on, and each of its operations
// has one. A stopped operation and a closed stream free their slots.
func TestSlots_of_a_reserved_stream(t *testing.T) {
	t.Parallel()
	s := start(t, "--max-sockets", "4", "--trusted-proxies", "127.0.0.1")
	s.graphql(t, "192.0.2.1", `mutation { login(username: "kim") { outcome } }`)
	_, token := s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.1")...)
	head := append(as("192.0.2.1"), "X-GraphQL-Event-Stream-Token", token, "Content-Type", "application/json")
	subscribe := func(id string) (*http.Response, string) {
		return s.calls(t, http.MethodPost, "/graphql",
			fmt.Sprintf(`{"query":"subscription { requestChanged(username: \"kim\") { id } }","extensions":{"operationId":%q}}`, id), head...)
	}
	for i := range 6 {
		if res, body := subscribe(fmt.Sprint(i)); res.StatusCode != http.StatusAccepted {
			t.Fatalf("operation %d: %d %s", i+1, res.StatusCode, body)
		}
	}
	res, body := subscribe("one more")
	refused(t, "a seventh operation", res, body, limited)
	s.calls(t, http.MethodDelete, "/graphql?operationId=3", "", head...)
	if res, body := subscribe("3"); res.StatusCode != http.StatusAccepted {
		t.Errorf("after one was stopped: %d %s", res.StatusCode, body)
	}
	s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.1")...)
	res, body = s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.1")...)
	refused(t, "a third stream", res, body, limited)

	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/graphql?token="+token, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	r.Header.Set("Accept", "text/event-stream")
	open, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	open.Body.Close()
	for deadline := time.Now().Add(soon); ; { // the server notices the end a moment later
		if res, _ := s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.1")...); res.StatusCode == http.StatusCreated {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the slot of a stream that was left is not given back")
		}
	}
}

// In the older protocol an operation replaces another one with the same id, and the number of slots
// stays the same.
func TestSlots_of_operations_that_are_replaced(t *testing.T) {
	t.Parallel()
	s := start(t, "--max-sockets", "4", "--trusted-proxies", "127.0.0.1")
	s.graphql(t, "192.0.2.1", `mutation { login(username: "kim") { outcome } }`)
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-ws"}}
	conn, _, err := dialer.DialContext(t.Context(), strings.Replace(s.url, "http", "ws", 1)+"/graphql", http.Header{"X-Forwarded-For": {"192.0.2.1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := talk{t, conn}
	c.says(`{"type":"connection_init"}`)
	c.hears("connection_ack")
	c.hears("ka")
	for range 20 {
		c.says(`{"id":"1","type":"start","payload":{"query":"subscription { requestChanged(username: \"kim\") { id } }"}}`)
	}
	c.says(`{"id":"2","type":"start","payload":{"query":"{ __typename }"}}`)
	c.hears(`"data"`)
}
