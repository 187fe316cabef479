package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// soon bounds the wait for a first briefing, as README promises.
const soon = 15 * time.Second

// patience bounds a wait whose length is not what the test checks. A busy machine may need most of it.
const patience = time.Minute

// hung bounds reads that have no bound of their own. It is reached only when something is wrong: a
// takeover alone may last 12 s.
const hung = time.Minute

// later returns an end time an hour ahead.
func later() string { return time.Now().Add(time.Hour).UTC().Format(time.RFC3339) }

// startDocument returns a subscription that starts a request with an interval of one second.
func startDocument(username string) string {
	return fmt.Sprintf(`subscription { startBriefing(input: {username: %q, interval: 1, endTime: %q}) { cursor caption degraded counts { name count } } }`, username, later())
}

// seen is a briefing as the transports deliver it.
type seen struct {
	Cursor   string
	Caption  string
	Degraded *string
	Counts   []struct {
		Name  string
		Count int
	}
}

// overSocket subscribes over graphql-transport-ws. next waits for a briefing.
func overSocket(t *testing.T, c *child, document string) (conn *websocket.Conn, next func() seen) {
	t.Helper()
	conn, err := dialGraphQL(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.WriteJSON(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]string{"query": document}}); err != nil {
		t.Fatal(err)
	}
	return conn, func() seen {
		t.Helper()
		for {
			var m struct {
				Type    string
				Payload json.RawMessage
			}
			if err := conn.SetReadDeadline(time.Now().Add(hung)); err != nil {
				t.Fatal(err)
			}
			if err := conn.ReadJSON(&m); err != nil {
				t.Fatalf("read from the socket: %v", err)
			}
			switch m.Type {
			case "next":
				return decode(t, m.Payload)
			case "ping":
				if err := conn.WriteJSON(map[string]string{"type": "pong"}); err != nil {
					t.Fatal(err)
				}
			default:
				t.Fatalf("the socket says %s %s", m.Type, m.Payload)
			}
		}
	}
}

// decode returns the one field of a subscription's result.
func decode(t *testing.T, result []byte) seen {
	t.Helper()
	var r struct {
		Data   map[string]seen
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(result, &r); err != nil || len(r.Errors) > 0 || len(r.Data) != 1 {
		t.Fatalf("result %s: %v", result, err)
	}
	for _, b := range r.Data {
		return b
	}
	return seen{}
}

// overSSE subscribes by POST and returns the lines of the stream.
func overSSE(t *testing.T, c *child, document string) (lines *bufio.Scanner) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the stream answers %s, %s", res.Status, kind)
	}
	return bufio.NewScanner(res.Body)
}

// firstOf returns the first result of a stream.
func firstOf(t *testing.T, lines *bufio.Scanner) seen {
	t.Helper()
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return decode(t, []byte(data))
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return seen{}
}

// overOldSocket starts a request at /ws, as the old app does.
func overOldSocket(t *testing.T, c *child, username string) *websocket.Conn {
	t.Helper()
	query := url.Values{"username": {username}, "interval": {"1"}, "endtime": {time.Now().Add(time.Hour).In(seoul(t)).Format("3:04 PM")}}
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(c.url, "http", "ws", 1)+"/ws?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func seoul(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// dialGraphQL opens a graphql-transport-ws socket and initializes it.
func dialGraphQL(ctx context.Context, url string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: 5 * time.Second}
	conn, _, err := dialer.DialContext(ctx, strings.Replace(url, "http", "ws", 1)+"/graphql", http.Header{})
	if err != nil {
		return nil, err
	}
	if err := conn.WriteJSON(map[string]string{"type": "connection_init"}); err != nil {
		conn.Close()
		return nil, err
	}
	var ack struct{ Type string }
	if err := conn.ReadJSON(&ack); err != nil || ack.Type != "connection_ack" {
		conn.Close()
		return nil, fmt.Errorf("no connection_ack: %q, %v", ack.Type, err)
	}
	return conn, nil
}
