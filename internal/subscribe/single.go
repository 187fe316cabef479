package subscribe

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// Bounds of reservations.
const (
	maxReserved  = 10_000
	reservedTime = time.Minute // for a stream that is not opened
)

// tokenHeader names a client's reserved stream (GraphQL over SSE, single connection mode).
const tokenHeader = "X-GraphQL-Event-Stream-Token"

// token is the stream that a call is about; EventSource has no headers of its own.
func token(r *http.Request) string {
	if t := r.Header.Get(tokenHeader); t != "" {
		return t
	}
	if r.URL.RawQuery == "" {
		return ""
	}
	return r.URL.Query().Get("token")
}

// single is a stream for all of a client's operations.
type single struct {
	t      *Transports
	name   string
	expiry *time.Timer

	stream *stream         // takes events also before it is opened
	ctx    context.Context // of its operations
	cancel context.CancelFunc

	mu     sync.Mutex // guards what follows
	opened bool
	ops    map[string]*singleOp // nil: the stream is over
}

// single answers the calls of single connection mode: PUT reserves, GET opens, POST begins an
// operation, DELETE stops one.
func (t *Transports) single(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if r.Method == http.MethodPut {
		t.reserve(w)
		return
	}
	t.streamsMu.Lock()
	s := t.reserved[token(r)]
	t.streamsMu.Unlock()
	switch {
	case token(r) == "":
		http.Error(w, "the stream's token is missing", http.StatusBadRequest)
	case s == nil:
		http.Error(w, "there is no stream of this token", http.StatusNotFound)
	case r.Method == http.MethodGet:
		s.open(w, r)
	case r.Method == http.MethodPost:
		s.post(w, r, exec)
	default:
		s.remove(w, r.URL.Query().Get("operationId"))
	}
}

// reserve makes a stream that is yet to be opened, and answers with its token.
func (t *Transports) reserve(w http.ResponseWriter) {
	s := &single{t: t, name: secret(), stream: t.unopened(), ops: make(map[string]*singleOp)}
	s.ctx, s.cancel = context.WithCancel(t.ctx)
	s.stream.resume = s.resume
	t.streamsMu.Lock()
	full := len(t.reserved) >= maxReserved
	if !full {
		t.reserved[s.name] = s
		s.expiry = time.AfterFunc(reservedTime, s.end)
	}
	t.streamsMu.Unlock()
	if full {
		s.cancel()
		http.Error(w, "too many streams", http.StatusTooManyRequests)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, s.name) // the caller may be gone
}

// open is the stream itself, for as long as it lasts. Its end is that of its operations.
func (s *single) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	taken := s.opened || s.ops == nil
	s.opened = true
	s.mu.Unlock()
	if taken {
		http.Error(w, "the stream is open already", http.StatusConflict)
		return
	}
	s.expiry.Stop()
	s.stream.attach(w)
	defer s.t.closeStream(s.stream)
	defer s.end()
	s.stream.open()
	s.stream.run(r.Context())
}

// end gives up the stream's operations and its token.
func (s *single) end() {
	s.t.streamsMu.Lock()
	delete(s.t.reserved, s.name)
	s.t.streamsMu.Unlock()
	s.cancel()
	s.mu.Lock()
	ops := s.ops
	s.ops = nil
	s.mu.Unlock()
	for _, o := range ops {
		o.stop()
	}
}

// resume has all go on: there is room.
func (s *single) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.ops {
		o.room()
	}
}

// post begins an operation, whose answers come on the stream.
func (s *single) post(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := s.t.cfg.API.Body(w, r)
	if err != nil {
		s.t.cfg.API.Refuse(w, r, err)
		return
	}
	id, ok := params.Extensions["operationId"].(string)
	if !ok || id == "" {
		http.Error(w, "extensions.operationId must be a string", http.StatusBadRequest)
		return
	}
	op, errs := create(s.ctx, exec, params)
	if errs != nil {
		s.refuse(w, errs)
		return
	}
	o := &singleOp{single: s, id: id}
	ctx, status, message := s.add(o)
	if status != http.StatusAccepted {
		http.Error(w, message, status)
		return
	}
	s.t.working.Go(func() { o.run(ctx, exec, op) })
	w.WriteHeader(http.StatusAccepted)
}

// refuse answers an operation that is not valid where it was asked.
func (s *single) refuse(w http.ResponseWriter, errs gqlerror.List) {
	body, err := s.t.cfg.API.Encode(&graphql.Response{Errors: errs})
	if err != nil {
		http.Error(w, "the operation is not valid", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body) // the caller may be gone
}

func (s *single) add(o *singleOp) (ctx context.Context, status int, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ops == nil:
		return nil, http.StatusNotFound, "there is no stream of this token"
	case s.ops[o.id] != nil:
		return nil, http.StatusConflict, "an operation of this id is under way"
	case len(s.ops) == maxOperations:
		return nil, http.StatusTooManyRequests, "too many operations"
	}
	ctx, o.cancel = context.WithCancel(s.ctx)
	s.ops[o.id] = o
	return ctx, http.StatusAccepted, ""
}

// remove stops an operation.
func (s *single) remove(w http.ResponseWriter, id string) {
	if id == "" {
		http.Error(w, "operationId is missing", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	o := s.ops[id]
	delete(s.ops, id)
	s.mu.Unlock()
	if o != nil {
		o.stop()
	}
	w.WriteHeader(http.StatusOK)
}

// singleOp is one operation on a stream for all.
type singleOp struct {
	single *single
	id     string

	mu       sync.Mutex // guards what follows
	cancel   context.CancelFunc
	delivery delivery
	stopped  bool
}

var _ sink = (*singleOp)(nil)

// shared implements sink: a stream's goroutine writes, and takes all that waits.
func (*singleOp) shared() bool { return false }

func (o *singleOp) run(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext) {
	defer o.cancel() // only a beginning, a query or a mutation needs ctx
	defer func() {
		if cause := recover(); cause != nil {
			o.fail(panicked(ctx, exec, cause))
		}
	}()
	b := o.single.t.dispatch(ctx, exec, op, "", o)
	switch {
	case b.failed != nil:
		if ctx.Err() == nil {
			o.fail(b.failed)
		}
	case b.responses != nil:
		for res := b.responses(); res != nil && ctx.Err() == nil; res = b.responses() {
			if payload, err := o.single.t.cfg.API.Encode(res); err == nil {
				o.single.stream.must(o.event("", payload))
			}
		}
		o.complete()
	default:
		if o.keep(b.delivery) {
			b.delivery.resume()
		} else {
			b.delivery.close()
		}
	}
}

func (o *singleOp) keep(d delivery) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.delivery = d
	return !o.stopped
}

func (o *singleOp) stop() {
	o.mu.Lock()
	o.stopped = true
	d := o.delivery
	o.mu.Unlock()
	o.cancel()
	if d != nil {
		d.close()
	}
}

func (o *singleOp) room() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.delivery != nil {
		o.delivery.room()
	}
}

// event is a response with the operation's id.
func (o *singleOp) event(cursor briefing.Cursor, payload []byte) []byte {
	id, err := json.Marshal(o.id)
	if err != nil {
		id = []byte(`""`) // a string can always be written
	}
	data := append(append([]byte(`{"id":`), id...), `,"payload":`...)
	return event(cursor, append(append(data, payload...), '}'))
}

func (o *singleOp) next(b batch, _ *round) int {
	return o.single.stream.try(b, o.event)
}

func (o *singleOp) complete() {
	s := o.single
	s.mu.Lock()
	mine := s.ops[o.id] == o
	if mine {
		delete(s.ops, o.id)
	}
	s.mu.Unlock()
	if mine {
		id, _ := json.Marshal(o.id) // a string can always be written
		s.stream.must([]byte("event: complete\ndata: {\"id\":" + string(id) + "}\n\n"))
	}
}

func (o *singleOp) fail(list gqlerror.List) {
	payload, err := o.single.t.cfg.API.Encode(&graphql.Response{Errors: list})
	if err == nil {
		o.single.stream.must(o.event("", payload))
	}
	o.complete()
}
