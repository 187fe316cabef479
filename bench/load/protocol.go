package load

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Protocol describes the messages of a contender's clients.
type Protocol struct {
	// Path is where the socket of a topic opens.
	Path        func(topic string) string
	Subprotocol string
	// Hello is sent after the handshake. The answer must contain Welcome. Both are empty if the
	// protocol has no greeting.
	Hello, Welcome string
	// Subscribe returns the message that subscribes to a topic after a cursor, which may be
	// empty. Nil means that Path subscribes.
	Subscribe func(topic, after string) string
	// Unsubscribe ends the subscription and leaves the socket open. Empty means that the protocol
	// has no such message.
	Unsubscribe string
	// Ping and Pong are the protocol's own messages, in addition to WebSocket's frames. Empty means
	// none.
	Ping, Pong string
	// Failed are the marks of a message that refuses or ends the subscription.
	Failed []string
	// Resumes says that a client resumes after its last cursor.
	Resumes bool
}

// Operation is the subscription that all GraphQL contenders answer. The names of its arguments
// are this server's.
const Operation = `subscription Briefings($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { cursor at caption } }`

// transportWS is the graphql-transport-ws protocol.
func transportWS(path string, resumes bool) Protocol {
	return Protocol{
		Path:        func(string) string { return path },
		Subprotocol: "graphql-transport-ws",
		Hello:       `{"type":"connection_init"}`,
		Welcome:     `"connection_ack"`,
		Subscribe: func(topic, after string) string {
			position := "null"
			if after != "" {
				position = strconv.Quote(after)
			}
			return fmt.Sprintf(`{"id":"1","type":"subscribe","payload":{"query":%q,"variables":{"id":%q,"after":%s}}}`, Operation, topic, position)
		},
		Unsubscribe: `{"id":"1","type":"complete"}`,
		Ping:        `"type":"ping"`,
		Pong:        `{"type":"pong"}`,
		Failed:      []string{`"type":"error"`, `"type":"complete"`},
		Resumes:     resumes,
	}
}

// GraphQL is the protocol of this server and the other GraphQL servers. Only this server resumes.
func GraphQL(resumes bool) Protocol { return transportWS("/graphql", resumes) }

// Centrifuge is the JSON protocol of the centrifuge engine.
func Centrifuge() Protocol {
	return Protocol{
		Path:    func(string) string { return "/connection/websocket" },
		Hello:   `{"id":1,"connect":{}}`,
		Welcome: `"connect":`,
		Subscribe: func(topic, _ string) string {
			return fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q}}`, topic)
		},
		Ping: `{}`, Pong: `{}`,
		Failed: []string{`"error":`, `"disconnect":`, `"unsubscribe":`},
	}
}

// Bare is a socket whose path names the topic, and over which the client sends nothing.
func Bare(path string) Protocol {
	return Protocol{Path: func(topic string) string { return path + "?topic=" + topic }}
}

// hasPing reports whether a message with a delivery also has a ping among its lines, as
// centrifuge sends them under load.
func (p *Protocol) hasPing(message []byte) bool {
	if p.Ping != "{}" {
		return false
	}
	for line := range bytes.SplitSeq(message, []byte("\n")) {
		if string(line) == p.Ping {
			return true
		}
	}
	return false
}

// isPing reports whether a message without a delivery must be answered by a pong.
func (p *Protocol) isPing(message []byte) bool {
	if p.Ping == "{}" {
		return string(bytes.TrimSpace(message)) == p.Ping
	}
	return p.Ping != "" && bytes.Contains(message, []byte(p.Ping))
}

// isFailure reports whether a message refuses or ends the subscription.
func (p *Protocol) isFailure(message []byte) bool {
	for _, mark := range p.Failed {
		if bytes.Contains(message, []byte(mark)) {
			return true
		}
	}
	return false
}

// textSize is about the size of a caption, in bytes.
const textSize = 200

// sentence fills the texts.
const sentence = "매장 안에 손님 두 분이 계시고 음료 진열대 앞에 한 분이 오래 머무르고 있습니다. 계산대는 비어 있으며 출입문은 닫혀 있습니다. 바닥에 떨어진 물건은 보이지 않습니다. "

// mark encloses the sequence number in a text. No contender's envelope contains one.
const mark = '~'

// Text returns a Korean text that carries a sequence number, of about size bytes. A size of zero
// means textSize.
func Text(sequence int64, size int) string {
	if size == 0 {
		size = textSize
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%c%d%c", mark, sequence, mark)
	for b.Len() < size {
		for _, r := range sentence {
			if b.Len() >= size {
				break
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// sequence returns the next sequence number in a message and what follows it.
func sequence(message []byte) (number int64, rest []byte, found bool) {
	i := bytes.IndexByte(message, mark)
	if i < 0 {
		return 0, nil, false
	}
	for i++; i < len(message) && message[i] != mark; i++ {
		number = number*10 + int64(message[i]-'0')
	}
	return number, message[min(i+1, len(message)):], true
}

// cursorMark precedes the cursor in a delivery.
var cursorMark = []byte(`"cursor":"`)

// cursor returns the cursor in a delivery, or nil if there is none.
func cursor(message []byte) []byte {
	_, after, found := bytes.Cut(message, cursorMark)
	if !found {
		return nil
	}
	value, _, found := bytes.Cut(after, []byte{'"'})
	if !found {
		return nil
	}
	return value
}
