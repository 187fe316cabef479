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

// singleOperation is one operation of single connection mode, on a stream for all operations of a
// client.
type singleOperation struct {
	subscribe.Operation

	single *single
	id     string
}

var _ subscribe.Client = (*singleOperation)(nil)

// add registers an operation under its id. It returns http.StatusAccepted, or the status and the
// message of a refusal.
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

// remove removes an operation, so that its id is free. It reports whether the operation was
// registered. Only the caller to which remove reported true may send the operation's last message.
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

// Shared implements subscribe.Client. The stream's goroutine writes all waiting events together, so
// rounds would save nothing.
func (*singleOperation) Shared() bool { return false }

// Answer implements subscribe.Client. It does not wait for room; see stream.push.
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

// Fail implements subscribe.Client. The protocol has no message for failures, so Fail sends the
// errors as a response.
func (o *singleOperation) Fail(list gqlerror.List) {
	if payload, err := graph.Encode(&graphql.Response{Errors: list}); err == nil {
		o.single.stream.push(o.event("", payload))
	}
	o.Complete()
}

// event returns the event of a response. Its data contains the operation's id and the payload.
func (o *singleOperation) event(cursor briefing.Cursor, payload []byte) []byte {
	data := append(append([]byte(`{"id":`), o.quotedID()...), `,"payload":`...)
	return event(cursor, append(append(data, payload...), '}'))
}

// quotedID returns the operation's id as JSON.
func (o *singleOperation) quotedID() []byte {
	id, err := json.Marshal(o.id)
	if err != nil {
		return []byte(`""`) // unreachable: a string can always be encoded
	}
	return id
}
