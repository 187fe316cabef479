package briefing

import "context"

// Live is the hub. It joins the stored briefings and those to come without a gap and without a
// duplicate. It is safe for concurrent use.
type Live interface {
	// Subscribe returns the stored briefings of a request after a briefing (empty means from the
	// first) and then the new ones, each once, in stored order. It returns ErrNotFound for an
	// unknown request, and ErrBadCursor for a position beyond the newest briefing. The caller
	// closes the stream.
	Subscribe(ctx context.Context, id RequestID, after BriefingID) (Stream, error)
	// SubscribeRequests returns each active request of the user, oldest first, or the latest
	// request if none is active, and then each start, end and moved end. A slow reader gets the
	// newest state of each camera only. The caller closes the stream.
	SubscribeRequests(ctx context.Context, username string) (RequestStream, error)
	// SubscribeCameras returns each stored camera of the user, and then each of its changes. A slow
	// reader gets the newest state of each camera only. A deleted camera has no further entry. The
	// states have neither Credentials nor TokenHash. An unknown user has no cameras. The caller
	// closes the stream.
	SubscribeCameras(ctx context.Context, username string) (CameraStream, error)
}

// Stream is a subscription to briefings, read by one goroutine.
type Stream interface {
	// Next waits for the next briefing, even while the store is unreachable. It returns io.EOF when
	// the request has ended and everything was sent, and ctx's error when ctx ends.
	Next(ctx context.Context) (Briefing, error)
	// More reports whether Next would return a briefing at once. It never waits. Only the goroutine
	// that calls Next may call it.
	More() bool
	// Close ends the subscription. It may be called twice, and while Next waits.
	Close()
}

// RequestStream is a subscription to a user's requests, read by one goroutine: with Next, or with
// Poll after Notify.
type RequestStream interface {
	// Next waits for the next state. It returns io.EOF when the user was deleted, and ctx's error
	// when ctx ends.
	Next(ctx context.Context) (Request, error)
	// Poll returns the next state if there is one, without waiting.
	Poll() (Request, bool)
	// Ended reports whether the user was deleted. There is no further state then.
	Ended() bool
	// Notify registers f, which is called whenever there may be a next state. The first call may
	// come before Notify returns, and none comes after Close has returned. f must not wait and must
	// not call the stream.
	Notify(f func())
	// Close ends the subscription. It may be called twice, and while Next waits.
	Close()
}

// CameraStream is a subscription to a user's cameras, read by one goroutine: with Next, or with
// Poll after Notify.
type CameraStream interface {
	// Next waits for the next state. It returns io.EOF when the user was deleted, and ctx's error
	// when ctx ends.
	Next(ctx context.Context) (Camera, error)
	// Poll returns the next state if there is one, without waiting.
	Poll() (Camera, bool)
	// Ended reports whether the user was deleted. There is no further state then.
	Ended() bool
	// Notify registers f, which is called whenever there may be a next state. The first call may
	// come before Notify returns, and none comes after Close has returned. f must not wait and must
	// not call a stream or the hub.
	Notify(f func())
	// Close ends the subscription. It may be called twice, and while Next waits.
	Close()
}
