package subscribe

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
)

// encoder makes the payloads of one subscription to briefings. Two ways lead to the same bytes:
// the flat encoder, where the selection allows it, and the executor. It is for one goroutine at a
// time, but for flat, which does not change.
type encoder struct {
	flat     graph.FlatEncoder // nil: the operation needs the executor
	executor graph.Execution[briefing.Briefing]
}

// newEncoder returns an encoder of what op selects. ctx must outlive it.
func (c *Core) newEncoder(
	ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
) encoder {
	return encoder{c.flat(op), graph.NewExecution[briefing.Briefing](ctx, exec, op)}
}

// encode returns the payload of a briefing. The payload may lie in scratch, whose contents are
// lost. The briefing itself is not kept.
func (e *encoder) encode(b *briefing.Briefing, scratch []byte) []byte {
	if e.flat != nil {
		if payload, ok := e.flat(b, scratch); ok {
			return graph.Bounded(payload, e.executor.Present)
		}
	}
	own := *b // the executor may keep it
	return encode(e.executor.Execute(&own), e.executor.Present)
}

// encode writes a response as JSON. A response that cannot be written is replaced by an error.
func encode(res *graphql.Response, present func(error) gqlerror.List) []byte {
	payload, err := graph.Encode(res)
	if err != nil {
		// What present returns has plain strings only, which can always be written.
		payload, _ = graph.Encode(&graphql.Response{Errors: present(err)})
	}
	return graph.Bounded(payload, present)
}
