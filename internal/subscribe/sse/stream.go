package sse

import (
	"context"
	"net/http"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/limit"
	"bis/internal/subscribe"
)

const (
	// keepAlive is the time between comments of a stream that has nothing to tell.
	keepAlive = 15 * time.Second
	// pieceLen is how many bytes are written at once. Each piece has the write timeout for itself.
	pieceLen = 16 << 10
)

// comment keeps a stream alive. Clients ignore it.
var comment = []byte(":\n\n")

// stream is one SSE answer. Events are queued, and the handler's goroutine writes them.
//
//	queueing ──run──► writing ──finish and the queue is written──► over
//	    └───────────────┴─────abort, a write that fails──────────► over
type stream struct {
	t       *Transport
	w       http.ResponseWriter
	control *http.ResponseController
	wake    chan struct{} // one token: the state below has changed
	room    func()        // called when there is room again; set before the first accept
	opened  bool          // the head was sent; used by the handler's goroutine

	mu       sync.Mutex // guards what follows
	queue    []byte
	budget   account
	refused  bool // accept found no room
	finished bool // the queue is the last that is written
	aborted  bool // nothing is written any more
	severed  bool // what is being written is given up
}

// newStream returns a stream that queues events. It writes after attach and run.
func (t *Transport) newStream() *stream {
	return &stream{t: t, wake: make(chan struct{}, 1), room: func() {}}
}

// countFor has what waits count for a caller. It is called before the first event.
func (s *stream) countFor(caller limit.Caller) *stream {
	s.budget.share = s.t.core.InFlight().Share(caller)
	return s
}

// attach gives the stream its answer. The caller removes it from the transport when it is over.
func (s *stream) attach(w http.ResponseWriter) {
	s.w, s.control = w, http.NewResponseController(w)
	s.t.add(s)
}

// open sends the head of the answer, so that the client knows that it is connected. It does
// nothing the second time.
func (s *stream) open() {
	if s.opened {
		return
	}
	s.opened = true
	h := s.w.Header()
	h.Set("Content-Type", eventStream+"; charset=utf-8")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("Connection", "keep-alive")
	h.Set("X-Accel-Buffering", "no")
	s.w.WriteHeader(http.StatusOK)
	s.write(comment)
}

// accept queues the events of a batch, as many as find room, and returns how many those are. event
// makes an event of a payload. A stream that is over accepts everything.
func (s *stream) accept(
	b subscribe.Batch, event func(briefing.Cursor, []byte) []byte,
) (accepted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aborted || s.finished {
		return b.Len()
	}
	for i, payload := range b.Payloads {
		e := event(b.Cursors[i], payload)
		if len(s.queue) > 0 && len(s.queue)+len(e) > subscribe.QueueBytes {
			s.refused = true
			return i
		}
		if !s.budget.affords(len(e)) {
			s.refused = true
			s.budget.await(len(e), s.budgetHasRoom)
			return i
		}
		s.enqueue(e)
	}
	return b.Len()
}

// push queues an event whether there is room or not. When more than twice the bound waits, the
// client asks for more than it reads, and the stream is aborted.
func (s *stream) push(event []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) > 2*subscribe.QueueBytes {
		s.aborted, s.queue = true, nil
		s.budget.discharge()
		s.signal()
	}
	s.enqueue(event)
}

// finish ends the stream with an event.
func (s *stream) finish(event []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enqueue(event)
	s.finished = true
}

// enqueue queues an event, unless the stream is over; s.mu is held.
func (s *stream) enqueue(event []byte) {
	if s.aborted || s.finished {
		return
	}
	s.budget.charge(len(event))
	s.queue = append(s.queue, event...)
	s.signal()
}

// signal wakes the goroutine that writes.
func (s *stream) signal() {
	select {
	case s.wake <- struct{}{}:
	default: // a token is there already
	}
}

// abort breaks the stream off, without a "complete", so that its client comes back.
func (s *stream) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted = true
	s.signal()
}

// close ends the stream for good, and gives back what it has of the budget.
func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted, s.queue = true, nil
	s.budget.discharge()
}

// budgetHasRoom has the operations try again.
func (s *stream) budgetHasRoom() {
	s.mu.Lock()
	s.budget.stop = nil
	refused := s.refused
	s.refused = false
	s.mu.Unlock()
	if refused {
		s.room()
	}
}

// run writes until the stream is over or ctx ends.
func (s *stream) run(ctx context.Context) {
	beat := time.NewTicker(keepAlive)
	defer beat.Stop()
	for {
		events, over := s.dequeue()
		if len(events) > 0 && !s.write(events) || over {
			return
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			s.abort()
			return
		case <-s.wake:
		case <-beat.C:
			if !s.write(comment) {
				return
			}
		}
	}
}

// dequeue empties the queue. over reports that nothing is written after these events.
func (s *stream) dequeue() (events []byte, over bool) {
	s.mu.Lock()
	events, over = s.queue, s.finished || s.aborted
	if s.aborted {
		events = nil
	}
	s.queue = nil
	s.budget.settle(len(events)) // those before them are written
	refused := s.refused
	s.refused = false
	s.mu.Unlock()
	if refused {
		s.room()
	}
	return events, over
}

// write writes p, and reports whether the client is still there.
func (s *stream) write(p []byte) bool {
	for len(p) > 0 {
		n := min(len(p), pieceLen)
		s.extendDeadline()
		if _, err := s.w.Write(p[:n]); err != nil || s.control.Flush() != nil {
			s.abort()
			return false
		}
		p = p[n:]
	}
	return true
}

// extendDeadline gives the next write the write timeout. It ignores writers without deadlines,
// which occur only in tests.
func (s *stream) extendDeadline() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.severed {
		_ = s.control.SetWriteDeadline(time.Now().Add(subscribe.WriteTimeout))
	}
}

// sever has a write that waits for the client fail now.
func (s *stream) sever() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted, s.severed = true, true
	_ = s.control.SetWriteDeadline(time.Now()) // see extendDeadline
}
