package main

import (
	"context"
	"sync"

	"bis/bench/opponents/stage"
)

// waiting is the most briefings that wait for one subscriber. Further ones are discarded for that
// subscriber, so that it delays nobody. The generator never has that many in flight, so a client
// that reads loses none.
const waiting = 256

// hub has a channel for every subscriber, as in gqlgen's examples.
type hub struct {
	mu     sync.RWMutex // guards topics
	topics map[string]map[chan *stage.Briefing]bool
}

// subscribe returns a channel that is closed when ctx ends.
func (h *hub) subscribe(ctx context.Context, topic string) <-chan *stage.Briefing {
	c := make(chan *stage.Briefing, waiting)
	h.mu.Lock()
	if h.topics[topic] == nil {
		h.topics[topic] = map[chan *stage.Briefing]bool{}
	}
	h.topics[topic][c] = true
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.topics[topic], c)
		if len(h.topics[topic]) == 0 {
			delete(h.topics, topic)
		}
		close(c)
	})
	return c
}

// publish sends a text to every subscriber of a topic.
func (h *hub) publish(topic, text string) error {
	b := new(stage.Briefing)
	*b = stage.New(text)
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.topics[topic] {
		select {
		case c <- b:
		default:
		}
	}
	return nil
}
