package briefing

import "context"

// Live is the hub: what was stored and then what comes, without gap or double.
type Live interface {
	// Subscribe returns the briefings of a request after the given one (empty:
	// from the first), each once, in stored order, and then those that come. The request must exist: ErrNotFound.
	// A position beyond the newest is ErrBadCursor.
	Subscribe(ctx context.Context, id RequestID, after BriefingID) (Stream, error)
	// SubscribeRequests returns the newest state of the user's latest request, if there is one, then starts and ends as they
	// come; a slow reader gets the newest state only.
	SubscribeRequests(ctx context.Context, username string) (RequestStream, error)
}

// Stream is a subscription to briefings, read by one goroutine.
type Stream interface {
	// Next waits for the next briefing. io.EOF when the request has ended and
	// everything was sent; ctx's error when ctx ends. While the store is away it waits.
	Next(ctx context.Context) (Briefing, error)
	// More reports whether Next would return a briefing at once. It never waits. It is called by the
	// goroutine that calls Next.
	More() bool
	// Close gives up the subscription. It may be called twice, and while Next waits.
	Close()
}

// RequestStream is a subscription to a user's requests, read by one goroutine: by Next, or by Poll after Tell.
type RequestStream interface {
	// Next waits for the next state; ctx's error when ctx ends.
	Next(ctx context.Context) (Request, error)
	// Poll returns the next state if there is one, without waiting.
	Poll() (Request, bool)
	// Tell has f called when there may be a next state, at once too, and not after Close has returned. f must not wait, nor call the stream.
	Tell(f func())
	// Close gives up the subscription. It may be called twice, and while Next waits.
	Close()
}
