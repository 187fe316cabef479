package sse

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/limit"
	"bis/internal/subscribe"
)

// Bounds of reservations.
const (
	maxReserved  = 10_000
	reservedTime = time.Minute // for a stream that is not opened
)

// tokenHeader names a client's reserved stream (GraphQL over SSE, single connection mode).
const tokenHeader = "X-GraphQL-Event-Stream-Token"

// token returns the token of the stream that a call is about. It may stand in the address, because
// an EventSource has no headers of its own. Empty: the call names no stream.
func token(r *http.Request) string {
	if t := r.Header.Get(tokenHeader); t != "" {
		return t
	}
	if r.URL.RawQuery == "" {
		return ""
	}
	return r.URL.Query().Get("token")
}

// single is a stream for all operations of a client.
//
//	reserved ──GET──► open ──its connection ends──► over
//	   └────────nobody opens it within reservedTime──► over
type single struct {
	t      *Transport
	token  string
	expiry *time.Timer
	stream *stream         // queues events before it is opened, too
	ctx    context.Context // of its operations
	cancel context.CancelFunc

	mu         sync.Mutex // guards what follows
	opened     bool
	operations map[string]*singleOperation // by id; nil: the stream is over
}

// serveSingle answers the calls of single connection mode: PUT reserves a stream, GET opens it,
// POST starts an operation, DELETE stops one.
func (t *Transport) serveSingle(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if r.Method == http.MethodPut {
		t.reserve(w, r)
		return
	}
	name := token(r)
	t.mu.Lock()
	s := t.reserved[name]
	t.mu.Unlock()
	switch {
	case name == "":
		http.Error(w, "the stream's token is missing", http.StatusBadRequest)
	case s == nil:
		http.Error(w, "there is no stream of this token", http.StatusNotFound)
	case r.Method == http.MethodGet:
		s.open(w, r)
	case r.Method == http.MethodPost:
		s.post(w, r, exec)
	default:
		s.delete(w, r.URL.Query().Get("operationId"))
	}
}

// reserve makes a stream that is yet to be opened, and answers with its token. Nobody can guess
// the token: it has at least 128 random bits.
func (t *Transport) reserve(w http.ResponseWriter, r *http.Request) {
	s := &single{
		t: t, token: rand.Text(), stream: t.newStream(), operations: make(map[string]*singleOperation),
	}
	s.ctx, s.cancel = context.WithCancel(limit.WithCaller(t.core.Context(), limit.CallerOf(r.Context())))
	s.stream.room = s.room
	t.mu.Lock()
	full := len(t.reserved) >= maxReserved
	if !full {
		t.reserved[s.token] = s
		s.expiry = time.AfterFunc(reservedTime, s.end)
	}
	t.mu.Unlock()
	if full {
		s.cancel()
		http.Error(w, "too many streams", http.StatusTooManyRequests)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, s.token) // the caller may be gone
}

// open serves the stream itself, until its connection ends. Then the operations end, too.
func (s *single) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	refused := s.opened || s.operations == nil
	s.opened = true
	s.mu.Unlock()
	if refused {
		http.Error(w, "the stream is open already", http.StatusConflict)
		return
	}
	s.expiry.Stop()
	s.stream.attach(w)
	defer s.t.remove(s.stream)
	defer s.end()
	s.stream.open()
	s.stream.run(r.Context())
}

// end stops the operations and gives up the token.
func (s *single) end() {
	s.t.mu.Lock()
	delete(s.t.reserved, s.token)
	s.t.mu.Unlock()
	s.cancel()
	s.mu.Lock()
	list := s.operations
	s.operations = nil
	s.mu.Unlock()
	for _, o := range list {
		o.Stop()
	}
}

// room tells all operations that the stream has room.
func (s *single) room() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operations {
		o.Room()
	}
}

// post starts an operation, whose messages come on the stream. An operation that is not valid is
// answered here.
func (s *single) post(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := graph.FromBody(w, r)
	if err != nil {
		graph.Refuse(w, r, err)
		return
	}
	id, ok := params.Extensions["operationId"].(string)
	if !ok || id == "" {
		http.Error(w, "extensions.operationId must be a string", http.StatusBadRequest)
		return
	}
	op, errs := subscribe.Create(s.ctx, exec, params)
	if errs != nil {
		answerInvalid(w, errs)
		return
	}
	o := &singleOperation{single: s, id: id}
	ctx := o.Open(s.ctx)
	if status, message := s.add(o); status != http.StatusAccepted {
		o.Stop()
		http.Error(w, message, status)
		return
	}
	s.t.core.Go(func() { o.Run(ctx, s.t.core, subscribe.Call{Exec: exec, Op: op, Client: o}) })
	w.WriteHeader(http.StatusAccepted)
}

// answerInvalid answers a POST whose operation is not valid.
func answerInvalid(w http.ResponseWriter, errs gqlerror.List) {
	body, err := graph.Encode(&graphql.Response{Errors: errs})
	if err != nil {
		http.Error(w, "the operation is not valid", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body) // the caller may be gone
}

// delete stops an operation. An unknown id is of an operation that has ended already.
func (s *single) delete(w http.ResponseWriter, id string) {
	if id == "" {
		http.Error(w, "operationId is missing", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	o := s.operations[id]
	delete(s.operations, id)
	s.mu.Unlock()
	if o != nil {
		o.Stop()
	}
	w.WriteHeader(http.StatusOK)
}
