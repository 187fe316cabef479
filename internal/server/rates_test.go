package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// few are flags that make the limits small: 10 operations at once and one a second, one start,
// login and summary of a user, 20 sockets and subscriptions, 8 messages of a socket. The test may
// set a caller's address, like a proxy.
var few = []string{"--rate-factor", "0.002", "--trusted-proxies", "127.0.0.1"}

// as returns the header of a call from another address.
func as(address string) []string { return []string{"X-Forwarded-For", address} }

// graphql posts an operation from an address and returns the answer.
func (s *site) graphql(t *testing.T, address, query string) (*http.Response, string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	return s.calls(t, http.MethodPost, "/graphql", string(body), append(as(address), "Content-Type", "application/json")...)
}

// form posts a form from an address.
func (s *site) form(t *testing.T, address, path, fields string) (*http.Response, string) {
	t.Helper()
	return s.calls(t, http.MethodPost, path, fields, append(as(address), "Content-Type", "application/x-www-form-urlencoded")...)
}

// dial opens a socket from an address. If the handshake is refused, it returns the response.
func (s *site) dial(t *testing.T, address, path string) (*websocket.Conn, *http.Response) {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: soon}
	conn, res, err := dialer.DialContext(t.Context(), strings.Replace(s.url, "http", "ws", 1)+path, http.Header{"X-Forwarded-For": {address}})
	if err != nil {
		if res == nil {
			t.Fatal(err)
		}
		return nil, res
	}
	t.Cleanup(func() { conn.Close() })
	return conn, nil
}

// refused checks that an answer is a 429 with Retry-After.
func refused(t *testing.T, what string, res *http.Response, body string, parts ...string) {
	t.Helper()
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); res.StatusCode != http.StatusTooManyRequests || err != nil || seconds < 1 {
		t.Errorf("%s: %d, Retry-After %q, %s", what, res.StatusCode, res.Header.Get("Retry-After"), body)
	}
	for _, part := range parts {
		if !strings.Contains(body, part) {
			t.Errorf("%s: the answer lacks %s: %s", what, part, body)
		}
	}
}

// limited is the code of a refusal in a GraphQL answer.
const limited = `"code":"RATE_LIMITED","retryAfter":`

// repeat calls until a call is refused. It fails the test if that takes fewer than least or more
// than most calls.
func repeat(t *testing.T, what string, least, most int, call func() (*http.Response, string)) (*http.Response, string) {
	t.Helper()
	for n := 0; n <= most; n++ {
		res, body := call()
		if res != nil && res.StatusCode == http.StatusTooManyRequests {
			if n < least {
				t.Errorf("%s: refused after %d, want at least %d", what, n, least)
			}
			return res, body
		}
	}
	t.Fatalf("%s: %d are let through", what, most)
	return nil, ""
}

// Too frequent calls are refused before they are read, on every path that is limited. A caller from
// another address is not affected.
func TestRates_of_calls(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	for i, c := range []struct {
		name  string
		least int
		part  string
		call  func() (*http.Response, string)
	}{
		{"POST /graphql", 10, limited, func() (*http.Response, string) { return s.graphql(t, "192.0.2.1", `{ __typename }`) }},
		{"GET /graphql", 10, limited, func() (*http.Response, string) {
			return s.calls(t, http.MethodGet, "/graphql?query={__typename}", "", as("192.0.2.2")...)
		}},
		{"documents that are refused", 10, limited, func() (*http.Response, string) { return s.graphql(t, "192.0.2.3", `{ nonsense }`) }},
		{"bodies that are none", 10, limited, func() (*http.Response, string) {
			return s.calls(t, http.MethodPost, "/graphql", "x", as("192.0.2.4")...)
		}},
		{"POST /getBriefing", 10, `{"detail":"Too Many Requests"}`, func() (*http.Response, string) {
			return s.form(t, "192.0.2.5", "/getBriefing", "request_id=65f000000000000000000001")
		}},
		{"POST /getAllRequest without its field", 10, `{"detail":"Too Many Requests"}`, func() (*http.Response, string) {
			return s.form(t, "192.0.2.6", "/getAllRequest", "")
		}},
		{"calls that take a stream or JSON", 10, limited, func() (*http.Response, string) {
			return s.calls(t, http.MethodGet, "/graphql?query={__typename}", "", append(as("192.0.2.8"), "Accept", "application/json, text/event-stream")...)
		}},
		{"reservations", 20, limited, func() (*http.Response, string) { return s.calls(t, http.MethodPut, "/graphql", "", as("192.0.2.7")...) }},
		{"calls of one IPv6 network", 10, limited, func() (*http.Response, string) {
			return s.graphql(t, fmt.Sprintf("2001:db8::%x", time.Now().UnixNano()&0xffff), `{ __typename }`)
		}},
	} {
		res, body := repeat(t, c.name, c.least, 2*c.least+60, c.call)
		refused(t, c.name, res, body, c.part)
		if res, body := s.graphql(t, fmt.Sprint("198.51.100.", i), `{ __typename }`); res.StatusCode != http.StatusOK {
			t.Errorf("%s: another address gets %d %s", c.name, res.StatusCode, body)
		}
	}
}

// additions is a mutation of n root fields. The server refuses each field alone.
func additions(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `a%d: addBriefing(input: {requestId: "65f000000000000000000001", caption: "x"}) { id } `, i)
	}
	return "mutation { " + b.String() + "}"
}

// Each root field of a mutation counts as an operation, and each login and start for its user.
func TestRates_of_users(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	for range 2 {
		if res, body := s.graphql(t, "192.0.2.1", additions(5)); res.StatusCode != http.StatusOK {
			t.Errorf("five root fields: %d %s", res.StatusCode, body)
		}
	}
	res, body := s.graphql(t, "192.0.2.1", additions(5))
	refused(t, "five more", res, body, limited)

	if _, body := s.graphql(t, "192.0.2.2", `mutation { a: login(username: "kim") { outcome } b: login(username: "kim") { outcome } }`); strings.Count(body, limited) != 1 {
		t.Errorf("two logins in one document: %s", body)
	}
	if _, body := s.graphql(t, "192.0.2.3", `mutation { login(username: "kim") { outcome } }`); strings.Contains(body, limited) {
		t.Errorf("kim cannot log in from another address: %s", body)
	}
	res, body = s.form(t, "192.0.2.2", "/login", "username=kim")
	refused(t, "/login", res, body, `{"detail":"Too Many Requests"}`)

	begin := func(key string) string {
		return fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 60, endTime: %q, key: %q}) { id } }`, tomorrow, key)
	}
	if _, body := s.graphql(t, "192.0.2.4", begin("one")); !strings.Contains(body, `"id"`) {
		t.Fatalf("the first start: %s", body)
	}
	if _, body := s.graphql(t, "192.0.2.4", begin("two")); !strings.Contains(body, limited) {
		t.Errorf("the second start: %s", body)
	}
	if _, body := s.graphql(t, "192.0.2.4", begin("one")); !strings.Contains(body, `"id"`) {
		t.Errorf("a start that continues a request: %s", body)
	}
	old, _ := s.dial(t, "192.0.2.4", "/ws?username=kim&interval=60&endtime="+tomorrow)
	closes(t, "an old start too many", old, websocket.CloseTryAgainLater)
}

// A stream is open when its query is refused, so the refusal is sent on the stream.
func TestRates_of_queries_on_streams(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	for i := range 40 {
		_, body := s.calls(t, http.MethodGet, "/graphql?query={__typename}", "", append(as("192.0.2.1"), "Accept", "text/event-stream")...)
		if strings.Contains(body, limited) {
			if i < 10 || !strings.Contains(body, "event: complete") {
				t.Errorf("query %d is answered with %s", i+1, body)
			}
			return
		}
	}
	t.Error("nothing is refused")
}

// A summary counts for the request's user, over every transport.
func TestRates_of_summaries(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	_, body := s.graphql(t, "192.0.2.1", `mutation { startBriefing(input: {username: "kim", interval: 60, endTime: "`+tomorrow+`"}) { id } }`)
	id := regexp.MustCompile(`[0-9a-f]{24}`).FindString(body)
	query := fmt.Sprintf(`{ a: aiSummary(requestId: %[1]q) { text } }`, id)
	if _, body := s.graphql(t, "192.0.2.1", query); !strings.Contains(body, `"text"`) {
		t.Errorf("the first summary: %s", body)
	}
	if _, body := s.graphql(t, "192.0.2.1", query); !strings.Contains(body, limited) {
		t.Errorf("the second summary: %s", body)
	}
	res, body := s.form(t, "192.0.2.1", "/aiSummary", "request_id="+id)
	refused(t, "/aiSummary", res, body, `{"detail":"Too Many Requests"}`)
	if res, _ := s.form(t, "192.0.2.2", "/aiSummary", "request_id="+id); res.StatusCode != http.StatusOK {
		t.Errorf("/aiSummary from another address: %d", res.StatusCode)
	}
}

// closes checks the code with which a socket ends.
func closes(t *testing.T, what string, conn *websocket.Conn, code int) {
	t.Helper()
	if conn == nil {
		t.Fatalf("%s: there is no socket", what)
	}
	conn.SetReadDeadline(time.Now().Add(soon))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, code) {
				t.Errorf("%s: the socket ends with %v, want %d", what, err, code)
			}
			return
		}
	}
}

// Too frequent sockets are refused at the handshake.
func TestRates_of_sockets(t *testing.T) {
	t.Parallel()
	s := start(t, few...)
	paths := []string{"/graphql", "/ws", "/reloadBriefing"}
	n := 0
	res, _ := repeat(t, "sockets", 20, 400, func() (*http.Response, string) {
		n++
		conn, res := s.dial(t, "192.0.2.1", paths[n%3])
		if conn != nil {
			conn.Close()
		}
		return res, ""
	})
	refused(t, "sockets", res, "")
	for _, path := range paths {
		if conn, _ := s.dial(t, "192.0.2.2", path); conn == nil {
			t.Errorf("another address is refused at %s", path)
		}
	}
}

// talk is a client of graphql-transport-ws.
type talk struct {
	t    *testing.T
	conn *websocket.Conn
}

func (s *site) talk(t *testing.T, address string) talk {
	t.Helper()
	conn, _ := s.dial(t, address, "/graphql")
	if conn == nil {
		t.Fatal("no socket")
	}
	c := talk{t, conn}
	c.says(`{"type":"connection_init"}`)
	c.hears("connection_ack")
	return c
}

func (c talk) says(text string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c talk) hears(part string) string {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(soon))
	_, text, err := c.conn.ReadMessage()
	if err != nil || !strings.Contains(string(text), part) {
		c.t.Fatalf("heard %s, %v, want %s", text, err, part)
	}
	return string(text)
}

func (c talk) subscribes(id, query string) {
	c.t.Helper()
	body, err := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": map[string]string{"query": query}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.says(string(body))
}

// Queries on a socket count as operations. A refused query fails alone, and the socket and its
// subscriptions continue.
func TestRates_on_a_socket(t *testing.T) {
	t.Parallel()
	// The limits are 20 operations at once, and 16 messages of a socket.
	s := start(t, "--rate-factor", "0.004", "--trusted-proxies", "127.0.0.1")
	c := s.talk(t, "192.0.2.1")
	for range 18 {
		s.graphql(t, "192.0.2.1", `{ __typename }`)
	}
	for i := range 2 {
		c.subscribes(fmt.Sprint(i), `{ __typename }`)
		c.hears(`"next"`)
		c.hears(`"complete"`)
	}
	for i := 0; ; i++ {
		c.subscribes("more", `{ __typename }`)
		c.conn.SetReadDeadline(time.Now().Add(soon))
		_, text, err := c.conn.ReadMessage()
		if err != nil || i > 10 {
			t.Fatalf("nothing is refused: %s, %v", text, err)
		}
		if strings.Contains(string(text), `"error"`) {
			if !strings.Contains(string(text), limited) {
				t.Errorf("heard %s", text)
			}
			break
		}
		c.hears(`"complete"`)
	}
	c.says(`{"type":"ping"}`)
	c.hears(`"pong"`)
}
