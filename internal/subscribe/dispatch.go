package subscribe

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/feed"
)

// delivery is one subscription at work: a member, changes or alone. Its methods are safe for
// concurrent use and return without waiting.
type delivery interface {
	// start lets it send. It is called once.
	start()
	// room says that a message that found no room may find it now.
	room()
	// finished reports, before start, whether there is nothing to send and never will be.
	finished() bool
	// close gives it up. Nothing is sent after close has returned.
	close()
}

// started is a subscription whose resolver has run: exactly one field is set.
type started struct {
	failed   gqlerror.List
	delivery delivery
}

// errNoStream is a fault of the server's: a resolver neither failed nor subscribed.
var errNoStream = errors.New("subscription brought no response")

// dispatch runs the resolver of a subscription, which hands its stream over and returns without
// having sent anything.
func (c *Core) dispatch(ctx context.Context, op *graphql.OperationContext, call Call) started {
	h := &graph.Handover{After: call.After}
	responses, ctx := call.Exec.DispatchOperation(graph.WithHandover(ctx, h), op)
	switch {
	case h.Requests != nil:
		return started{delivery: c.newChanges(call.Client, h.Requests, call.Exec, op)}
	case h.Briefings != nil:
		if sub, ok := h.Briefings.(*feed.Subscription); ok {
			m := c.join(call.Client, sub, call.Exec, op)
			m.bounds = call.Replays // it waits for start
			return started{delivery: m}
		}
		return started{delivery: c.newAlone(call.Client, h.Briefings, call.Exec, op)}
	}
	res := responses(ctx)
	if res == nil || len(res.Errors) == 0 {
		return started{failed: graph.PresentError(ctx, call.Exec, errNoStream)}
	}
	return started{failed: res.Errors}
}

// presentPanic returns what callers may see of a panic. Goroutines of this package must not die of
// one: the process would.
func presentPanic(ctx context.Context, exec graphql.GraphExecutor, cause any) gqlerror.List {
	err := fmt.Errorf("operation panicked: %v\n%s", cause, debug.Stack())
	return graph.PresentError(ctx, exec, err)
}
