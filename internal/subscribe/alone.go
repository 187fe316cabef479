package subscribe

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// alone is one subscription to briefings whose stream is not the hub's own. A service that wraps
// streams returns such streams. The subscription shares nothing with other subscriptions: its own
// goroutine reads the stream, executes the selection and sends the responses.
type alone struct {
	core   *Core
	client Client
	stream briefing.Stream
	ctx    context.Context // ends with the subscription; used by the goroutine and the encoder
	cancel context.CancelFunc
	run    encoder
	wake   chan struct{} // contains a token when the client has room again
	held   holding

	mu    sync.Mutex // guards ended; locked while the client is called
	ended bool
}

// newAlone returns a subscription to s that sends to client after start.
func (c *Core) newAlone(
	call Call, s briefing.Stream, op *graphql.OperationContext, held holding,
) *alone {
	a := &alone{core: c, client: call.Client, stream: s, wake: make(chan struct{}, 1), held: held}
	a.ctx, a.cancel = context.WithCancel(c.ctx)
	a.run = c.newEncoder(a.ctx, call.Exec, op)
	return a
}

// start implements delivery.
func (a *alone) start() { a.core.working.Go(func() { a.copy(a.ctx) }) }

// copy sends briefing after briefing until the stream ends or the subscription is closed.
func (a *alone) copy(ctx context.Context) {
	for {
		b, err := a.stream.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			a.finish(err)
			return
		}
		var one Batch
		one.add(a.run.encode(&b, nil), b.Cursor)
		if !a.send(ctx, one) {
			return
		}
	}
}

// send sends b, and waits until the client has room. It reports whether the subscription continues.
func (a *alone) send(ctx context.Context, b Batch) bool {
	for !a.try(b) {
		select {
		case <-a.wake:
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

// try sends b without waiting. It reports false if the client has no room, so that try must be
// repeated. It reports true if the client accepted b or the subscription has ended.
func (a *alone) try(b Batch) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ended || a.client.Send(b, nil) > 0
}

// finish notifies the client that the stream has ended: err is io.EOF or the failure.
func (a *alone) finish(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return
	}
	a.end()
	if errors.Is(err, io.EOF) {
		a.client.Complete()
	} else {
		a.client.Fail(a.run.executor.Present(err))
	}
}

// end closes the stream. The caller has locked a.mu.
func (a *alone) end() {
	a.ended = true
	a.cancel()
	a.stream.Close()
	a.held.release()
}

// room implements delivery.
func (a *alone) room() {
	select {
	case a.wake <- struct{}{}:
	default: // a token is there already
	}
}

// finished implements delivery. The end of a stream that is not the hub's own is known only after a
// read.
func (a *alone) finished() bool { return false }

// close implements delivery.
func (a *alone) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ended {
		a.end()
	}
}
