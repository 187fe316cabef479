package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// Handover passes a subscription's stream from its resolver to the transport. The transport puts
// an empty one into the context with WithHandover and dispatches the operation. The resolver
// decides whether the viewer may subscribe, and to what, and fills in the stream. At most one of
// the streams is set when DispatchOperation has returned. The transport reads that stream and must
// close it. With neither set, the resolver failed, and the response has its errors.
//
// Without a Handover the resolver returns a channel, as gqlgen's own transports expect.
type Handover struct {
	// After takes the place of the operation's own argument of that name. Empty: the argument
	// counts.
	After briefing.Cursor
	// Briefings is the stream of startBriefing, reloadBriefing and briefings.
	Briefings briefing.Stream
	// Requests is the stream of requestChanged.
	Requests briefing.RequestStream
}

type handoverKey struct{}

// WithHandover returns a context in which a subscription's resolver fills in h and returns.
func WithHandover(ctx context.Context, h *Handover) context.Context {
	return context.WithValue(ctx, handoverKey{}, h)
}

// handover returns the transport's Handover; nil: there is none.
func handover(ctx context.Context) *Handover {
	h, _ := ctx.Value(handoverKey{}).(*Handover)
	return h
}

// Transport answers calls of one kind, and leaves others to the next transport.
type Transport = graphql.Transport

// ReadOnly returns a context in which nothing may be changed. Transports use it for what comes by
// GET.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// relay copies a stream into a channel, for transports without a Handover. The channel is closed
// when the stream ends or fails, and when ctx ends. Then closeStream is called, once.
func relay[T any](
	ctx context.Context, next func(context.Context) (T, error), closeStream func(),
) <-chan *T {
	out := make(chan *T)
	go func() {
		defer close(out)
		defer closeStream()
		for {
			v, err := next(ctx)
			if err != nil {
				return
			}
			select {
			case out <- &v:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}
