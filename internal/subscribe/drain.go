package subscribe

import (
	"context"
	"time"

	"bis/internal/socket"
)

// drainStreams breaks all streams off, spread over d.
func (t *Transports) drainStreams(ctx context.Context, d time.Duration) {
	t.streamsMu.Lock()
	t.draining = true
	list := make([]*stream, 0, len(t.streams))
	for s := range t.streams {
		list = append(list, s)
	}
	t.streamsMu.Unlock()
	rest := socket.Spread(ctx, d, list, t.openStreams, (*stream).restart)
	for _, s := range rest {
		s.restart()
	}
}

// openStreams returns how many streams are open.
func (t *Transports) openStreams() int {
	t.streamsMu.Lock()
	defer t.streamsMu.Unlock()
	return len(t.streams)
}

// severStreams has those that are left give up what their clients do not take.
func (t *Transports) severStreams() {
	t.streamsMu.Lock() // so none of them ends meanwhile, and leaves its connection to another call
	defer t.streamsMu.Unlock()
	for s := range t.streams {
		s.sever()
	}
}

// sever has a write that waits for the client fail now.
func (s *stream) sever() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken, s.severed = true, true
	_ = s.control.SetWriteDeadline(time.Now()) // as in limit
}

// limit gives what is written next the write timeout.
func (s *stream) limit() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.severed {
		_ = s.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // not every writer has deadlines; over TCP they all do
	}
}
