package sse

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/subscribe"
)

// singleOperation is one operation on a stream for all.
type singleOperation struct {
	subscribe.Operation

	single *single
	id     string
}

var _ subscribe.Client = (*singleOperation)(nil)

// add makes an operation known under its id. It returns http.StatusAccepted, or an error's status
// and message.
func (s *single) add(o *singleOperation) (status int, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.operations == nil:
		return http.StatusNotFound, "there is no stream of this token"
	case s.operations[o.id] != nil:
		return http.StatusConflict, "an operation of this id is under way"
	case len(s.operations) == subscribe.MaxOperations:
		return http.StatusTooManyRequests, "too many operations"
	}
	s.operations[o.id] = o
	return http.StatusAccepted, ""
}

// remove removes an operation, so that its id is free. It reports whether the operation was there:
// only the caller that removes it may send its last message.
func (s *single) remove(o *singleOperation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operations[o.id] != o {
		return false
	}
	delete(s.operations, o.id)
	s.t.core.Limits().End(s.caller, 1)
	return true
}

// Send implements subscribe.Client.
func (o *singleOperation) Send(b subscribe.Batch, _ *subscribe.Round) (accepted int) {
	return o.single.stream.accept(b, o.event)
}

// Shared implements subscribe.Client. The stream's goroutine writes all that waits at once, so
// that rounds win nothing.
func (*singleOperation) Shared() bool { return false }

// Answer implements subscribe.Client. It does not wait: see stream.push.
func (o *singleOperation) Answer(_ context.Context, payload []byte) error {
	o.single.stream.push(o.event("", payload))
	return nil
}

// Complete implements subscribe.Client.
func (o *singleOperation) Complete() {
	if o.single.remove(o) {
		o.single.stream.push([]byte("event: complete\ndata: {\"id\":" + string(o.quotedID()) + "}\n\n"))
	}
}

// Fail implements subscribe.Client. The protocol has no message for failures, so they go out as a
// response.
func (o *singleOperation) Fail(list gqlerror.List) {
	if payload, err := graph.Encode(&graphql.Response{Errors: list}); err == nil {
		o.single.stream.push(o.event("", payload))
	}
	o.Complete()
}

// event returns the event of a response, with the operation's id.
func (o *singleOperation) event(cursor briefing.Cursor, payload []byte) []byte {
	data := append(append([]byte(`{"id":`), o.quotedID()...), `,"payload":`...)
	return event(cursor, append(append(data, payload...), '}'))
}

// quotedID returns the operation's id as JSON.
func (o *singleOperation) quotedID() []byte {
	id, err := json.Marshal(o.id)
	if err != nil {
		return []byte(`""`) // unreachable: strings can be written
	}
	return id
}
