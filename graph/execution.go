package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Execution executes the selection of one subscription for one value after another. It uses
// gqlgen's executor with all its middleware and extensions. T is the type of the subscription's
// field: briefing.Briefing, briefing.Request or briefing.Camera. The caller supplies the values; an
// Execution does not subscribe. Only one goroutine may use it at a time.
type Execution[T any] struct {
	exec      graphql.GraphExecutor
	op        *graphql.OperationContext
	ctx       context.Context
	values    chan *T                 // at most one value, from Execute to the executor
	responses graphql.ResponseHandler // nil until the operation is dispatched
}

// NewExecution returns an execution of op's selection. Its context is ctx, which must outlive the
// execution. The execution copies only the parts of op that are equal for all subscribers that may
// share it.
func NewExecution[T any](
	ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
) Execution[T] {
	own := &graphql.OperationContext{
		RawQuery:               op.RawQuery,
		OperationName:          op.OperationName,
		Variables:              op.Variables,
		Doc:                    op.Doc,
		Operation:              op.Operation,
		DisableIntrospection:   op.DisableIntrospection,
		RecoverFunc:            op.RecoverFunc,
		ResolverMiddleware:     op.ResolverMiddleware,
		RootResolverMiddleware: op.RootResolverMiddleware,
	}
	return Execution[T]{exec: exec, op: own, ctx: ctx}
}

// errNothing reports a fault of the server: an execution returned no response.
var errNothing = errors.New("subscription brought no response")

// Execute executes the selection on v, and the executor may retain v. A panic becomes a response
// with an error.
func (e *Execution[T]) Execute(v *T) (res *graphql.Response) {
	defer e.discard() // after a panic or an early error v is still in the channel
	defer func() {
		if cause := recover(); cause != nil {
			res = &graphql.Response{Errors: e.Present(e.op.Recover(e.ctx, cause))}
		}
	}()
	e.dispatch()
	e.values <- v
	if res = e.responses(e.ctx); res == nil {
		res = &graphql.Response{Errors: e.Present(errNothing)}
	}
	return res
}

// dispatch dispatches the operation once. The executor calls every resolver through the operation's
// field middleware. For the time of the dispatch, dispatch replaces this middleware: the
// replacement passes the channel of values in place of the resolver. Only the subscription's own
// field is resolved in this time; fields of the values are resolved later.
func (e *Execution[T]) dispatch() {
	if e.responses != nil {
		return
	}
	e.values = make(chan *T, 1)
	middleware := e.op.ResolverMiddleware
	defer func() { e.op.ResolverMiddleware = middleware }()
	e.op.ResolverMiddleware = func(ctx context.Context, _ graphql.Resolver) (any, error) {
		return middleware(ctx, func(context.Context) (any, error) {
			return (<-chan *T)(e.values), nil
		})
	}
	e.responses, e.ctx = e.exec.DispatchOperation(e.ctx, e.op)
}

// discard removes a value that was not executed, so that the channel has room for the next one.
func (e *Execution[T]) discard() {
	select {
	case <-e.values:
	default:
	}
}

// Present returns what callers may see of an error.
func (e *Execution[T]) Present(err error) gqlerror.List {
	return PresentError(graphql.WithOperationContext(e.ctx, e.op), e.exec, err)
}

// PresentError returns what callers may see of an error, by the error presenter of exec. ctx is the
// context of the operation if there is an operation.
func PresentError(ctx context.Context, exec graphql.GraphExecutor, err error) gqlerror.List {
	var own *gqlerror.Error
	if !errors.As(err, &own) {
		own = gqlerror.Wrap(err)
	}
	return exec.DispatchError(ctx, gqlerror.List{own}).Errors
}
