package briefing

import "context"

// ChangeKind says what a Change is about.
type ChangeKind uint8

// The kinds of change.
const (
	BriefingStored ChangeKind = iota + 1
	RequestStarted
	RequestEnded
	RequestMoved // an active request has another end
	RequestDeleted
	UserDeleted
	CameraChanged // a camera was saved, or its health has changed
	CameraDeleted
)

// Change is one entry of the feed.
type Change struct {
	Kind     ChangeKind
	Briefing Briefing // set for BriefingStored
	// Request is set for RequestStarted and RequestEnded, as it was then. For RequestMoved it may
	// have later changes, too. For RequestDeleted, only its ID is set.
	Request  Request
	Username string // set for UserDeleted
	// Camera is set for CameraChanged, as it was then or with later changes, without Credentials
	// and TokenHash. For CameraDeleted, only its ID and, if the store has it, its Username are set.
	Camera Camera
}

// FeedStore reports what changed.
type FeedStore interface {
	// OpenFeed opens the feed of everything that is committed after it has returned. The feed may
	// first return changes that were committed shortly before, because some databases begin a
	// stream at their last commit. Readers recognize these by id and discard them.
	//
	// After a loss the store resumes from its own position, if it has one. With fresh it does not.
	OpenFeed(ctx context.Context, fresh bool) (Feed, error)
}

// Feed is the stream of committed changes: briefings, and starts, moved ends, ends and deletions of
// requests, each once, and in the order of commits for each request, and deletions of users. The
// feed may leave out a moved end of a request that has ended since. It may leave out moved ends and
// an end that a deletion follows. Changes from before its opening come before all others,
// by the same rules. One goroutine reads it.
//
// Changes of a camera come in the order of their revisions, before its deletion. A change that
// already has later changes is repeated with them. Changes that a deletion follows may be left out.
type Feed interface {
	// Next waits for a change. After ErrFeedLost, or any error that is not ctx's, the feed is
	// finished, and changes may have been missed.
	Next(ctx context.Context) (Change, error)
	// More reports whether Next would return a change at once. It never waits. False may be out of
	// date when it arrives.
	More() bool
	// Close ends the feed. It may be called twice, and while Next waits.
	Close() error
}
