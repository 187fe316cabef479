package server_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// persist registers a document by its hash over a socket and waits for the answer.
func persist(t *testing.T, conn *websocket.Conn, id, query string) (hash string) {
	t.Helper()
	hash = fmt.Sprintf("%x", sha256.Sum256([]byte(query)))
	payload := map[string]any{"query": query, "extensions": map[string]any{
		"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash},
	}}
	if err := conn.WriteJSON(map[string]any{"id": id, "type": "subscribe", "payload": payload}); err != nil {
		t.Fatal(err)
	}
	for kind := ""; kind != "complete"; {
		var m struct {
			Type    string
			Payload json.RawMessage
		}
		if err := conn.ReadJSON(&m); err != nil {
			t.Fatal(err)
		}
		if kind = m.Type; kind == "error" {
			t.Fatalf("document %s: %s", id, m.Payload)
		}
	}
	return hash
}

// An address that registers many new documents over a socket evicts its own documents, and not
// those of another address.
func TestCallers_on_sockets_have_their_own_part_of_the_cache(t *testing.T) {
	t.Parallel()
	s := start(t)
	honest, err := dialGraphQL(t.Context(), s.url+"/graphql")
	if err != nil {
		t.Fatal(err)
	}
	defer honest.Close()
	hash := persist(t, honest, "1", "{ __typename }")

	other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, NetDialContext: other.DialContext}
	flood, _, err := dialer.DialContext(t.Context(), strings.Replace(s.url, "http", "ws", 1)+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer flood.Close()
	var ack struct{ Type string }
	if err := flood.WriteJSON(map[string]string{"type": "connection_init"}); err != nil {
		t.Fatal(err)
	}
	if err := flood.ReadJSON(&ack); err != nil || ack.Type != "connection_ack" {
		t.Fatalf("%q, %v, want connection_ack", ack.Type, err)
	}
	for n := range 80 { // more than an eighth of 8 MiB
		persist(t, flood, fmt.Sprint(n), fmt.Sprintf("{ a%d: __typename } # %s", n, strings.Repeat("x", 15<<10)))
	}

	body := fmt.Sprintf(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":%q}}}`, hash)
	if _, got := s.calls(t, "POST", "/graphql", body, jsonBody()...); got != `{"data":{"__typename":"Query"}}` {
		t.Errorf("the honest document answers %s", got)
	}
}
