package subscribe

import (
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
	"bis/internal/briefing"
)

// CountExecutions counts in n every payload that the flat encoder encodes. It must be called before
// the first operation.
func (c *Core) CountExecutions(n *atomic.Int64) {
	flat := c.flat
	c.flat = func(op *graphql.OperationContext) graph.FlatEncoder {
		encode := flat(op)
		if encode == nil {
			return nil
		}
		return func(b *briefing.Briefing, scratch []byte) ([]byte, bool) {
			n.Add(1)
			return encode(b, scratch)
		}
	}
}
