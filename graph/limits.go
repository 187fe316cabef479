package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// limits is the gqlgen extension that refuses mutations in a read-only context, and subscriptions
// without exactly one field.
type limits struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = limits{}

// ExtensionName implements graphql.HandlerExtension.
func (limits) ExtensionName() string { return "Limits" }

// Validate implements graphql.HandlerExtension.
func (limits) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses an operation before it runs: a mutation in a read-only context,
// and a subscription without exactly one field. Directives may remove the field of a valid
// document, and gqlgen would notice only during the execution.
func (limits) MutateOperationContext(
	ctx context.Context, op *graphql.OperationContext,
) *gqlerror.Error {
	if op.Operation.Operation == ast.Mutation && readOnly(ctx) {
		return gqlerror.Wrap(errChangeByGet)
	}
	if op.Operation.Operation == ast.Subscription {
		fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})
		if len(fields) != 1 {
			return refuse("a subscription must select exactly one field")
		}
	}
	return nil
}
