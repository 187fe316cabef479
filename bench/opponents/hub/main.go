// Command hub is nothing but gorilla/websocket and a map. A text becomes a frame once, and each
// delivery is one write by the publisher's goroutine. It has no history, no queue and no protection
// from a client that does not read.
package main

import (
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"bis/bench/opponents/stage"
)

func main() {
	h := &hub{topics: map[string]map[*websocket.Conn]bool{}}
	stage.Run("/ws", h, h.publish)
}

// hub has the connections of each topic.
type hub struct {
	mu     sync.Mutex // guards topics; locked while a text is written
	topics map[string]map[*websocket.Conn]bool
}

// upgrader has the smallest buffers that gorilla allows: 1 KiB for reading instead of the 4 KiB of
// net/http, and pooled ones for writing.
var upgrader = websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferPool: &sync.Pool{}}

// ServeHTTP implements http.Handler.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	topic := r.URL.Query().Get("topic")
	h.mu.Lock()
	if h.topics[topic] == nil {
		h.topics[topic] = map[*websocket.Conn]bool{}
	}
	h.topics[topic][ws] = true
	h.mu.Unlock()
	for err == nil {
		_, _, err = ws.NextReader()
	}
	h.mu.Lock()
	delete(h.topics[topic], ws)
	h.mu.Unlock()
	ws.Close()
}

// publish writes a text to every subscriber of a topic.
func (h *hub) publish(topic, text string) error {
	message, err := stage.Message(text)
	if err != nil {
		return err
	}
	frame, err := websocket.NewPreparedMessage(websocket.TextMessage, message)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	deadline := time.Now().Add(10 * time.Second)
	for ws := range h.topics[topic] {
		if ws.SetWriteDeadline(deadline) != nil || ws.WritePreparedMessage(frame) != nil {
			ws.Close() // ServeHTTP removes it
		}
	}
	return nil
}
