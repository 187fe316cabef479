package subscribe

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/socket"
)

// begun is an operation that has been begun: exactly one field is set.
type begun struct {
	failed    gqlerror.List
	delivery  delivery                 // of a subscription; resume starts it
	responses func() *graphql.Response // of a query or a mutation; nil ends it
}

// create reads and validates an operation. Errors are as callers may see them.
func create(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	params.ReadTime = graphql.TraceTiming{Start: graphql.GetStartTime(ctx), End: graphql.Now()}
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		return nil, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors
	}
	return op, nil
}

// begin creates and dispatches an operation; see dispatch.
func (t *Transports) begin(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams, after briefing.Cursor, out sink) begun {
	op, errs := create(ctx, exec, params)
	if errs != nil {
		return begun{failed: errs}
	}
	return t.dispatch(ctx, exec, op, after, out)
}

// dispatch begins an operation. A subscription's messages go to out; its resolver runs here, and
// may wait while the store is away. after takes the place of its argument unless it is empty.
func (t *Transports) dispatch(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext, after briefing.Cursor, out sink) begun {
	if op.Operation.Operation != ast.Subscription {
		responses, ctx := exec.DispatchOperation(ctx, op)
		return begun{responses: func() *graphql.Response { return responses(ctx) }}
	}
	var taken delivery
	ctx = t.cfg.API.Taking(ctx, after, func(s briefing.Stream) {
		if sub, ok := s.(*feed.Subscription); ok {
			m := &member{t: t, out: out, sub: sub}
			t.join(m, exec, op)
			taken = m
		} else {
			taken = t.newAlone(out, s, exec, op)
		}
	}, func(s briefing.RequestStream) {
		taken = t.newChanges(out, s, exec, op)
	})
	responses, ctx := exec.DispatchOperation(ctx, op)
	if taken != nil {
		return begun{delivery: taken}
	}
	res := responses(ctx)
	if res == nil || len(res.Errors) == 0 {
		return begun{failed: presented(ctx, exec, errNothing)}
	}
	return begun{failed: res.Errors}
}

// operation is one operation of a socket.
type operation struct {
	peer *peer
	conn *socket.Conn // the peer's
	id   string
	head []byte // of its messages, up to the payload

	sending  sync.Mutex         // held while an answer of a query or mutation is sent; stop waits for that
	mu       sync.Mutex         // guards what follows
	cancel   context.CancelFunc // of its beginning, and of a query or mutation
	delivery delivery           // nil: none yet, or it is no subscription
	stopped  bool
}

var _ sink = (*operation)(nil)

// run begins the operation, and sees a query or a mutation through. ctx is not needed any longer
// then.
func (o *operation) run(ctx context.Context, cancel context.CancelFunc, params *graphql.RawParams) {
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			o.fail(panicked(ctx, o.peer.exec, cause))
		}
	}()
	b := o.peer.t.begin(ctx, o.peer.exec, params, "", o)
	switch {
	case b.delivery != nil:
		if o.keep(b.delivery) {
			b.delivery.resume()
		} else {
			b.delivery.close()
		}
	case b.responses != nil:
		o.answer(ctx, b.responses)
	case ctx.Err() == nil:
		o.fail(b.failed)
	}
}

// keep keeps a delivery, unless the client has stopped the operation meanwhile.
func (o *operation) keep(d delivery) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped {
		return false
	}
	o.cancel() // the beginning is over
	o.delivery, o.cancel = d, nil
	return true
}

// answer sends what a query or a mutation brings. It waits for room: what is sent cannot be had
// again.
func (o *operation) answer(ctx context.Context, responses func() *graphql.Response) {
	for {
		res := responses()
		if res == nil {
			break
		}
		json, err := o.peer.t.cfg.API.Encode(res)
		if err != nil || o.send(ctx, json) != nil {
			break
		}
	}
	if ctx.Err() == nil {
		o.complete()
	}
	o.stop()
}

// send sends an answer, unless ctx has ended: the operation was stopped.
func (o *operation) send(ctx context.Context, json []byte) error {
	o.sending.Lock()
	defer o.sending.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return o.conn.Send(ctx, append(append(o.head[:len(o.head):len(o.head)], json...), tail...))
}

// stop ends what the operation does; nothing more is sent for it.
func (o *operation) stop() {
	o.mu.Lock()
	d, cancel := o.delivery, o.cancel
	o.delivery, o.cancel, o.stopped = nil, nil, true
	o.mu.Unlock()
	if cancel != nil {
		cancel()
		o.sending.Lock() // whoever sends gives up, or has just done so
		defer o.sending.Unlock()
	}
	if d != nil {
		d.close()
	}
}

// room has a subscription go on.
func (o *operation) room() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.delivery != nil {
		o.delivery.room()
	}
}

// next implements sink. A socket that is closed has room for everything: its end is on the way.
func (o *operation) next(b batch, r *round) int {
	send := o.conn.Try
	if r != nil && o.shared() {
		r.hold(o.conn)
		send = o.conn.Hold
	}
	taken, err := send(socket.Batch{Head: o.head, Bodies: b.bodies, Tail: tail})
	if err != nil {
		return b.len()
	}
	return taken
}

// shared implements sink.
func (o *operation) shared() bool { return o.peer.count.Load() > 1 }

// complete implements sink. The id is free before the client hears of it.
func (o *operation) complete() {
	if o.peer.remove(o) {
		o.conn.Must(completed(o.id))
	}
}

// fail implements sink.
func (o *operation) fail(list gqlerror.List) {
	if o.peer.remove(o) {
		o.conn.Must(o.peer.protocol.failure(o.id, list))
	}
}
