package subscribe

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
)

// encoder encodes the payloads of one subscription to briefings. The flat encoder, if the selection
// allows one, and the executor produce the same bytes. An encoder must be used by one goroutine at
// a time; only the field flat, which does not change, may be read concurrently.
type encoder struct {
	flat     graph.FlatEncoder // nil: the operation needs the executor
	executor graph.Execution[briefing.Briefing]
}

// newEncoder returns an encoder for the selection of op. ctx must not end before the last use of
// the encoder.
func (c *Core) newEncoder(
	ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
) encoder {
	return encoder{c.flat(op), graph.NewExecution[briefing.Briefing](ctx, exec, op)}
}

// encode returns the payload of a briefing. The payload may use the memory of scratch, whose
// contents are overwritten. encode does not retain b.
func (e *encoder) encode(b *briefing.Briefing, scratch []byte) []byte {
	if e.flat != nil {
		if payload, ok := e.flat(b, scratch); ok {
			return graph.Bounded(payload, e.executor.Present)
		}
	}
	own := *b // the executor may retain its argument
	return encode(e.executor.Execute(&own), e.executor.Present)
}

// encode returns a response as JSON. It replaces a response that cannot be encoded by an error.
func encode(res *graphql.Response, present func(error) gqlerror.List) []byte {
	payload, err := graph.Encode(res)
	if err != nil {
		// The result of present contains only strings, which can always be encoded.
		payload, _ = graph.Encode(&graphql.Response{Errors: present(err)})
	}
	return graph.Bounded(payload, present)
}
