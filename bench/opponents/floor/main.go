// Command floor is a server with the least possible cost of a delivery over WebSocket. A text
// becomes a frame once, and the publisher writes its bytes to each connection, one write for each
// text. Package net writes, without a deadline. Gorilla does the handshake and the reading. It has
// no history, no queue and no protection from a client that does not read.
package main

import (
	"encoding/binary"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/gorilla/websocket"

	"bis/bench/opponents/stage"
)

func main() {
	f := &floor{topics: map[string][]net.Conn{}}
	stage.Run("/ws", f, f.publish)
}

// floor has the connections of each topic.
type floor struct {
	mu     sync.Mutex // guards topics; locked while a text is written
	topics map[string][]net.Conn
}

// upgrader has the smallest buffers that gorilla allows.
var upgrader = websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferPool: &sync.Pool{}}

// ServeHTTP implements http.Handler.
func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	topic, conn := r.URL.Query().Get("topic"), ws.NetConn()
	f.mu.Lock()
	f.topics[topic] = append(f.topics[topic], conn)
	f.mu.Unlock()
	for err == nil {
		_, _, err = ws.NextReader()
	}
	f.mu.Lock()
	f.topics[topic] = slices.DeleteFunc(f.topics[topic], func(c net.Conn) bool { return c == conn })
	f.mu.Unlock()
	conn.Close()
}

// publish writes a text to every subscriber of a topic.
func (f *floor) publish(topic, text string) error {
	message, err := stage.Message(text)
	if err != nil {
		return err
	}
	frame := append(header(len(message)), message...)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, conn := range f.topics[topic] {
		if _, err := conn.Write(frame); err != nil {
			conn.Close() // ServeHTTP removes it
		}
	}
	return nil
}

// header returns the header of a text frame of n bytes (RFC 6455, section 5.2).
func header(n int) []byte {
	if n < 126 {
		return []byte{0x81, byte(n)}
	}
	return binary.BigEndian.AppendUint16([]byte{0x81, 126}, uint16(n))
}
