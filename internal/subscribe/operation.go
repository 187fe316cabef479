package subscribe

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// Operation is one operation of a client, from its message to its end; the package comment has its
// states. A protocol calls Open, makes the operation known under its id, and calls Run, or Start
// and Deliver. Stop may come at any time after Open. The zero value is ready for Open. Its methods
// are safe for concurrent use, but for Open, Start and Deliver, which are called in this order.
type Operation struct {
	sending sync.Mutex // held while an answer of a query or mutation is sent; Stop waits for that

	mu       sync.Mutex         // guards what follows
	cancel   context.CancelFunc // ends Open's context; nil: that is over
	delivery delivery           // nil: none yet, or it is no subscription
	stopped  bool
}

// Call is what an operation is to do, and for whom.
type Call struct {
	Exec graphql.GraphExecutor
	// Params is the operation as the client sent it. It is not used when Op is set.
	Params *graphql.RawParams
	// Op is the operation if the protocol has created it. Nil: Start creates it.
	Op *graphql.OperationContext
	// After takes the place of the operation's own argument unless it is empty.
	After  briefing.Cursor
	Client Client
	// Replays has the bounds of the client's connection. Nil: none.
	Replays *Replays
}

// create parses and validates an operation. The errors are as callers may see them.
func create(
	ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	params.ReadTime = graphql.TraceTiming{Start: graphql.GetStartTime(ctx), End: graphql.Now()}
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		return nil, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors
	}
	return op, nil
}

// Open returns the context of the operation's start, which Stop cancels. The context also ends
// when Start is over, so that nothing of it is kept while a subscription lasts.
func (o *Operation) Open(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cancel = cancel
	return ctx
}

// Run sees a query or a mutation through, or has a subscription delivered. ctx is Open's.
func (o *Operation) Run(ctx context.Context, c *Core, call Call) {
	if o.Start(ctx, c, call) {
		o.Deliver()
	}
}

// Start runs the operation's resolvers, which may wait for the store. It sees a query or a
// mutation through. It reports whether the operation is a subscription that waits for Deliver;
// otherwise the client knows the end. A panic fails this operation alone. ctx is Open's.
func (o *Operation) Start(ctx context.Context, c *Core, call Call) (subscribed bool) {
	defer o.release()
	defer func() {
		if cause := recover(); cause != nil {
			call.Client.Fail(presentPanic(ctx, call.Exec, cause))
		}
	}()
	op, errs := call.Op, gqlerror.List(nil)
	if op == nil {
		op, errs = create(ctx, call.Exec, call.Params)
	}
	if errs == nil && op.Operation.Operation != ast.Subscription {
		o.answer(ctx, call, op)
		return false
	}
	var s started
	if errs == nil {
		s = c.dispatch(ctx, op, call)
		errs = s.failed
	}
	switch {
	case s.delivery != nil:
		return o.keep(s.delivery)
	case ctx.Err() == nil:
		call.Client.Fail(errs)
	}
	return false
}

// release ends Open's context.
func (o *Operation) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cancel != nil {
		o.cancel()
		o.cancel = nil
	}
}

// keep keeps the delivery of a subscription. It closes it and reports false when the operation was
// stopped meanwhile.
func (o *Operation) keep(d delivery) bool {
	o.mu.Lock()
	stopped := o.stopped
	if !stopped {
		o.delivery = d
	}
	o.mu.Unlock()
	if stopped {
		d.close()
	}
	return !stopped
}

// current returns the delivery. Its methods but room are called without o.mu: they take locks that
// are held while the client is called, and the client may hold a lock while it calls Room.
func (o *Operation) current() delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.delivery
}

// Deliver lets a subscription send. Before it nothing is sent.
func (o *Operation) Deliver() {
	if d := o.current(); d != nil {
		d.start()
	}
}

// Finished reports, between Start and Deliver, whether a subscription has nothing to send and
// never will: its request has ended, and the client has all briefings of it.
func (o *Operation) Finished() bool {
	d := o.current()
	return d != nil && d.finished()
}

// answer sends what a query or a mutation brings. The answer counts for the caller until the client
// has it; what its connection queues then counts there.
func (o *Operation) answer(ctx context.Context, call Call, op *graphql.OperationContext) {
	payload, booking, err := respond(ctx, call.Exec, op)
	defer booking.Release()
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		call.Client.Fail(graph.PresentError(graphql.WithOperationContext(ctx, op), call.Exec, err))
		return
	case payload != nil:
		_ = o.send(ctx, call.Client, payload) // the client is gone, and learns nothing below
	}
	if ctx.Err() == nil {
		call.Client.Complete()
	}
}

// respond executes a query or a mutation and returns the answer as JSON, with what was booked for
// it.
func respond(
	ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
) ([]byte, *limit.Booking, error) {
	res, booking, err := graph.Respond(ctx, exec, op)
	if err != nil || res == nil {
		return nil, booking, err
	}
	payload, err := graph.Encode(res)
	if err != nil {
		return nil, booking, err
	}
	booking.Shrink(int64(cap(payload)))
	return payload, booking, nil
}

// send sends an answer, unless ctx has ended: the operation was stopped.
func (o *Operation) send(ctx context.Context, client Client, json []byte) error {
	o.sending.Lock()
	defer o.sending.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return client.Answer(ctx, json)
}

// Stop ends what the operation does. Nothing is sent for it after Stop has returned, so that the
// client may use its id again. It may be called twice.
func (o *Operation) Stop() {
	o.mu.Lock()
	d, cancel := o.delivery, o.cancel
	o.delivery, o.cancel, o.stopped = nil, nil, true
	o.mu.Unlock()
	if cancel != nil {
		cancel()
		o.sending.Lock() // Answer gives up now, or has just returned
		defer o.sending.Unlock()
	}
	if d != nil {
		d.close()
	}
}

// Room says that a Send that accepted only a part may be tried again. It returns at once, and may
// be called when nothing waits.
func (o *Operation) Room() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.delivery != nil {
		o.delivery.room()
	}
}
