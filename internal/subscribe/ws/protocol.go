package ws

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// protocol describes the messages of one of the two subprotocols.
type protocol struct {
	name      string // of the WebSocket subprotocol
	start     string // the type of the client's message that starts an operation
	stop      string // the type of the client's message that stops an operation
	next      string // the type of a response's message
	failed    string // the type of a failure's message
	terminate string // the type of the client's message that ends the connection; empty: none
	oneError  bool   // a failure's payload is one error instead of a list

	// replaces is true if a start message with an id in use replaces the operation of that id. If
	// it is false, such a message breaks the rules.
	replaces bool
	// keepAlive is a message that is sent after connection_ack and with each ping. Nil means none.
	keepAlive []byte
}

// modern is graphql-transport-ws (the GraphQL over WebSocket protocol of the graphql-ws library,
// versions 5 and 6).
var modern = &protocol{
	name: "graphql-transport-ws", start: "subscribe", stop: "complete", next: "next", failed: "error",
}

// old is graphql-ws (subscriptions-transport-ws 0.11), which GraphQL Playground and older Apollo
// clients speak.
var old = &protocol{
	name: "graphql-ws", start: "start", stop: "stop", next: "data", failed: "error",
	terminate: "connection_terminate", replaces: true, oneError: true,
	keepAlive: []byte(`{"type":"ka"}`),
}

// The close codes of graphql-transport-ws. The older protocol defines no codes, and its clients
// accept any code.
const (
	closeNormal       = 1000
	closeBadMessage   = 4400
	closeUnauthorized = 4401
	closeForbidden    = 4403
	closeSubprotocol  = 4406
	closeInitTimeout  = 4408
	closeDuplicate    = 4409
	closeTwice        = 4429 // also after a flood of messages
	closeInternal     = 4500 // stock clients do not reconnect after it
)

// acknowledgement answers connection_init.
var acknowledgement = []byte(`{"type":"connection_ack"}`)

// message is what a client sends.
type message struct {
	ID      *string         `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// object returns the payload, which must be an object or absent. It returns nil for an absent
// payload.
func (m *message) object() (payload map[string]any, ok bool) {
	if len(m.Payload) == 0 {
		return nil, true
	}
	err := json.Unmarshal(m.Payload, &payload)
	return payload, err == nil
}

// isObject reports whether the payload is an object, null or absent. It decodes nothing, because
// the payload is JSON already, and a ping may have a long one.
func (m *message) isObject() bool {
	return len(m.Payload) == 0 || m.Payload[0] == '{' || string(m.Payload) == "null"
}

// namesDocument reports whether the payload names a document: by its query, even an empty one, or
// by its extensions, for a persisted document.
func (m *message) namesDocument() bool {
	var payload struct {
		Query      *string
		Extensions map[string]json.RawMessage
	}
	return json.Unmarshal(m.Payload, &payload) == nil && (payload.Query != nil || payload.Extensions != nil)
}

// head returns the bytes before the payload in the messages of an operation. kind is the type of
// the messages. The bytes after the payload are tail.
func head(kind, id string) []byte {
	quoted, err := json.Marshal(id)
	if err != nil {
		quoted = []byte(`""`) // unreachable: a string can always be encoded
	}
	b := append([]byte(`{"id":`), quoted...)
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	return append(b, `","payload":`...)
}

var tail = []byte(`}`)

// completed returns the message that ends an operation.
func completed(id string) []byte {
	b := head("complete", id)
	return append(b[:len(b)-len(`,"payload":`)], '}')
}

// failure returns the message that ends a failed operation.
func (p *protocol) failure(id string, list gqlerror.List) []byte {
	var payload any = list
	if p.oneError && len(list) > 0 {
		payload = list[0]
	}
	text, err := json.Marshal(payload)
	if err != nil {
		// Unreachable: messages and extensions are strings.
		text = []byte(`[{"message":"internal server error"}]`)
	}
	return append(append(head(p.failed, id), text...), '}')
}
