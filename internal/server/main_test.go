package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"bis/internal/app"
	"bis/internal/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon is longer than any step of these tests. A test reaches it only if something is wrong.
const soon = time.Minute

// site is the complete server within the test, with default settings, as package app builds it.
type site struct {
	url  string
	log  *buffer
	stop func(t testing.TB) // may be called more than once
}

// buffer is a buffer that may be read and written concurrently.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// greeting extracts the server's address from the printed text.
type greeting chan string

func (g greeting) Write(p []byte) (int, error) {
	g <- regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(string(p))
	return len(p), nil
}

// start runs a server on a free port with additional flags. The end of the test stops it.
func start(t testing.TB, flags ...string) *site {
	t.Helper()
	dir := t.TempDir()
	cfg, err := config.Load(config.Source{Args: append([]string{"--addr", "127.0.0.1:0", "--data", dir}, flags...), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background()) // the clean-up below ends it
	s := &site{log: &buffer{}}
	address, ended := make(greeting, 1), make(chan struct{})
	go func() {
		defer close(ended)
		if err := app.Run(ctx, cfg, app.Hooks{}, address, slog.New(slog.NewTextHandler(s.log, nil))); err != nil {
			t.Errorf("the server ends with %v", err)
		}
	}()
	s.stop = func(t testing.TB) {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		select {
		case <-ended:
		case <-time.After(soon):
			t.Error("the server does not stop")
		}
	}
	t.Cleanup(func() { s.stop(t) })
	select {
	case s.url = <-address:
	case <-ended:
		t.FailNow() // after the Errorf above
	case <-time.After(soon):
		t.Fatal("the server prints no greeting")
	}
	return s
}

// dialGraphQL opens a graphql-transport-ws socket at an http address and sends connection_init.
func dialGraphQL(ctx context.Context, address string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: 5 * time.Second}
	conn, _, err := dialer.DialContext(ctx, strings.Replace(address, "http", "ws", 1), nil)
	if err != nil {
		return nil, err
	}
	var ack struct{ Type string }
	if err = conn.WriteJSON(map[string]string{"type": "connection_init"}); err == nil {
		err = conn.ReadJSON(&ack)
	}
	if err != nil || ack.Type != "connection_ack" {
		conn.Close()
		return nil, fmt.Errorf("no connection_ack: %q, %v", ack.Type, err)
	}
	return conn, nil
}

// calls makes a call with headers, given as names and values. It returns the answer and its body.
func (s *site) calls(t *testing.T, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	res, err := http.DefaultTransport.RoundTrip(r) // does not follow redirects
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// jsonBody returns the headers of a POST with a JSON body, and more headers.
func jsonBody(others ...string) []string {
	return append([]string{"Content-Type", "application/json"}, others...)
}

const (
	typename = `{"query":"{ __typename }"}`
	stream   = "text/event-stream"
)

// answerOverSocket sends one operation over graphql-transport-ws and returns its first message.
func (s *site) answerOverSocket(t *testing.T, path, payload string) string {
	t.Helper()
	conn, err := dialGraphQL(t.Context(), s.url+path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.WriteJSON(map[string]any{"id": "1", "type": "subscribe", "payload": json.RawMessage(payload)})
	if err == nil {
		err = conn.SetReadDeadline(time.Now().Add(soon))
	}
	if err != nil {
		t.Fatal(err)
	}
	_, message, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(message)
}

// everyWay runs an operation over each transport and returns the answers by transport.
func (s *site) everyWay(t *testing.T, payload string) map[string]string {
	t.Helper()
	var p map[string]json.RawMessage
	if err := json.Unmarshal([]byte(payload), &p); err != nil {
		t.Fatal(err)
	}
	query := url.Values{}
	for name, text := range p {
		var value string
		if json.Unmarshal(text, &value) != nil {
			value = string(text)
		}
		query.Set(name, value)
	}
	all := map[string]string{"a socket": s.answerOverSocket(t, "/graphql", payload)}
	_, all["POST"] = s.calls(t, http.MethodPost, "/graphql", payload, jsonBody()...)
	_, all["GET"] = s.calls(t, http.MethodGet, "/graphql?"+query.Encode(), "")
	_, all["SSE"] = s.calls(t, http.MethodPost, "/graphql", payload, jsonBody("Accept", stream)...)
	_, all["SSE by GET"] = s.calls(t, http.MethodGet, "/graphql?"+query.Encode(), "", "Accept", stream)
	return all
}
