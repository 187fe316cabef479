package subscribe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
)

// streams is SSE by POST and, for what changes nothing, by GET, which is all that a browser's EventSource can.
type streams struct {
	transport.SSE
	all *Transports
}

// Supports implements graphql.Transport.
func (s streams) Supports(r *http.Request) bool {
	return byGet(r) || s.SSE.Supports(r)
}

func byGet(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Upgrade") == "" &&
		strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// Do implements graphql.Transport.
func (s streams) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	r.Header.Del(s.all.cfg.ByGet) // ours to set
	if byGet(r) {
		body, err := params(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r = post(r, body)
		r.Header.Set(s.all.cfg.ByGet, "1")
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	out := &stream{ResponseWriter: w, control: http.NewResponseController(w), cancel: cancel}
	if !s.all.add(out) {
		http.Error(w, "restarting", http.StatusServiceUnavailable)
		return
	}
	defer s.all.remove(out)
	w.Header().Set("X-Accel-Buffering", "no")
	s.SSE.Do(out, r.WithContext(context.WithValue(ctx, streamKey{}, out)), exec)
}

// params makes a POST's body of a GET's query.
func params(r *http.Request) ([]byte, error) {
	q := r.URL.Query()
	p := map[string]any{"query": q.Get("query")}
	if name := q.Get("operationName"); name != "" {
		p["operationName"] = name
	}
	for _, name := range []string{"variables", "extensions"} {
		if text := q.Get(name); text != "" {
			var object map[string]json.RawMessage
			if json.Unmarshal([]byte(text), &object) != nil {
				return nil, errors.New(name + " must be a JSON object")
			}
			p[name] = object
		}
	}
	return json.Marshal(p)
}

// post is the request as a POST with that body.
func post(r *http.Request, body []byte) *http.Request {
	r = r.Clone(r.Context())
	r.Method = http.MethodPost
	r.Header.Set("Content-Type", "application/json")
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return r
}

// streamKey carries the stream of an operation in its context.
type streamKey struct{}

// stream is an answer that goes on. Every write has a deadline; after restart
// nothing is written any more, so that no "complete" tells the client that all was sent.
type stream struct {
	http.ResponseWriter
	control *http.ResponseController
	cancel  context.CancelFunc
	over    atomic.Bool
}

// errOver is what a write gets after the stream was broken off.
var errOver = errors.New("stream is over")

// Write implements http.ResponseWriter.
func (s *stream) Write(p []byte) (int, error) {
	if s.over.Load() {
		return 0, errOver
	}
	// Not every writer has deadlines; over TCP they all do.
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	n, err := s.ResponseWriter.Write(p)
	if err != nil {
		s.cancel()
	}
	return n, err
}

// Flush implements http.Flusher.
func (s *stream) Flush() {
	if s.over.Load() {
		return
	}
	if err := s.control.Flush(); err != nil {
		s.cancel()
	}
}

// restart implements closer.
func (s *stream) restart() {
	s.over.Store(true)
	s.cancel()
}
