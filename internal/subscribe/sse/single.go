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

// reservedTime is how long a reserved stream waits to be opened before its token expires.
const reservedTime = time.Minute

// tokenHeader is the header with a reserved stream's token (GraphQL over SSE, single connection
// mode).
const tokenHeader = "X-GraphQL-Event-Stream-Token"

// token returns the token of the stream that a call names, or "" if it names none. The token may be
// in the URL's query, because a browser's EventSource cannot set headers.
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
//	   └────────not opened within reservedTime─────► over
type single struct {
	t       *Transport
	token   string
	caller  limit.Caller // the caller that reserved the stream; its slots are counted for it
	free    func()       // releases the stream's slot
	expiry  *time.Timer
	stream  *stream // also queues events before it is opened
	replays *subscribe.Replays
	ctx     context.Context // parent context of the operations
	cancel  context.CancelFunc

	mu         sync.Mutex // guards the fields below
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
	if err := t.core.Limits().Allow(r.Context(), limit.Subscriptions); err != nil {
		graph.RefuseRate(w, r, err)
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

// reserve creates a stream that the client opens later, and answers with its token. The token has
// at least 128 random bits, so it cannot be guessed. A reserved stream occupies one of the caller's
// connection slots, like an open one.
func (t *Transport) reserve(w http.ResponseWriter, r *http.Request) {
	free, err := t.core.Limits().Connect(r.Context())
	if err != nil {
		graph.RefuseRate(w, r, err)
		return
	}
	s := &single{
		t: t, token: rand.Text(), caller: limit.CallerOf(r.Context()), free: free,
		operations: make(map[string]*singleOperation),
	}
	s.stream, s.replays = t.newStream().countFor(s.caller), t.core.Replays(s.caller)
	s.ctx, s.cancel = context.WithCancel(limit.WithCaller(t.core.Context(), s.caller))
	s.stream.room = s.room
	t.mu.Lock()
	t.reserved[s.token] = s
	s.expiry = time.AfterFunc(reservedTime, s.end)
	t.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, s.token) // the caller may be gone
}

// open serves the stream until its connection ends. It then ends the operations.
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

// end stops the operations, and removes the token and the stream's slot.
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
	s.t.core.Limits().End(s.caller, len(list))
	s.free()
	s.stream.close()
}

// room notifies all operations that the stream has room.
func (s *single) room() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operations {
		o.Room()
	}
}

// post starts an operation, whose messages are sent on the stream. The errors of an invalid
// operation are the answer to the POST itself.
func (s *single) post(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := graph.FromBody(w, r)
	if err != nil {
		graph.Refuse(w, r, err)
		return
	}
	id, ok := params.Extensions["operationId"].(string)
	if !ok || id == "" || len(id) > subscribe.MaxID {
		http.Error(w, "extensions.operationId must be a string of at most 1024 bytes", http.StatusBadRequest)
		return
	}
	op, errs := exec.CreateOperationContext(s.ctx, params)
	if errs != nil {
		refuseOperation(w, r, exec, op, errs)
		return
	}
	o := &singleOperation{single: s, id: id}
	ctx := o.Open(s.ctx)
	if err := s.t.core.Limits().Begin(s.caller); err != nil {
		o.Stop()
		graph.RefuseRate(w, r, err)
		return
	}
	if status, message := s.add(o); status != http.StatusAccepted {
		o.Stop()
		s.t.core.Limits().End(s.caller, 1)
		if status == http.StatusTooManyRequests {
			s.t.core.Limits().Report(s.caller, limit.TooManyOperating)
		}
		http.Error(w, message, status)
		return
	}
	s.t.core.Go(func() {
		o.Run(ctx, s.t.core, subscribe.Call{Exec: exec, Op: op, Client: o, Replays: s.replays, Bytes: len(id)})
	})
	w.WriteHeader(http.StatusAccepted)
}

// refuseOperation answers a POST whose operation is invalid or exceeds a rate.
func refuseOperation(
	w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor,
	op *graphql.OperationContext, errs gqlerror.List,
) {
	if err := graph.RateError(errs); err != nil {
		graph.RefuseRate(w, r, err)
		return
	}
	body, err := graph.Encode(exec.DispatchError(graphql.WithOperationContext(r.Context(), op), errs))
	if err != nil {
		http.Error(w, "the operation is not valid", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body) // the caller may be gone
}

// delete stops an operation. An unknown id belongs to an operation that has ended already, so it is
// not an error.
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
		s.t.core.Limits().End(s.caller, 1)
	}
	w.WriteHeader(http.StatusOK)
}
