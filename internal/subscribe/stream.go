package subscribe

import (
	"context"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/internal/briefing"
)

// streams is GraphQL over SSE: in distinct mode a stream for each operation, in single mode one for
// all of a client's, which it has reserved before.
type streams struct{ t *Transports }

const eventStream = "text/event-stream"

// Supports implements graphql.Transport.
func (streams) Supports(r *http.Request) bool {
	switch r.Method {
	case http.MethodPut, http.MethodDelete:
		return true
	case http.MethodGet, http.MethodPost:
		return strings.Contains(r.Header.Get("Accept"), eventStream) || token(r) != ""
	}
	return false
}

// Do implements graphql.Transport.
func (s streams) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	leave, ok := s.t.enter()
	if !ok {
		breakOff(w)
		return
	}
	defer leave()
	if r.Method == http.MethodPut || r.Method == http.MethodDelete || token(r) != "" {
		s.t.single(w, r, exec)
		return
	}
	params, readOnly, err := s.t.params(w, r)
	if err != nil {
		s.t.cfg.API.Refuse(w, r, err)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.t.ctx, cancel)() // Drain does not wait for a beginning that waits for the store
	if readOnly {
		ctx = s.t.cfg.API.ReadOnly(ctx)
	}
	if ratherJSON(r.Header.Values("Accept")) {
		if op, errs := create(ctx, exec, params); errs != nil || op.Operation.Operation != ast.Subscription {
			s.t.cfg.API.Answer(w, r.WithContext(ctx), exec, params)
			return
		}
	}
	out := s.t.newStream(w)
	defer s.t.closeStream(out)
	s.t.distinct(ctx, out, &distinct{stream: out}, func(after briefing.Cursor, d *distinct) begun {
		return s.t.begin(ctx, exec, params, after, d)
	}, r)
}

// ratherJSON reports whether a caller that takes a stream would rather have plain JSON, as urql
// names both for every query.
func ratherJSON(accept []string) bool {
	first := ""
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err == nil && (kind == eventStream || kind == "application/json" || kind == "application/graphql-response+json") {
			first = kind
			break
		}
	}
	return first != eventStream
}

// breakOff ends a connection without an answer: after any but 200 an EventSource never comes back.
func breakOff(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "restarting", http.StatusServiceUnavailable) // HTTP/2, behind a proxy
		return
	}
	_ = conn.Close() // nobody is told anything
}

// params reads an operation off a GET, by which nothing may be changed, or a POST.
func (t *Transports) params(w http.ResponseWriter, r *http.Request) (p *graphql.RawParams, readOnly bool, err error) {
	if r.Method == http.MethodGet {
		p, err = t.cfg.API.Query(r.URL.Query())
		readOnly = true
	} else {
		p, err = t.cfg.API.Body(w, r)
	}
	if err == nil {
		p.Headers = r.Header
	}
	return p, readOnly, err
}

// stream is one SSE answer. Its handler's goroutine writes; whoever has something to say puts it in
// the queue.
type stream struct {
	t       *Transports
	w       http.ResponseWriter
	control *http.ResponseController
	wake    chan struct{} // one token
	resume  func()        // has those go on that found no room; set before anything is tried
	opened  bool          // the head was sent; the handler's

	mu      sync.Mutex // guards what follows
	queue   []byte
	refused bool // a try found no room
	ending  bool // the queue is the last that is written
	broken  bool // nothing is written any more
	severed bool // what is being written is given up
}

func (t *Transports) newStream(w http.ResponseWriter) *stream {
	s := t.unopened()
	s.attach(w)
	return s
}

// unopened makes a stream that takes events, and is yet to be attached to an answer.
func (t *Transports) unopened() *stream {
	return &stream{t: t, wake: make(chan struct{}, 1), resume: func() {}}
}

// attach gives the stream its answer.
func (s *stream) attach(w http.ResponseWriter) {
	s.w, s.control = w, http.NewResponseController(w)
	s.t.streamsMu.Lock()
	s.t.streams[s] = struct{}{}
	draining := s.t.draining
	s.t.streamsMu.Unlock()
	if draining {
		s.restart() // the others were broken off already
	}
}

func (t *Transports) closeStream(s *stream) {
	t.streamsMu.Lock()
	defer t.streamsMu.Unlock()
	delete(t.streams, s)
}

// open sends the head of the answer, so that the client knows that it is connected.
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
	s.write([]byte(":\n\n"))
}

// try puts the events of a batch into the queue, as many as find room, and returns how many those
// are. make makes an event of a payload.
func (s *stream) try(b batch, make func(briefing.Cursor, []byte) []byte) (taken int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken || s.ending {
		return b.len() // its end is on the way
	}
	for i, body := range b.bodies {
		event := make(b.cursors[i], body)
		if len(s.queue) > 0 && len(s.queue)+len(event) > queueBytes {
			s.refused = true
			return i
		}
		s.put(event)
	}
	return b.len()
}

// must puts an event into the queue in any case. A client for which more of them wait than twice
// the bound asks for more than it reads: its stream is broken off.
func (s *stream) must(event []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) > 2*queueBytes {
		s.broken, s.queue = true, nil
		s.rouse()
	}
	s.put(event)
}

// last ends the stream with an event.
func (s *stream) last(event []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(event)
	s.ending = true
}

// put is must's half under the lock.
func (s *stream) put(event []byte) {
	if s.broken || s.ending {
		return
	}
	s.queue = append(s.queue, event...)
	s.rouse()
}

func (s *stream) rouse() {
	select {
	case s.wake <- struct{}{}:
	default: // a token is there already
	}
}

// restart breaks the stream off, without a "complete", so that its client comes back.
func (s *stream) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = true
	s.rouse()
}

// run writes until the stream or ctx ends.
func (s *stream) run(ctx context.Context) {
	beat := time.NewTicker(keepAlive)
	defer beat.Stop()
	for {
		events, over := s.take()
		if len(events) > 0 && !s.write(events) || over {
			return
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			s.restart()
			return
		case <-s.wake:
		case <-beat.C:
			if !s.write([]byte(":\n\n")) {
				return
			}
		}
	}
}

// take empties the queue.
func (s *stream) take() (events []byte, over bool) {
	s.mu.Lock()
	events, over = s.queue, s.ending || s.broken
	if s.broken {
		events = nil
	}
	s.queue = nil
	refused := s.refused
	s.refused = false
	s.mu.Unlock()
	if refused {
		s.resume()
	}
	return events, over
}

// write writes in pieces, each of which has the write timeout for itself. It reports whether the
// client is still there.
func (s *stream) write(p []byte) bool {
	const piece = 16 << 10
	for len(p) > 0 {
		n := min(len(p), piece)
		s.limit()
		if _, err := s.w.Write(p[:n]); err != nil || s.control.Flush() != nil {
			s.restart()
			return false
		}
		p = p[n:]
	}
	return true
}
