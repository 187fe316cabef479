package briefing

import "context"

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
	// not call the stream.
	Notify(f func())
	// Close ends the subscription. It may be called twice, and while Next waits.
	Close()
}
