package subscribetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// Peer is a client's socket. Its methods fail the test when the socket breaks.
type Peer struct {
	t *testing.T
	*websocket.Conn
}

// Dial opens a socket of a subprotocol and sends nothing.
func (h *House) Dial(subprotocol string) Peer {
	h.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{subprotocol}}
	conn, _, err := d.DialContext(h.t.Context(), strings.Replace(h.URL, "http", "ws", 1), nil)
	Must(h.t, err)
	h.t.Cleanup(func() { conn.Close() })
	return Peer{h.t, conn}
}

// Init opens a graphql-transport-ws socket and waits for its connection_ack.
func (h *House) Init() Peer {
	h.t.Helper()
	p := h.Dial("graphql-transport-ws")
	p.Says(`{"type":"connection_init"}`)
	p.Hears(`{"type":"connection_ack"}`)
	return p
}

// Says sends a message.
func (p Peer) Says(message string) {
	p.t.Helper()
	Must(p.t, p.WriteMessage(websocket.TextMessage, []byte(message)))
}

// Hears reads messages and compares them with want. It skips pings.
func (p Peer) Hears(want ...string) {
	p.t.Helper()
	for _, w := range want {
		for {
			Must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
			_, got, err := p.ReadMessage()
			if err != nil {
				p.t.Fatalf("%v, want %s", err, w)
			}
			text := strings.TrimSpace(string(got))
			if text == `{"type":"ping"}` || text == `{"type":"ka"}` && w != text {
				continue
			}
			if text != w {
				p.t.Errorf("heard %s, want %s", text, w)
			}
			break
		}
	}
}

// Ends reads messages until an operation completes. It skips results.
func (p Peer) Ends() {
	p.t.Helper()
	for {
		Must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, got, err := p.ReadMessage()
		if err != nil {
			p.t.Fatalf("%v, want a completion", err)
		}
		switch text := string(got); {
		case strings.Contains(text, `"type":"complete"`):
			return
		case strings.Contains(text, `"type":"error"`):
			p.t.Errorf("heard %s, want a completion", text)
			return
		}
	}
}

// Closes reads until the server closes the socket, and fails the test if the close code is not
// code.
func (p Peer) Closes(code int) {
	p.t.Helper()
	Must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
	for {
		_, got, err := p.ReadMessage()
		if websocket.IsCloseError(err, code) {
			return
		}
		if err != nil {
			p.t.Fatalf("%v, want a close with %d", err, code)
		}
		p.t.Logf("before the close: %s", got)
	}
}

// Subscribe starts an operation of graphql-transport-ws.
func (p Peer) Subscribe(id, query string, variables map[string]any) {
	p.t.Helper()
	payload, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	Must(p.t, err)
	p.Says(fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":%s}`, id, payload))
}

// Follows reads n captions of one operation. If n is 0, it reads until the operation is complete.
func (p Peer) Follows(n int) []string {
	p.t.Helper()
	captions, _ := p.Reads(n)
	return captions
}

// Reads is like Follows, and also returns the cursor of the last briefing.
func (p Peer) Reads(n int) (captions []string, cursor string) {
	p.t.Helper()
	for n == 0 || len(captions) < n {
		Must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, got, err := p.ReadMessage()
		Must(p.t, err)
		var m struct {
			Type    string
			Payload struct {
				Data struct {
					Briefings struct {
						Caption, Cursor string
					}
				}
			}
		}
		Must(p.t, json.Unmarshal(got, &m))
		switch m.Type {
		case "next":
			captions = append(captions, m.Payload.Data.Briefings.Caption)
			cursor = m.Payload.Data.Briefings.Cursor
		case "complete":
			return captions, cursor
		default:
			p.t.Fatalf("heard %s", got)
		}
	}
	return captions, cursor
}
