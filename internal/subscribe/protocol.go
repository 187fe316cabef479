package subscribe

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// protocol is how one of the two subprotocols calls things.
type protocol struct {
	name                string // the WebSocket subprotocol
	next, failed, begin string // types of messages
	stop                string
	replaces            bool // a begin with an id in use takes its place, rather than breaking the rules
	keepAlive           []byte
	oneError            bool   // a failure's payload is one error rather than all
	goodbye             string // ends the connection; empty: there is none
}

// modern is graphql-transport-ws (the GraphQL over WebSocket protocol of the graphql-ws library,
// versions 5 and 6).
var modern = &protocol{name: "graphql-transport-ws", next: "next", failed: "error", begin: "subscribe", stop: "complete"}

// old is graphql-ws (subscriptions-transport-ws 0.11), which GraphQL Playground and older Apollo
// clients speak.
var old = &protocol{
	name: "graphql-ws", next: "data", failed: "error", begin: "start", stop: "stop", replaces: true, oneError: true,
	keepAlive: []byte(`{"type":"ka"}`), goodbye: "connection_terminate",
}

// The close codes of graphql-transport-ws. The older protocol has none of its own; its clients take
// any.
const (
	closeNormal       = 1000
	closeBadMessage   = 4400
	closeUnauthorized = 4401
	closeForbidden    = 4403
	closeSubprotocol  = 4406
	closeInitTimeout  = 4408
	closeDuplicate    = 4409
	closeTwice        = 4429
	closeInternal     = 4500 // stock clients do not come back
)

// acknowledged answers a connection_init.
var acknowledged = []byte(`{"type":"connection_ack"}`)

// message is what clients say.
type message struct {
	ID      *string         `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// object reads a payload that may be left out, but must be an object otherwise.
func (m *message) object() (map[string]any, bool) {
	var object map[string]any
	if len(m.Payload) == 0 {
		return nil, true
	}
	return object, json.Unmarshal(m.Payload, &object) == nil
}

// names reports whether the payload names a document, be it an empty one, or extensions that may.
func (m *message) names() bool {
	var payload struct {
		Query      *string
		Extensions map[string]json.RawMessage
	}
	return json.Unmarshal(m.Payload, &payload) == nil && (payload.Query != nil || payload.Extensions != nil)
}

// head is what stands before the payload in an operation's messages, up to it.
func head(kind, id string) []byte {
	quoted, err := json.Marshal(id)
	if err != nil {
		quoted = []byte(`""`) // a string can always be written
	}
	b := append([]byte(`{"id":`), quoted...)
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	return append(b, `","payload":`...)
}

// tail is what stands behind it.
var tail = []byte(`}`)

// completed is the message that ends an operation.
func completed(id string) []byte {
	b := head("complete", id)
	return append(b[:len(b)-len(`,"payload":`)], '}')
}

// failure is the message that ends an operation that failed.
func (p *protocol) failure(id string, list gqlerror.List) []byte {
	var payload any = list
	if p.oneError && len(list) > 0 {
		payload = list[0]
	}
	text, err := json.Marshal(payload)
	if err != nil {
		text = []byte(`[{"message":"internal server error"}]`) // extensions are strings, which can be written
	}
	return append(append(head(p.failed, id), text...), '}')
}
