package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// Handover passes a subscription's stream from its resolver to the transport. A subscription is
// dispatched in two places, each for one purpose:
//
//   - For each subscriber, to decide. The transport puts an empty Handover into the context with
//     WithHandover and dispatches the operation. The resolver decides whether the viewer may
//     subscribe, and to what, and sets the stream. At most one stream is set when DispatchOperation
//     has returned; the transport reads it and must close it. If no stream is set, the resolver
//     failed, and the response has its errors.
//   - For all subscribers that may share the answers, to execute. An Execution dispatches a copy of
//     the operation once, with a channel of its own in place of the resolver. It executes the
//     selection for each value that it sends to the channel.
//
// A subscription on a transport without a Handover gets an error, because the transport would not
// read the stream.
type Handover struct {
	// After replaces the operation's own argument of that name. Empty means that the argument
	// applies.
	After briefing.Cursor
	// Briefings is the stream of startBriefing, reloadBriefing and briefings.
	Briefings briefing.Stream
	// Requests is the stream of requestChanged.
	Requests briefing.RequestStream
	// Cameras is the stream of cameraChanged.
	Cameras briefing.CameraStream
}

type handoverKey struct{}

// WithHandover returns a context in which a subscription's resolver sets the stream of h and
// returns.
func WithHandover(ctx context.Context, h *Handover) context.Context {
	return context.WithValue(ctx, handoverKey{}, h)
}

// errNoHandover is the error of a subscription on a transport that cannot deliver it.
var errNoHandover = errors.New("subscription on a transport without a handover")

// handover returns the transport's Handover. Nil means that there is none.
func handover(ctx context.Context) *Handover {
	h, _ := ctx.Value(handoverKey{}).(*Handover)
	return h
}

// Transport answers calls of one kind. Other calls go to the next transport.
type Transport = graphql.Transport

// ReadOnly returns a context for an operation that must not change data. Transports use it for
// calls by GET.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}
