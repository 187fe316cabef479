package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Execution executes what one subscription selects, value after value, through gqlgen's executor
// with all its middleware and extensions. T is briefing.Briefing or briefing.Request, as the
// subscription's field has it. An Execution subscribes to nothing: its caller has the values. It
// is for one goroutine at a time.
type Execution[T any] struct {
	exec      graphql.GraphExecutor
	op        *graphql.OperationContext
	ctx       context.Context
	values    chan *T                 // at most one, between Execute and the executor
	responses graphql.ResponseHandler // nil: not dispatched yet
}

// NewExecution returns an execution of what op selects. Its context is ctx, which must outlive it.
// The execution keeps only those parts of op that are the same for all subscribers who may share
// it.
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

// errNothing is a fault of the server's: an execution brought no response.
var errNothing = errors.New("subscription brought no response")

// Execute executes the selection on v, which the executor may keep. A panic becomes a response
// with an error.
func (e *Execution[T]) Execute(v *T) (res *graphql.Response) {
	defer e.discard() // after a panic or an early error the executor has left v where it was
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
// field middleware, so dispatch replaces that middleware by one that calls the old one with the
// channel of values in place of the resolver. It restores the old one at its end. Only the
// subscription's own field is resolved in between; fields of the values are resolved later.
func (e *Execution[T]) dispatch() {
	if e.responses != nil {
		return
	}
	e.values = make(chan *T, 1)
	middleware := e.op.ResolverMiddleware
	defer func() { e.op.ResolverMiddleware = middleware }()
	e.op.ResolverMiddleware = func(ctx context.Context, _ graphql.Resolver) (any, error) {
		return middleware(ctx, func(context.Context) (any, error) { return (<-chan *T)(e.values), nil })
	}
	e.responses, e.ctx = e.exec.DispatchOperation(e.ctx, e.op)
}

// discard removes a value that was not executed, so that the next one finds room.
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

// PresentError returns what callers may see of an error, by the error presenter of exec. ctx is
// that of the operation, if there is one.
func PresentError(ctx context.Context, exec graphql.GraphExecutor, err error) gqlerror.List {
	var own *gqlerror.Error
	if !errors.As(err, &own) {
		own = gqlerror.Wrap(err)
	}
	return exec.DispatchError(ctx, gqlerror.List{own}).Errors
}
