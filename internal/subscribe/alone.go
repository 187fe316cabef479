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
// streams hands out such ones. It shares nothing with other subscriptions: a goroutine of its own
// reads the stream, executes the selection and sends.
type alone struct {
	core   *Core
	client Client
	stream briefing.Stream
	ctx    context.Context // of the subscription; the goroutine's and the encoder's
	cancel context.CancelFunc
	run    encoder
	wake   chan struct{} // one token: there is room

	mu    sync.Mutex // guards ended; held while the client is called
	ended bool
}

func (c *Core) newAlone(
	client Client, s briefing.Stream, exec graphql.GraphExecutor, op *graphql.OperationContext,
) *alone {
	a := &alone{core: c, client: client, stream: s, wake: make(chan struct{}, 1)}
	a.ctx, a.cancel = context.WithCancel(c.ctx)
	a.run = c.newEncoder(a.ctx, exec, op)
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

// send waits for room. It reports whether the subscription goes on.
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

// try reports whether nothing is left to do for the batch: the client accepted it, or the
// subscription has ended.
func (a *alone) try(b Batch) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ended || a.client.Send(b, nil) > 0
}

// finish tells the client about the end of the stream.
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

// end closes the stream; a.mu is held.
func (a *alone) end() {
	a.ended = true
	a.cancel()
	a.stream.Close()
}

// room implements delivery.
func (a *alone) room() {
	select {
	case a.wake <- struct{}{}:
	default: // a token is there already
	}
}

// finished implements delivery. Only a stream of the hub knows its end without being read.
func (a *alone) finished() bool { return false }

// close implements delivery.
func (a *alone) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ended {
		a.end()
	}
}
