package graph

import (
	"context"

	"bis/internal/briefing"
)

// taking is how a transport takes over what a subscription's resolver was given.
type taking struct {
	after     briefing.Cursor
	briefings func(briefing.Stream)
	requests  func(briefing.RequestStream)
}

type takingKey struct{}

// Taking returns a context in which a subscription's resolver hands its stream to the transport and returns: the transport
// reads the stream, and must close it. after takes the place of the argument of that name unless it is empty.
func Taking(ctx context.Context, after briefing.Cursor, briefings func(briefing.Stream), requests func(briefing.RequestStream)) context.Context {
	return context.WithValue(ctx, takingKey{}, &taking{after, briefings, requests})
}

// telling is what a subscription executes on in place of a stream of its own.
type telling struct {
	briefings <-chan *briefing.Briefing
	requests  <-chan *briefing.Request
}

type tellingKey struct{}

// Telling returns a context in which a subscription's resolver asks nobody and returns one of these channels: the transport
// has subscribed before, and executes the selection on what it puts there.
func Telling(ctx context.Context, briefings <-chan *briefing.Briefing, requests <-chan *briefing.Request) context.Context {
	return context.WithValue(ctx, tellingKey{}, &telling{briefings, requests})
}

// ReadOnly returns a context in which nothing may be changed.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// deliver is the one way of all subscriptions: execute on what the transport tells, or subscribe and hand over.
func deliver[S any, V any](ctx context.Context, subscribe func(after briefing.Cursor) (S, error), told func(*telling) <-chan V, take func(*taking) func(S)) (<-chan V, error) {
	if t, ok := ctx.Value(tellingKey{}).(*telling); ok {
		return told(t), nil
	}
	t, ok := ctx.Value(takingKey{}).(*taking)
	if !ok {
		return nil, errNoTransport
	}
	stream, err := subscribe(t.after)
	if err != nil {
		return nil, err
	}
	take(t)(stream)
	nothing := make(chan V)
	close(nothing)
	return nothing, nil
}
