package sse

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/limit"
	"bis/internal/subscribe"
)

// distinct is an operation with a stream of its own.
type distinct struct {
	subscribe.Operation

	stream *stream
}

var _ subscribe.Client = (*distinct)(nil)

// serveDistinct runs one operation on a stream of its own, until the operation or the stream ends.
// The context of r ends the stream.
func (t *Transport) serveDistinct(w http.ResponseWriter, r *http.Request, call subscribe.Call) {
	caller := limit.CallerOf(r.Context())
	err := t.core.Limits().Allow(r.Context(), limit.Subscriptions)
	if err == nil {
		err = t.core.Limits().Begin(caller)
	}
	if err != nil {
		graph.RefuseRate(w, r, err)
		return
	}
	defer t.core.Limits().End(caller, 1)
	s := t.newStream().countFor(caller)
	s.attach(w)
	defer s.close()
	defer t.remove(s)
	d := &distinct{stream: s}
	s.room = d.Room
	call.After, call.Client = briefing.Cursor(r.Header.Get("Last-Event-ID")), d
	call.Replays = t.core.Replays(caller)
	if call.After == "" {
		s.open() // a client without a cursor is connected at once, even if the store is unreachable
	}
	defer d.Stop()
	if d.Start(d.Open(r.Context()), t.core, call) {
		if call.After != "" && d.Finished() {
			w.WriteHeader(http.StatusNoContent) // after 204 an EventSource does not reconnect
			return
		}
		d.Deliver()
	}
	s.open()
	s.run(r.Context())
}

// Send implements subscribe.Client.
func (d *distinct) Send(b subscribe.Batch, _ *subscribe.Round) (accepted int) {
	return d.stream.accept(b, event)
}

// Shared implements subscribe.Client. The stream's goroutine writes all waiting events together, so
// rounds would save nothing.
func (*distinct) Shared() bool { return false }

// Answer implements subscribe.Client. It does not wait for room; see stream.push.
func (d *distinct) Answer(_ context.Context, payload []byte) error {
	d.stream.push(event("", payload))
	return nil
}

// Complete implements subscribe.Client.
func (d *distinct) Complete() { d.stream.finish([]byte("event: complete\ndata:\n\n")) }

// Fail implements subscribe.Client. The protocol has no message for failures, so Fail sends the
// errors as a response.
func (d *distinct) Fail(list gqlerror.List) {
	if json, err := graph.Encode(&graphql.Response{Errors: list}); err == nil {
		d.stream.push(event("", json))
	}
	d.Complete()
}

// event returns the event of a response. Its id is cursor, the position after the response. A
// browser's EventSource sends the last id as Last-Event-ID when it reconnects. An empty cursor
// means no id.
func event(cursor briefing.Cursor, json []byte) []byte {
	b := make([]byte, 0, len(json)+len(cursor)+32)
	if cursor != "" {
		b = append(append(append(b, "id: "...), cursor...), '\n')
	}
	b = append(b, "event: next\ndata: "...)
	return append(append(b, json...), "\n\n"...)
}
