package subscribe

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// execution executes one subscription's selection, event after event. It is for one goroutine at a
// time.
type execution struct {
	t         *Transports
	exec      graphql.GraphExecutor
	op        *graphql.OperationContext
	ctx       context.Context
	briefings chan *briefing.Briefing
	requests  chan *briefing.Request
	responses graphql.ResponseHandler                         // nil: not needed yet
	flat      func(*briefing.Briefing, []byte) ([]byte, bool) // nil: the operation needs the executor
}

// newExecution makes an execution of what op selects. It takes over what of op is the same for all
// who share it.
func (t *Transports) newExecution(exec graphql.GraphExecutor, op *graphql.OperationContext) execution {
	own := &graphql.OperationContext{
		RawQuery: op.RawQuery, OperationName: op.OperationName, Variables: op.Variables, Doc: op.Doc, Operation: op.Operation,
		DisableIntrospection: op.DisableIntrospection, RecoverFunc: op.RecoverFunc,
		ResolverMiddleware: op.ResolverMiddleware, RootResolverMiddleware: op.RootResolverMiddleware,
	}
	return execution{t: t, exec: exec, op: own, ctx: t.ctx, flat: t.cfg.API.Flat(own)}
}

// dispatch has the executor ready.
func (e *execution) dispatch() {
	if e.responses != nil {
		return
	}
	e.briefings, e.requests = make(chan *briefing.Briefing, 1), make(chan *briefing.Request, 1)
	e.responses, e.ctx = e.exec.DispatchOperation(e.t.cfg.API.Telling(e.ctx, e.briefings, e.requests), e.op)
}

// errNothing stands for an execution that brought nothing, which is a fault of the server's.
var errNothing = errors.New("subscription brought no response")

// briefing executes the selection on a briefing, which is not kept. The payload is the caller's; it
// may lie in room, whose contents are given up.
func (e *execution) briefing(b *briefing.Briefing, room []byte) []byte {
	if e.flat != nil {
		if payload, ok := e.flat(b, room); ok {
			return payload
		}
	}
	e.dispatch()
	kept := *b // the executor may keep it
	e.briefings <- &kept
	return e.next()
}

// request executes the selection on a request.
func (e *execution) request(r *briefing.Request) []byte {
	e.dispatch()
	e.requests <- r
	return e.next()
}

func (e *execution) next() (payload []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			e.drop()
			payload = e.encode(&graphql.Response{Errors: e.present(e.op.Recover(e.ctx, cause))})
		}
	}()
	res := e.responses(e.ctx)
	e.drop() // an answer may have come without it
	if res == nil {
		res = &graphql.Response{Errors: e.present(errNothing)}
	}
	return e.encode(res)
}

// drop takes out what was not executed, so that the next event finds its place.
func (e *execution) drop() {
	select {
	case <-e.briefings:
	case <-e.requests:
	default: // it was taken
	}
}

func (e *execution) encode(res *graphql.Response) []byte {
	payload, err := e.t.cfg.API.Encode(res)
	if err != nil {
		payload, _ = e.t.cfg.API.Encode(&graphql.Response{Errors: e.present(err)}) // plain strings, which can be encoded
	}
	return payload
}

// present makes of an error what callers may see.
func (e *execution) present(err error) gqlerror.List {
	return presented(graphql.WithOperationContext(e.ctx, e.op), e.exec, err)
}

func presented(ctx context.Context, exec graphql.GraphExecutor, err error) gqlerror.List {
	var own *gqlerror.Error
	if !errors.As(err, &own) {
		own = gqlerror.Wrap(err)
	}
	return exec.DispatchError(ctx, gqlerror.List{own}).Errors
}

// panicked makes of a panic what callers may see. No goroutine of this package may die of one: the
// process would.
func panicked(ctx context.Context, exec graphql.GraphExecutor, cause any) gqlerror.List {
	return presented(ctx, exec, fmt.Errorf("operation panicked: %v\n%s", cause, debug.Stack()))
}
