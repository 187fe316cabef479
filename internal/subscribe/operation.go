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

// Operation is one operation of a client, from its message to its end. The package comment
// describes its states. A protocol calls Open, registers the operation under its id, and calls Run,
// or Start and Deliver. Stop may be called at any time after Open. The zero value is ready for
// Open. The methods are safe for concurrent use, except Open, Start and Deliver, which must be
// called one after another in this order.
type Operation struct {
	sending sync.Mutex // locked while the answer of a query or mutation is sent; Stop waits for it

	mu       sync.Mutex         // guards the fields below
	cancel   context.CancelFunc // cancels Open's context; nil: the start is over
	delivery delivery           // nil: none yet, or not a subscription
	stopped  bool
}

// Call is the input of an operation and the client that receives its messages.
type Call struct {
	Exec graphql.GraphExecutor
	// Params is the operation as the client sent it. It is not used when Op is set.
	Params *graphql.RawParams
	// Op is the parsed operation. Nil means that Start creates it from Params.
	Op *graphql.OperationContext
	// After replaces the operation's argument after, unless After is empty.
	After  briefing.Cursor
	Client Client
	// Replays bounds the replays of the client's connection. Nil means no bounds.
	Replays *Replays
	// Bytes is the memory that the client needs for the operation, such as its id.
	Bytes int
}

// create parses and validates an operation. Callers may see the errors.
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

// Open returns the context of the operation's start, which Stop cancels. The context also ends when
// Start returns, so that its memory is freed while a subscription lasts.
func (o *Operation) Open(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cancel = cancel
	return ctx
}

// Run calls Start, and Deliver for a subscription. ctx is the context that Open returned.
func (o *Operation) Run(ctx context.Context, c *Core, call Call) {
	if o.Start(ctx, c, call) {
		o.Deliver()
	}
}

// Start runs the operation's resolvers, which may wait for the store. It completes a query or a
// mutation. It reports whether the operation is a subscription that waits for Deliver. If it
// reports false, the client was notified of the end, unless the operation was stopped. A panic
// fails this operation alone. ctx is the context that Open returned.
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
		return o.setDelivery(s.delivery)
	case ctx.Err() == nil:
		call.Client.Fail(errs)
	}
	return false
}

// release cancels Open's context.
func (o *Operation) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cancel != nil {
		o.cancel()
		o.cancel = nil
	}
}

// setDelivery stores the delivery of a subscription. If the operation was stopped in the meantime,
// setDelivery closes the delivery and reports false.
func (o *Operation) setDelivery(d delivery) bool {
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

// current returns the delivery. All its methods except room must be called without o.mu. They lock
// mutexes that are also locked while the client is called. The client may call Room, which locks
// o.mu, while it holds a mutex of its own.
func (o *Operation) current() delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.delivery
}

// Deliver starts the sending of a subscription's messages. Nothing is sent before Deliver.
func (o *Operation) Deliver() {
	if d := o.current(); d != nil {
		d.start()
	}
}

// Finished reports, between Start and Deliver, whether a subscription has nothing to send and will
// never have: its request has ended, and the client has received all briefings of the request.
func (o *Operation) Finished() bool {
	d := o.current()
	return d != nil && d.finished()
}

// answer executes a query or a mutation and sends the response. The response's bytes are booked for
// the caller until client.Answer has returned. Bytes that the connection queues are booked by the
// connection.
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
		_ = o.send(ctx, call.Client, payload) // after an error the client is gone
	}
	if ctx.Err() == nil {
		call.Client.Complete()
	}
}

// respond executes a query or a mutation and returns the response as JSON. The caller must release
// the booking of its bytes, even after an error.
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

// send sends the response of a query or a mutation, unless ctx has ended because the operation was
// stopped.
func (o *Operation) send(ctx context.Context, client Client, json []byte) error {
	o.sending.Lock()
	defer o.sending.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return client.Answer(ctx, json)
}

// Stop ends the operation. Nothing is sent for it after Stop has returned, so the client may use
// its id again. Stop may be called more than once.
func (o *Operation) Stop() {
	o.mu.Lock()
	d, cancel := o.delivery, o.cancel
	o.delivery, o.cancel, o.stopped = nil, nil, true
	o.mu.Unlock()
	if cancel != nil {
		cancel()
		o.sending.Lock() // Answer returns now, because its context has ended
		defer o.sending.Unlock()
	}
	if d != nil {
		d.close()
	}
}

// Room reports that the client has room again after a Send that accepted only a part. It returns at
// once, and may be called when nothing waits.
func (o *Operation) Room() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.delivery != nil {
		o.delivery.room()
	}
}
