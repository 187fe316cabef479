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
	// keepAlive is the time between the comments on a stream without events.
	keepAlive = 15 * time.Second
	// pieceLen is how many bytes one write has at most. Each write may take the whole write
	// timeout.
	pieceLen = 16 << 10
)

// comment keeps a stream alive. Clients ignore it.
var comment = []byte(":\n\n")

// stream is one SSE response. Events are queued, and the handler's goroutine writes them.
//
//	queueing ──run──► writing ──finish and the queue is written──► over
//	    └───────────────┴─────abort, a write that fails──────────► over
type stream struct {
	t       *Transport
	w       http.ResponseWriter
	control *http.ResponseController
	wake    chan struct{} // contains a token when the fields below have changed
	room    func()        // called when the queue has room again; set before the first accept
	opened  bool          // the head was sent; used by the handler's goroutine

	mu       sync.Mutex // guards the fields below
	queue    []byte
	budget   account
	refused  bool // accept found no room since the last call of room
	finished bool // nothing is written after the queue
	aborted  bool // nothing more is written
	severed  bool // the current write fails at once
}

// newStream returns a stream that queues events. The events are written after attach, by run.
func (t *Transport) newStream() *stream {
	return &stream{t: t, wake: make(chan struct{}, 1), room: func() {}}
}

// countFor sets the caller in whose share the waiting bytes are booked. It must be called before
// the first event.
func (s *stream) countFor(caller limit.Caller) *stream {
	s.budget.share = s.t.core.InFlight().Share(caller)
	return s
}

// attach connects the stream with the HTTP response w. The caller must remove the stream from the
// transport at the end.
func (s *stream) attach(w http.ResponseWriter) {
	s.w, s.control = w, http.NewResponseController(w)
	s.t.add(s)
}

// open sends the header and a first comment, so that the client is connected. Further calls do
// nothing.
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

// accept queues the first events of a batch, as many as find room, and returns their number. The
// function event encodes a payload as an event. A stream that is over accepts and discards
// everything.
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

// push queues an event even if there is no room. If more than twice the bound waits already, push
// aborts the stream instead, because the client requests more than it reads.
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

// finish queues a last event, after which the stream ends.
func (s *stream) finish(event []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enqueue(event)
	s.finished = true
}

// enqueue queues an event, unless the stream is over. The caller has locked s.mu.
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

// abort ends the stream without a "complete" event, so that its client reconnects.
func (s *stream) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted = true
	s.signal()
}

// close ends the stream and releases its bookings.
func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted, s.queue = true, nil
	s.budget.discharge()
}

// budgetHasRoom notifies the operations if accept refused an event.
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

// dequeue empties the queue and returns its events. over reports that nothing is written after
// them.
func (s *stream) dequeue() (events []byte, over bool) {
	s.mu.Lock()
	events, over = s.queue, s.finished || s.aborted
	if s.aborted {
		events = nil
	}
	s.queue = nil
	s.budget.settle(len(events)) // the earlier events are written
	refused := s.refused
	s.refused = false
	s.mu.Unlock()
	if refused {
		s.room()
	}
	return events, over
}

// write writes p in pieces, and reports whether the client is still connected.
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

// extendDeadline sets the deadline of the next write to the write timeout from now. It ignores
// response writers without deadlines, which occur only in tests.
func (s *stream) extendDeadline() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.severed {
		_ = s.control.SetWriteDeadline(time.Now().Add(subscribe.WriteTimeout))
	}
}

// sever makes a write that waits for the client fail.
func (s *stream) sever() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted, s.severed = true, true
	_ = s.control.SetWriteDeadline(time.Now()) // for the error see extendDeadline
}
