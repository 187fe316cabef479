package briefing

import (
	"context"
	"time"
)

// Store keeps users, requests and briefings, and tells what changed. It says
// what, never how; storetest holds a test for each sentence here.
//
// All methods are safe for concurrent use. Errors are of the kinds in errors.go:
// ErrUnavailable when the store cannot be reached or cannot write (a full disk)
// and the same call may succeed later; nothing was stored then, unless the answer was
// lost on the way. What was acknowledged survives the loss of the process and of power.
type Store interface {
	UserStore
	RequestStore
	BriefingStore
	OwnerStore
	FeedStore

	// Now is the store's clock: what ticks, ends and ids go by. It never blocks.
	Now() time.Time
	// Ping tells whether users, requests and briefings can be read and written. It reads and writes
	// them, and leaves no trace in the feed and in what other calls return. What fails is told by a
	// NotReadyError.
	Ping(ctx context.Context) error
	// Close ends the feeds, waits for writes under way and releases everything. It waits
	// 2 s at most for a database that hangs; writes that it gives up answer ErrUnavailable.
	// Calls after it answer ErrUnavailable. It may be called twice.
	Close() error
}

// UserStore keeps users. Here and in RequestStore a name stands for its user: look-ups match every
// stored spelling with the same NameKey. Names are stored as they are given, and none is rewritten.
type UserStore interface {
	// EnsureUser returns the user of that name and makes it, with those custom
	// lines, when there is none. made tells which. Of simultaneous calls for one new
	// name exactly one makes it, and all return the same user.
	EnsureUser(ctx context.Context, username string, custom []string) (u User, made bool, err error)
	// User returns the user of that name or ErrNotFound. Where old data holds a
	// name twice, also in several spellings, the first by id is the user.
	User(ctx context.Context, username string) (User, error)
	// SetCustom replaces the user's custom lines; an empty list is stored and read
	// back as an empty list. ErrNotFound when there is no such user.
	SetCustom(ctx context.Context, username string, custom []string) (User, error)
}

// Start is an order for a new request.
type Start struct {
	// Request is the request to store. Its ID, counts and LastID are ignored; the
	// store gives the id, greater than those of all the user's earlier requests.
	Request Request
	// User says what the start does about the user of that name.
	User StartUser
	// Skipped is what the schedule knows of the user's active request, if that gets replaced.
	Skipped Skips
	// ContinueSame makes an active request with the same Interval, EndText and
	// CameraID be continued instead of replaced.
	ContinueSame bool
	// OnlyContinue makes ErrNotFound of a start that continues nothing. Then only Username and Key
	// of the Request count, and with ContinueSame what it compares. No user is made.
	OnlyContinue bool
}

// StartUser says what a start does about its user.
type StartUser uint8

const (
	// AnyUser stores the name as it is given, whether or not there is such a user.
	AnyUser StartUser = iota
	// KnownUser stores the user's own spelling of the name. Without such a user the start is
	// ErrNotFound.
	KnownUser
	// EnsuredUser is KnownUser, but a user that is not there is made as EnsureUser does, with
	// DefaultCustom.
	EnsuredUser
)

// Started is what came of a Start.
type Started struct {
	Request   Request
	Continued bool     // Request is an older one, found by its key or because it is the same
	Replaced  *Request // the request that was ended for this one; nil: none
}

// RequestStore keeps requests.
type RequestStore interface {
	// StartRequest stores a new active request after it has ended the user's active one as Replaced
	// at the new one's StartedAt; both or neither. A user never has two active requests, whatever
	// races; where old data holds several, also in several spellings of the name, all but the
	// newest end as Replaced, at the latest when something is claimed or started. A Key that one of
	// the user's requests has, active or ended, continues that one and changes nothing. In the feed
	// the end comes before the start. A user that is made stays if the start fails afterwards, or
	// is undone with it.
	StartRequest(ctx context.Context, s Start) (Started, error)
	// EndRequest ends an active request as Request.Ended has it. All briefings of the request precede
	// its end in the feed. An ended request is ErrConflict, an unknown one ErrNotFound. When e names a
	// user, a user without an active request is ErrConflict, and an unknown user is ErrNotFound.
	EndRequest(ctx context.Context, e End) (Request, error)
	// Request returns a request or ErrNotFound.
	Request(ctx context.Context, id RequestID) (Request, error)
	// ActiveRequest returns the user's active request or ErrNotFound.
	ActiveRequest(ctx context.Context, username string) (Request, error)
	// LatestRequest returns the user's newest request by id or ErrNotFound.
	LatestRequest(ctx context.Context, username string) (Request, error)
	// Requests returns at most limit of the user's requests, newest first, beginning
	// after the id `after` (empty: with the newest), and whether there are more. An unknown user is
	// ErrNotFound.
	Requests(ctx context.Context, username string, after RequestID, limit int) (list []Request, more bool, err error)
	// SummaryState reads what a summary depends on in one go, or ErrNotFound.
	SummaryState(ctx context.Context, id RequestID) (SummaryState, error)
	// RequestStates returns those of the requests that exist, by id, in as few
	// round trips as the store can.
	RequestStates(ctx context.Context, ids []RequestID) (map[RequestID]Request, error)
}

// SummaryState tells whether a summary is out of date: it depends on these and on nothing else.
type SummaryState struct {
	Request Request
	Custom  []string   // the user's style lines; none when there is no such user
	Newest  BriefingID // the newest stored briefing by id; empty: none
}

// End is an order to end a request: the one that ID names, or the active one of the user that
// Username names. One of the two is empty.
type End struct {
	ID       RequestID
	Username string
	Reason   EndReason
	At       time.Time
	// Skipped is what the schedule knows of the request. Ticks up to At that neither it nor the
	// store knows of are missed.
	Skipped Skips
	// Owner, when not zero, must be the request's owner, else ErrNotOwner: an end
	// by time is the owner's to write. An end by the user leaves it zero.
	Owner Owner
}

// Append is a run's result on its way into the store.
type Append struct {
	RequestID RequestID
	Owner     Owner // who ran it, in which term
	Tick      int64 // at least 1
	// Skipped is how many ticks between the last stored one and Tick were
	// skipped; the rest of the gap counts as missed.
	Skipped int
	// Briefing is what to store; its ID, RequestID, Cursor and Tick are ignored.
	Briefing Briefing
}

// Slice asks for a stretch of a request's briefings.
type Slice struct {
	After    BriefingID // exclusive; empty: from the first
	Before   BriefingID // exclusive; empty: to the newest
	Limit    int        // at least 1
	Backward bool       // the last Limit of the stretch rather than the first; the order of the answer stays
}

// Position is a place in a request's briefings.
type Position struct {
	RequestID RequestID
	After     BriefingID // empty: before the first
}

// BriefingStore keeps briefings.
type BriefingStore interface {
	// Append stores a run's briefing and settles the ticks up to its own. Its id is the greater of a fresh one and
	// the request's LastID + 1, so ids follow the commit. Refused are: another
	// owner or term (ErrNotOwner), an ended request and a tick at or before LastTick
	// (ErrConflict), an unknown request (ErrNotFound). A tick is stored at most once. The request's DONE
	// count is the number of runs stored.
	Append(ctx context.Context, a Append) (Briefing, error)
	// AddBriefing stores a briefing from outside, with an id by the same rule. It
	// changes no tick. An ended request is ErrConflict, an unknown one ErrNotFound.
	AddBriefing(ctx context.Context, b Briefing) (Briefing, error)
	// Briefings returns the briefings of a stretch, oldest first, and whether the stretch
	// has more than the limit let through. An unknown request has none.
	Briefings(ctx context.Context, id RequestID, s Slice) (list []Briefing, more bool, err error)
	// CatchUp reads for each position at most limit briefings after it, oldest
	// first, in as few round trips as the store can. A request with none is absent.
	CatchUp(ctx context.Context, at []Position, limit int) (map[RequestID][]Briefing, error)
}

// RunState is what a run must know before it begins.
type RunState struct {
	Active bool
	Owner  Owner
	Custom []string // the user's style lines, as they are now
}

// OwnerStore says who runs what.
type OwnerStore interface {
	// Claim makes this process the owner of active requests that it may take, at
	// most limit of them, raises their terms, and returns them. An empty answer means that
	// nothing is left to take for now. What StartRequest or Claim returned before is not returned again
	// while this process owns it.
	Claim(ctx context.Context, limit int) ([]Request, error)
	// Release lets other processes claim at once what this one owns. It is called when the last
	// run was stored; what this process appends afterwards may be refused.
	Release(ctx context.Context) error
	// RunState reads owner, activity and style in one go. ErrNotFound for an
	// unknown request.
	RunState(ctx context.Context, id RequestID) (RunState, error)
}

// ChangeKind tells what a Change is about.
type ChangeKind uint8

// The kinds of change.
const (
	BriefingStored ChangeKind = iota + 1
	RequestStarted
	RequestEnded
)

// Change is one entry of the feed.
type Change struct {
	Kind     ChangeKind
	Briefing Briefing // of BriefingStored
	Request  Request  // of RequestStarted and RequestEnded
}

// FeedStore tells what changed.
type FeedStore interface {
	// OpenFeed opens the feed of everything committed after it returned. The feed may first
	// tell changes that were committed shortly before: some databases begin a stream at
	// their last commit. Readers drop what they know, by its id. After a loss the store goes
	// on from its own resume position if it has one, unless fresh.
	OpenFeed(ctx context.Context, fresh bool) (Feed, error)
}

// Feed is the stream of what was committed: briefings, starts and ends of requests, each
// once, in commit order for each request. Changes from before its opening come before all
// others, under the same rules. It is read by one goroutine.
type Feed interface {
	// Next waits for a change. After ErrFeedLost, or any error that is not
	// ctx's, the feed is finished: changes may have passed unseen.
	Next(ctx context.Context) (Change, error)
	// More reports whether Next would return a change at once. It never waits. False may be
	// out of date when it arrives.
	More() bool
	// Close gives up the feed. It may be called twice, and while Next waits.
	Close() error
}
