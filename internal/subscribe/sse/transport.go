package sse

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/graph"
	"bis/internal/socket"
	"bis/internal/subscribe"
)

// eventStream is the media type of SSE.
const eventStream = "text/event-stream"

// Transport serves GraphQL over SSE and contains all open and reserved streams. It is safe for
// concurrent use.
type Transport struct {
	core *subscribe.Core

	mu       sync.Mutex           // guards the fields below
	streams  map[*stream]struct{} // streams that are attached to a response
	reserved map[string]*single   // by token
	draining bool
}

var (
	_ graphql.Transport  = (*Transport)(nil)
	_ subscribe.Protocol = (*Transport)(nil)
)

// New returns a transport without streams. core is required.
func New(core *subscribe.Core) (*Transport, error) {
	if core == nil {
		return nil, errors.New("sse: core is required")
	}
	return &Transport{
		core: core, streams: make(map[*stream]struct{}), reserved: make(map[string]*single),
	}, nil
}

// Supports implements graphql.Transport. It reports true for calls of single connection mode, and
// for calls whose Accept header names an event stream.
func (*Transport) Supports(r *http.Request) bool {
	switch r.Method {
	case http.MethodPut, http.MethodDelete:
		return true
	case http.MethodGet, http.MethodPost:
		return strings.Contains(r.Header.Get("Accept"), eventStream) || token(r) != ""
	}
	return false
}

// Do implements graphql.Transport.
func (t *Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	leave, ok := t.core.Enter()
	if !ok {
		hangUp(w)
		return
	}
	defer leave()
	if r.Method == http.MethodPut || r.Method == http.MethodDelete || token(r) != "" {
		t.serveSingle(w, r, exec)
		return
	}
	release, err := t.core.Limits().Connect(r.Context())
	if err != nil {
		graph.RefuseRate(w, r, err)
		return
	}
	defer release()
	params, readOnly, err := read(w, r)
	if err != nil {
		graph.Refuse(w, r, err)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	// A start that waits for the store must not delay Drain.
	defer context.AfterFunc(t.core.Context(), cancel)()
	if readOnly {
		ctx = graph.ReadOnly(ctx)
	}
	if prefersJSON(r.Header.Values("Accept")) {
		op, errs := exec.CreateOperationContext(ctx, params)
		if err := graph.RateError(errs); err != nil {
			graph.RefuseRate(w, r, err)
			return
		}
		if errs != nil || op.Operation.Operation != ast.Subscription {
			graph.Answer(w, r.WithContext(ctx), exec, params)
			return
		}
	}
	_ = r.Body.Close() // it has been read, and the stream must not keep its room
	t.serveDistinct(w, r.WithContext(ctx), subscribe.Call{Exec: exec, Params: params})
}

// prefersJSON reports whether the Accept headers name JSON before an event stream, or no event
// stream at all. The client urql names both for every query.
func prefersJSON(accept []string) bool {
	for _, part := range graph.MediaTypes(accept) {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		switch kind {
		case eventStream:
			return false
		case "application/json", "application/graphql-response+json":
			return true
		}
	}
	return true
}

// hangUp ends a connection without an answer. A browser's EventSource reconnects after that, but
// never after an answer with a status other than 200.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "restarting", http.StatusServiceUnavailable) // HTTP/2 has no Hijack
		return
	}
	_ = conn.Close() // the connection is discarded, so the error changes nothing
}

// read reads an operation from a GET or a POST. An operation of a GET is read-only: it must not be
// a mutation.
func read(w http.ResponseWriter, r *http.Request) (p *graphql.RawParams, readOnly bool, err error) {
	if r.Method == http.MethodGet {
		p, err = graph.FromQuery(r.URL.Query())
		readOnly = true
	} else {
		p, err = graph.FromBody(w, r)
	}
	if err == nil {
		p.Headers = r.Header
	}
	return p, readOnly, err
}

// add registers a stream that is attached to a response.
func (t *Transport) add(s *stream) {
	t.mu.Lock()
	t.streams[s] = struct{}{}
	draining := t.draining
	t.mu.Unlock()
	if draining {
		s.abort() // Drain has aborted the earlier streams already
	}
}

// remove unregisters a stream. Its handler calls it at the end of the response.
func (t *Transport) remove(s *stream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.streams, s)
}

// Drain implements subscribe.Protocol: it aborts all streams.
func (t *Transport) Drain(ctx context.Context, d time.Duration) {
	t.mu.Lock()
	t.draining = true
	list := make([]*stream, 0, len(t.streams))
	for s := range t.streams {
		list = append(list, s)
	}
	t.mu.Unlock()
	for _, s := range socket.Spread(ctx, d, list, t.Count, (*stream).abort) {
		s.abort()
	}
}

// Sever implements subscribe.Protocol. The lock keeps the handlers from returning during the loop.
// After a return, the deadline would hit the next call on the same connection.
func (t *Transport) Sever() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s := range t.streams {
		s.sever()
	}
}

// Count returns the number of open streams. Reserved streams do not count until they are opened.
func (t *Transport) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.streams)
}
