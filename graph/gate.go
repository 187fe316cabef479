package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph/guard"
	"bis/internal/limit"
)

// gate is an executor that counts and admits an operation before the server's executor creates it.
type gate struct {
	graphql.GraphExecutor
	admission *admission
	limits    *limit.Limits
	budget    Budget
	paid      int // operations that the transport has counted for this one
}

// refusedCost is the number of operations that a too complex document counts as. Reading such a
// document costs as much as a few honest operations.
const refusedCost = 5

// CreateOperationContext implements graphql.GraphExecutor. It counts the operation, and reports a
// document that is too complex.
//
// A query counts as one operation, and a mutation as one for each of its root fields. An invalid
// document counts as one operation, and a too complex document as refusedCost. A subscription does
// not count here, because its transport counts it before the document is read.
func (g gate) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	if g.paid == 0 {
		if err := g.limits.Ready(ctx, limit.Operations); err != nil {
			return refusedOperation(params), gqlerror.List{gqlerror.Wrap(err)}
		}
	}
	op, errs := g.create(ctx, params)
	cost := 1
	switch {
	case errs == nil:
		cost = costOf(op)
	case tooComplex(errs):
		g.limits.Report(limit.CallerOf(ctx), limit.TooComplex)
		cost = refusedCost
	}
	if err := g.limits.AllowN(ctx, limit.Operations, cost-g.paid); err != nil {
		return op, gqlerror.List{gqlerror.Wrap(err)}
	}
	return op, errs
}

// costOf returns the number of operations that a valid operation counts as.
func costOf(op *graphql.OperationContext) int {
	switch op.Operation.Operation {
	case ast.Subscription:
		return 0
	case ast.Mutation:
		fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"})
		return max(1, len(fields))
	}
	return 1
}

// tooComplex reports whether a document or an operation breaks a limit of the guard.
func tooComplex(errs gqlerror.List) bool {
	return slices.ContainsFunc(errs, func(err *gqlerror.Error) bool {
		refusal := (*guard.Refusal)(nil)
		return errors.As(err, &refusal)
	})
}

// refusedOperation returns the operation context for the answer to an operation that was not
// admitted.
func refusedOperation(params *graphql.RawParams) *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery: params.Query, OperationName: params.OperationName,
		RecoverFunc: graphql.DefaultRecover,
	}
}
