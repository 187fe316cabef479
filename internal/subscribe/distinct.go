package subscribe

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// distinct runs one operation on a stream of its own.
func (t *Transports) distinct(ctx context.Context, out *stream, d *distinct, begin func(briefing.Cursor, *distinct) begun, r *http.Request) {
	last := briefing.Cursor(r.Header.Get("Last-Event-ID"))
	if last == "" {
		out.open() // while the beginning waits for the store, the client must not
	}
	b := begin(last, d)
	switch {
	case b.failed != nil:
		d.fail(b.failed)
	case b.responses != nil:
		for res := b.responses(); res != nil; res = b.responses() {
			if json, err := t.cfg.API.Encode(res); err == nil {
				out.must(event("", json))
			}
		}
		d.complete()
	default:
		defer b.delivery.close()
		if m, ok := b.delivery.(*member); ok && last != "" && m.ended() {
			out.w.WriteHeader(http.StatusNoContent) // which tells an EventSource not to come again
			return
		}
		out.resume = b.delivery.room
		b.delivery.resume()
	}
	out.open()
	out.run(ctx)
}

// distinct is where the messages of a stream with one operation go.
type distinct struct{ stream *stream }

var _ sink = (*distinct)(nil)

func (d *distinct) next(b batch, _ *round) int {
	return d.stream.try(b, event)
}

// shared implements sink: a stream's goroutine writes, and takes all that waits.
func (*distinct) shared() bool { return false }

func (d *distinct) complete() { d.stream.last([]byte("event: complete\ndata:\n\n")) }

// fail tells errors as a response: the protocol has no message of its own for them.
func (d *distinct) fail(list gqlerror.List) {
	json, err := d.stream.t.cfg.API.Encode(&graphql.Response{Errors: list})
	if err == nil {
		d.stream.must(event("", json))
	}
	d.complete()
}

// event is a response as an event. Its id is the position after it, from which a browser's
// EventSource comes back by itself.
func event(cursor briefing.Cursor, json []byte) []byte {
	b := make([]byte, 0, len(json)+len(cursor)+32)
	if cursor != "" {
		b = append(append(append(b, "id: "...), cursor...), '\n')
	}
	b = append(b, "event: next\ndata: "...)
	return append(append(b, json...), "\n\n"...)
}
