package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// limits is the gqlgen extension that bounds operations. It refuses documents that are too long or
// too deep, mutations where nothing may change, and subscriptions with more than one field or none.
type limits struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = limits{}

// ExtensionName implements graphql.HandlerExtension.
func (limits) ExtensionName() string { return "Limits" }

// Validate implements graphql.HandlerExtension.
func (limits) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses an operation before it runs: a deep one, a mutation in a context
// in which nothing may change, and a subscription without exactly one field. Directives may remove
// the field of a valid document, and gqlgen would notice only while it runs.
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
	known := map[string]int{}
	if depth(op.Operation.SelectionSet, known) > maxDepth {
		return refuse("the document is nested too deeply")
	}
	return nil
}

// depth returns how deep a selection nests. fragments caches the depth of each fragment, so a chain
// of fragments that each spread the next one twice costs no more than its length. Validation has
// refused cycles before.
func depth(set ast.SelectionSet, fragments map[string]int) int {
	deepest := 0
	for _, s := range set {
		d := 0
		switch s := s.(type) {
		case *ast.Field:
			d = 1 + depth(s.SelectionSet, fragments)
		case *ast.InlineFragment:
			d = depth(s.SelectionSet, fragments)
		case *ast.FragmentSpread:
			known, ok := fragments[s.Name]
			if !ok {
				known = depth(s.Definition.SelectionSet, fragments)
				fragments[s.Name] = known
			}
			d = known
		}
		deepest = max(deepest, d)
	}
	return deepest
}
