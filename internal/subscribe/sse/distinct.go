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

// serveDistinct runs one operation on a stream of its own, until the end of either. r's context is
// that of the stream.
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
		s.open() // the client learns at once that it is connected, even if the store is away
	}
	defer d.Stop()
	if d.Start(d.Open(r.Context()), t.core, call) {
		if call.After != "" && d.Finished() {
			w.WriteHeader(http.StatusNoContent) // tells an EventSource not to come again
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

// Shared implements subscribe.Client. The stream's goroutine writes all that waits at once, so
// that rounds win nothing.
func (*distinct) Shared() bool { return false }

// Answer implements subscribe.Client. It does not wait: see stream.push.
func (d *distinct) Answer(_ context.Context, payload []byte) error {
	d.stream.push(event("", payload))
	return nil
}

// Complete implements subscribe.Client.
func (d *distinct) Complete() { d.stream.finish([]byte("event: complete\ndata:\n\n")) }

// Fail implements subscribe.Client. The protocol has no message for failures, so they go out as a
// response.
func (d *distinct) Fail(list gqlerror.List) {
	if json, err := graph.Encode(&graphql.Response{Errors: list}); err == nil {
		d.stream.push(event("", json))
	}
	d.Complete()
}

// event returns the event of a response. Its id is the position after it: a browser's EventSource
// sends it as Last-Event-ID when it comes back.
func event(cursor briefing.Cursor, json []byte) []byte {
	b := make([]byte, 0, len(json)+len(cursor)+32)
	if cursor != "" {
		b = append(append(append(b, "id: "...), cursor...), '\n')
	}
	b = append(b, "event: next\ndata: "...)
	return append(append(b, json...), "\n\n"...)
}
