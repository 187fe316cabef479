package subscribe

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// alone is one subscription to briefings whose stream is not the hub's, as a service that wraps
// streams hands out. It shares nothing with others: a goroutine of its own reads the stream,
// executes the selection and sends.
type alone struct {
	t      *Transports
	out    sink
	stream briefing.Stream
	run    execution
	cancel context.CancelFunc // of run
	wake   chan struct{}      // one token: there is room

	mu   sync.Mutex // guards over, and is held while a message is handed to the sink
	over bool
}

func (t *Transports) newAlone(out sink, s briefing.Stream, exec graphql.GraphExecutor, op *graphql.OperationContext) *alone {
	a := &alone{t: t, out: out, stream: s, run: t.newExecution(exec, op), wake: make(chan struct{}, 1)}
	a.run.ctx, a.cancel = context.WithCancel(t.ctx)
	return a
}

func (a *alone) resume() {
	ctx := a.run.ctx // the execution changes its own
	a.t.working.Go(func() { a.copy(ctx) })
}

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
		var one batch
		one.add(a.run.briefing(&b, nil), b.Cursor)
		if !a.send(ctx, one) {
			return
		}
	}
}

// send waits for room. It reports whether the subscription goes on.
func (a *alone) send(ctx context.Context, b batch) bool {
	for !a.try(b) {
		select {
		case <-a.wake:
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

// try reports whether nothing is left to do for the batch.
func (a *alone) try(b batch) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.over || a.out.next(b, nil) > 0
}

// finish tells the client of the stream's end.
func (a *alone) finish(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return
	}
	a.end()
	if errors.Is(err, io.EOF) {
		a.out.complete()
	} else {
		a.out.fail(a.run.present(err))
	}
}

// end gives the stream up; a.mu is held.
func (a *alone) end() {
	a.over = true
	a.cancel()
	a.stream.Close()
}

func (a *alone) room() {
	select {
	case a.wake <- struct{}{}:
	default: // a token is there already
	}
}

func (a *alone) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.end()
	}
}
