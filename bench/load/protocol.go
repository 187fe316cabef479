package load

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Protocol is how a contender's clients talk.
type Protocol struct {
	Path        func(topic string) string
	Subprotocol string
	// Hello is sent after the handshake; the answer holds Welcome. Both empty: nothing is said.
	Hello, Welcome string
	// Subscribe orders a topic, after a cursor where there is one. Nil: the path does.
	Subscribe func(topic, after string) string
	// Unsubscribe ends the order and leaves the socket open.
	Unsubscribe string
	// Ping and Pong are the protocol's own, beside WebSocket's.
	Ping, Pong string
	// Failed marks a message that refuses or ends the subscription.
	Failed []string
	// Resumes says that a client goes on after its last cursor.
	Resumes bool
}

// Operation is the subscription that all GraphQL contenders answer; the argument's name is theirs.
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

// GraphQL is this server's and the other GraphQL servers' protocol; only this server resumes.
func GraphQL(resumes bool) Protocol { return transportWS("/graphql", resumes) }

// Centrifuge is the engine's JSON protocol.
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

// Bare is a socket whose path says the topic and which is only written to.
func Bare(path string) Protocol {
	return Protocol{Path: func(topic string) string { return path + "?topic=" + topic }}
}

// bundled reports whether a message that delivers something has a ping among its lines, as centrifuge sends them under load.
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

// ping reports whether a message that is no delivery wants an answer.
func (p *Protocol) isPing(message []byte) bool {
	if p.Ping == "{}" {
		return string(bytes.TrimSpace(message)) == p.Ping
	}
	return p.Ping != "" && bytes.Contains(message, []byte(p.Ping))
}

func (p *Protocol) isFailure(message []byte) bool {
	for _, mark := range p.Failed {
		if bytes.Contains(message, []byte(mark)) {
			return true
		}
	}
	return false
}

// textSize is about a caption's, in bytes.
const textSize = 200

const sentence = "매장 안에 손님 두 분이 계시고 음료 진열대 앞에 한 분이 오래 머무르고 있습니다. 계산대는 비어 있으며 출입문은 닫혀 있습니다. 바닥에 떨어진 물건은 보이지 않습니다. "

// mark encloses a sequence number in a text. No contender's envelope holds one.
const mark = '~'

// Text is a Korean text that carries a sequence number, about as long as size says; zero means a caption's.
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

// sequence finds the next number in a message and returns what follows it; found is false when there is none.
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

var cursorMark = []byte(`"cursor":"`)

// cursor finds the position in a delivery; nil when there is none.
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
