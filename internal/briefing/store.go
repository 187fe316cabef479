package briefing

import (
	"context"
	"time"
)

// Store stores users, requests and briefings, and reports what changed. These comments are its
// contract. They say what a store does, never how, and package storetest has a check for each
// sentence.
//
// All methods are safe for concurrent use. Errors have one of the kinds in errors.go.
// ErrUnavailable means that the store cannot be reached or cannot write, as on a full disk, and
// that the same call may succeed later. Nothing was stored then, unless the answer was lost on its
// way. Every acknowledged write survives the loss of the process and of power.
//
// A store never calls its callers: everything that a write needs is in its argument.
type Store interface {
	UserStore
	CameraStore
	RequestStore
	BriefingStore
	OwnerStore
	FeedStore
	WordStore

	// Now returns the store's time, by which ticks, ends and ids are made. It never blocks.
	Now() time.Time
	// Ping reports whether users, cameras, requests and briefings can be read and written. It reads
	// and writes all of them, and leaves no trace in the feed or in the results of other calls. An
	// error is a NotReadyError.
	Ping(ctx context.Context) error
	// Close ends the feeds, waits for writes that have begun, and releases everything. It waits at
	// most 2 s for a database that hangs; writes that it abandons return ErrUnavailable. Later
	// calls return ErrUnavailable. Close may be called twice.
	Close() error
}

// UserStore stores users. Here and in RequestStore a name identifies its user: look-ups match every
// stored spelling with the same NameKey. No stored name is rewritten. A name that is not valid
// UTF-8 belongs to no user, so look-ups find nothing under it.
type UserStore interface {
	// EnsureUser returns the user of that name. If there is none, it makes one with the name
	// exactly as given and those style lines, and made is true. Exactly one of several simultaneous
	// calls for a new name makes the user, and all return the same user.
	EnsureUser(ctx context.Context, username string, custom []string) (u User, made bool, err error)
	// User returns the user of that name or ErrNotFound. Old data may have a name twice, even in
	// several spellings. Then the first by id is the user.
	User(ctx context.Context, username string) (User, error)
	// SetCustom replaces the user's style lines and returns the user. An empty list is stored, and
	// read back as an empty list. SetCustom returns ErrNotFound for an unknown user.
	SetCustom(ctx context.Context, username string, custom []string) (User, error)
	// MarkSeen sets the user's SeenAt to at, in UTC and whole milliseconds, and returns the user. A
	// later SeenAt stays. An unknown user is ErrNotFound.
	MarkSeen(ctx context.Context, username string, at time.Time) (User, error)
	// DeleteUser ends the active requests of the user by EndedByUser, and deletes the briefings,
	// the requests, the cameras, the refused texts, the usage and every user of that name, in every
	// stored spelling. Writers that are under way cannot bring a deleted briefing or a deleted
	// camera back. In the feed each RequestDeleted comes after all other changes of its request,
	// each CameraDeleted after all other changes of its camera, and UserDeleted comes after them.
	// UserDeleted also comes for a name without a user.
	//
	// A start that asks for its user comes before a deletion at the same time, or after it: no
	// request is left without its user. So does a save of a new camera.
	//
	// An unknown user is not an error. A deletion that fails in between may be repeated, and
	// continues. Its result says what was deleted before the failure.
	DeleteUser(ctx context.Context, d DeleteUser) (Deleted, error)
}

// Start is an order for a new request.
type Start struct {
	// Request is the request to store. Its ID, counts, LastID and Owner are ignored. The store
	// chooses the id, which is greater than those of all earlier requests of the user. This process
	// becomes the owner.
	Request Request
	// User says what the start does about the user of that name.
	User StartUser
	// Skipped has the ticks of the user's active requests that their schedule has skipped. Those of
	// the request that is replaced are settled.
	Skipped Skips
	// ContinueSame continues an active request with the same Interval, EndText and CameraID,
	// instead of replacing it.
	ContinueSame bool
	// OnlyContinue makes a start return ErrNotFound if it continues nothing. Then only Username
	// and Key of the Request count, and with ContinueSame the fields that it compares. No user is
	// made.
	OnlyContinue bool
}

// StartUser says what a start does about its user.
type StartUser uint8

const (
	// AnyUser stores the name exactly as given, whether or not there is such a user.
	AnyUser StartUser = iota
	// KnownUser stores the user's own spelling of the name. Without such a user the start returns
	// ErrNotFound.
	KnownUser
	// EnsuredUser is KnownUser, except that a missing user is made as EnsureUser makes it, with
	// DefaultCustom.
	EnsuredUser
)

// Started is the result of a Start.
type Started struct {
	Request   Request
	Continued bool     // Request is an older one, found by its key or because it is the same
	Replaced  *Request // the request that this start ended; nil: none
}

// End is an order to end a request: the request ID, or an active request of the user Username. One
// of the two is empty.
type End struct {
	ID       RequestID
	Username string
	// CameraID, with a Username, means the user's active request of that camera. Empty means the
	// user's ActiveRequest.
	CameraID CameraID
	Reason   EndReason
	At       time.Time
	// Skipped has the ticks of the request that its schedule has skipped; other requests in it do
	// not count. All other unsettled ticks up to At are missed.
	Skipped Skips
	// Owner, when not zero, must be the request's owner, else the end returns ErrNotOwner. Only
	// the owner may end a request by time, and only once its stored EndsAt has come. An end by the
	// user leaves Owner zero.
	Owner Owner
}

// TooEarly reports whether an owner ends the request r by time before its stored end.
func (e End) TooEarly(r Request, now time.Time) bool {
	return e.Reason == EndedByTime && e.Owner != (Owner{}) && !r.Due(now)
}

// Move is an order to move the end of a request.
type Move struct {
	ID      RequestID
	EndsAt  time.Time // in whole milliseconds
	EndTime string    // EndsAt as a wall-clock time in the server's zone
}

// SummaryState is what a summary depends on, besides the code and the lines that a model wrote for
// the style. Its figures change only if Newest changes.
type SummaryState struct {
	Request Request
	Custom  []string   // the user's style lines; empty for an unknown user
	Newest  BriefingID // the newest stored briefing by id; empty: none
}

// RequestStore stores requests.
type RequestStore interface {
	// StartRequest stores a new active request. It first ends the user's active request of the same
	// camera as Replaced, at the new one's StartedAt; both happen or neither. In the feed the end
	// comes before the start. Requests of the user's other cameras stay as they are. An empty
	// CameraID means DefaultCamera, and is stored as that.
	//
	// A camera other than DefaultCamera must be stored and belong to the user, else the start
	// returns ErrNotFound and no request ends. DeleteCamera says what holds for a deletion at the
	// same time.
	//
	// A user never has two active requests of one camera, whatever races. Old data may have
	// several, even in several spellings of the name. Then all but the newest of each camera end as
	// Replaced, at the latest with the next claim, or with the next start on that camera.
	//
	// A Key that one of the user's requests has, active or ended, of any camera, continues that
	// request and changes nothing. A user that this start makes may stay when the start fails
	// afterwards.
	StartRequest(ctx context.Context, s Start) (Started, error)
	// EndRequest ends an active request and returns it as Request.Ended does. All briefings of the
	// request precede its end in the feed.
	//
	// By id, EndRequest returns ErrConflict for an ended request, and ErrNotFound for an unknown
	// one. By user name, it returns ErrConflict for a user without an active request, or without
	// one of the CameraID, and ErrNotFound for an unknown user. It returns ErrNotDue for an end by
	// time with an Owner before the stored EndsAt: the end was moved, and the owner's timer still
	// had the old one.
	EndRequest(ctx context.Context, e End) (Request, error)
	// MoveEnd replaces EndsAt and EndTime of an active request, and returns the request as it is
	// then. EndText stays that of the start, and so does everything else. An ended request is
	// ErrConflict, an unknown one ErrNotFound. A move to the stored EndsAt is in no feed.
	MoveEnd(ctx context.Context, m Move) (Request, error)
	// Request returns a request or ErrNotFound.
	Request(ctx context.Context, id RequestID) (Request, error)
	// ActiveRequest returns the user's active request of DefaultCamera, or else the newest active
	// one by id, or ErrNotFound.
	ActiveRequest(ctx context.Context, username string) (Request, error)
	// ActiveRequests returns the newest active request of each camera of the user, newest first.
	// There are none for an unknown user.
	ActiveRequests(ctx context.Context, username string) ([]Request, error)
	// LatestRequest returns the user's newest request by id or ErrNotFound.
	LatestRequest(ctx context.Context, username string) (Request, error)
	// LatestOfCamera returns the user's newest request of a camera by id or ErrNotFound. The camera
	// may be deleted.
	LatestOfCamera(ctx context.Context, username string, id CameraID) (Request, error)
	// Requests returns at most limit of the user's requests, newest first, and whether there are
	// more. It begins after the id `after`, or with the newest if that is empty. Requests returns
	// ErrNotFound for an unknown user.
	Requests(
		ctx context.Context, username string, after RequestID, limit int,
	) (list []Request, more bool, err error)
	// RequestStates returns the requests with these ids, as far as they exist, by id. It makes as
	// few round trips as the store can.
	RequestStates(ctx context.Context, ids []RequestID) (map[RequestID]Request, error)
	// SummaryState returns what a summary of the request depends on, or ErrNotFound.
	SummaryState(ctx context.Context, id RequestID) (SummaryState, error)
}

// Append is the result of a run on its way into the store.
type Append struct {
	RequestID RequestID
	Owner     Owner // the instance and the term that ran it
	Tick      int64 // at least 1
	// Skipped is how many ticks between the last stored one and Tick were skipped. The other ticks
	// of that gap are missed.
	Skipped int
	// Briefing is what to store. Its ID, RequestID, Cursor and Tick are ignored.
	Briefing Briefing
}

// Slice asks for a stretch of a request's briefings.
type Slice struct {
	After  BriefingID // exclusive; empty: from the first
	Before BriefingID // exclusive; empty: to the newest
	Limit  int        // at least 1
	// Backward asks for the last Limit briefings of the stretch rather than the first. The result
	// is oldest first either way.
	Backward bool
}

// Position is a place in a request's briefings.
type Position struct {
	RequestID RequestID
	After     BriefingID // empty: before the first
}

// BriefingStore stores briefings.
type BriefingStore interface {
	// Append stores the briefing of a run and settles the ticks up to its own. The id is the
	// greater of a new one and the request's LastID + 1, so ids grow in the order of commits. A
	// tick is stored at most once. The request's Done count is the number of stored runs, and its
	// Unchanged count is the number of those whose briefing is Unchanged. Only Append adds to it.
	//
	// Append returns ErrNotOwner for another owner or term, and ErrNotFound for an unknown request.
	// It returns ErrConflict for an ended request, for a tick that is not after LastTick, and for
	// a tick after the stored EndsAt. A tick at EndsAt is stored.
	Append(ctx context.Context, a Append) (Briefing, error)
	// AddBriefing stores a briefing of no tick, with an id by the same rule. It changes no tick.
	// AddBriefing returns ErrConflict for an ended request, and ErrNotFound for an unknown one.
	AddBriefing(ctx context.Context, b Briefing) (Briefing, error)
	// Briefing returns a briefing with the name of its request's user, in one round trip. A
	// briefing whose request does not exist is ErrNotFound like an unknown one. No two requests
	// have briefings with one id.
	Briefing(ctx context.Context, id BriefingID) (b Briefing, username string, err error)
	// ReportBriefing stores what the owner says about a briefing and returns the briefing. It
	// replaces what was said before, and changed says whether it changed ReportedWrong. Ids,
	// cursors, counts and the feed stay as they are. An unknown briefing is ErrNotFound.
	ReportBriefing(ctx context.Context, id BriefingID, m Mark) (b Briefing, changed bool, err error)
	// Briefings returns the briefings of a stretch, oldest first, and whether the stretch has more
	// than the limit. An unknown request has none.
	Briefings(ctx context.Context, id RequestID, s Slice) (list []Briefing, more bool, err error)
	// DayBriefings returns a page of the briefings of a query, by time and then by id, as DayScan
	// collects it. All requests of the user count, whenever they ran. It makes as few round trips
	// as the store can. An unknown user is ErrNotFound.
	DayBriefings(ctx context.Context, q DayQuery, p DayPage) (DayListing, error)
	// DayOccupancy returns what was counted in each quarter of an hour from q.From to q.To, in
	// bounded memory. The people of a briefing are the sum over its zones, and it is one sample. An
	// unknown user is ErrNotFound.
	DayOccupancy(ctx context.Context, q DayQuery) ([]Occupancy, error)
	// CatchUp returns for each position at most limit briefings after it, oldest first. It makes as
	// few round trips as the store can. A request without such briefings has no entry in the
	// result.
	CatchUp(ctx context.Context, at []Position, limit int) (map[RequestID][]Briefing, error)
}

// RunState is what a run must know before it begins.
type RunState struct {
	Active bool
	Owner  Owner
	EndsAt *time.Time // as in Request
	Custom []string   // the user's style lines, as they are now
	// Camera is the request's stored camera, as it is now. Nil: the camera of the settings, or one
	// that was deleted after the end of the request.
	Camera *Camera
}

// OwnerStore decides which instance runs which request.
type OwnerStore interface {
	// Claim makes this process the owner of active requests that no living process runs, or that
	// are to be handed over to this one. It claims at most limit, raises their terms and returns
	// them. An empty result means that there is nothing to claim for now. A request that
	// StartRequest or Claim has returned is not returned again while this process owns it.
	Claim(ctx context.Context, limit int) ([]Request, error)
	// Release lets other processes claim at once what this process owns. It is called after the
	// last run was stored; later appends of this process may be refused.
	Release(ctx context.Context) error
	// Due returns the active requests of this process whose stored EndsAt has come. It makes one
	// round trip, and reads no other requests. Requests whose ends no other process can move may be
	// left out.
	Due(ctx context.Context) ([]RequestID, error)
	// RunState reads owner, activity, end, style and camera in one call. It returns ErrNotFound for
	// an unknown request, and for an active one whose camera is not stored.
	RunState(ctx context.Context, id RequestID) (RunState, error)
}
