package subscribe

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/limit"
)

// delivery sends the messages of one subscription. Types member, changes and alone implement it.
// Its methods are safe for concurrent use and return without waiting.
type delivery interface {
	// start starts the sending. It is called once.
	start()
	// room reports that the client has room again.
	room()
	// finished reports, before start, whether the subscription has nothing to send and will never
	// have.
	finished() bool
	// close ends the subscription. Nothing is sent after close has returned.
	close()
}

// started is the result of a subscription's resolver. Exactly one field is set.
type started struct {
	failed   gqlerror.List
	delivery delivery
}

// errNoStream is a fault of the server: a resolver neither failed nor handed a stream over.
var errNoStream = errors.New("subscription brought no response")

// dispatch runs the resolver of a subscription, which hands its stream over. Nothing is sent before
// delivery.start.
func (c *Core) dispatch(ctx context.Context, op *graphql.OperationContext, call Call) started {
	h := &graph.Handover{After: call.After}
	responses, ctx := call.Exec.DispatchOperation(graph.WithHandover(ctx, h), op)
	switch {
	case h.Requests != nil:
		return dispatchStates(ctx, c, call, op, h.Requests, requestKey)
	case h.Cameras != nil:
		return dispatchStates(ctx, c, call, op, h.Cameras, cameraKey)
	case h.Briefings != nil:
		return c.dispatchBriefings(ctx, h.Briefings, op, call)
	}
	res := responses(ctx)
	if res == nil || len(res.Errors) == 0 {
		return started{failed: graph.PresentError(ctx, call.Exec, errNoStream)}
	}
	return started{failed: res.Errors}
}

// requestKey is the camera of a request: a slow client needs its newest request alone.
func requestKey(r *briefing.Request) string { return string(r.CameraID) }

func cameraKey(c *briefing.Camera) string { return string(c.ID) }

// dispatchStates creates the delivery of a stream of states. If there is no room for what the
// delivery holds, it closes the stream.
func dispatchStates[T any](
	ctx context.Context, c *Core, call Call, op *graphql.OperationContext,
	stream stateStream[T], key func(*T) string,
) started {
	held, err := c.held.hold(limit.CallerOf(ctx), op, changesBytes+call.Bytes)
	if err != nil {
		stream.Close()
		return started{failed: graph.PresentError(ctx, call.Exec, err)}
	}
	return started{delivery: newChanges(c, call, op, stream, key, held)}
}

// dispatchBriefings creates the delivery of a stream of briefings. If there is no room for what the
// delivery holds, it closes the stream.
func (c *Core) dispatchBriefings(
	ctx context.Context, stream briefing.Stream, op *graphql.OperationContext, call Call,
) started {
	var d delivery
	var err error
	if sub, ok := stream.(*feed.Subscription); ok {
		d, err = c.join(ctx, call, sub, op)
	} else {
		var held holding
		if held, err = c.held.hold(limit.CallerOf(ctx), op, call.Bytes); err == nil {
			d = c.newAlone(call, stream, op, held)
		}
	}
	if err != nil {
		stream.Close()
		return started{failed: graph.PresentError(ctx, call.Exec, err)}
	}
	return started{delivery: d}
}

// presentPanic returns the errors that callers may see after a panic. The goroutines of this
// package recover from panics, because an unrecovered one would end the process.
func presentPanic(ctx context.Context, exec graphql.GraphExecutor, cause any) gqlerror.List {
	err := fmt.Errorf("operation panicked: %v\n%s", cause, debug.Stack())
	return graph.PresentError(ctx, exec, err)
}
