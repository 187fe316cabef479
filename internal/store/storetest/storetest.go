package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
)

// T is the part of *testing.T that a check needs. The tests of this package pass a T that records
// failures instead.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
	Context() context.Context
	TempDir() string
}

// Harness opens the store under test. Its functions fail the test if they cannot.
type Harness struct {
	// Open opens an empty store for a process called instance, and closes it by t.Cleanup.
	Open func(t T, instance string) briefing.Store
	// Takeover ends the process of st and opens the same data for another process, called instance.
	// It returns when that process may claim what st owned.
	Takeover func(t T, st briefing.Store, instance string) briefing.Store
	// Beside opens the data of st for one more process, called instance, and closes it by
	// t.Cleanup. Nil means that only one process may have the data open.
	Beside func(t T, st briefing.Store, instance string) briefing.Store
	// Old opens a store on data of an earlier version, and closes it by t.Cleanup.
	Old func(t T, instance string, o Old) briefing.Store
	// MaxSheets is the bound on the sheets of these stores, at least 10, so that a check soon
	// exceeds it. Zero means briefing.MaxSheets.
	MaxSheets int
}

// Check is the test of one promise.
type Check struct {
	Name string // the promise, with underscores for spaces
	Do   func(t T, h Harness)
}

// Checks returns the checks of all promises. Each opens a store of its own, so they are independent
// of each other and of their order.
func Checks() []Check {
	var all []Check
	for _, list := range [][]promise{
		users, names, cameras, healths, manyCameras, cameraDeletions, starts, ends, moves,
		appends, repeats, reads, singles, days, words, sheets, refusals, usages, deletions, owners,
		feeds, closes,
	} {
		for _, p := range list {
			all = append(all, Check{Name: p.name, Do: func(t T, h Harness) {
				t.Helper()
				p.check(&fixture{T: t, Store: h.Open(t, instance), harness: h})
			}})
		}
	}
	return all
}

// Run runs all checks as parallel subtests. A store's test calls it once.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Do(t, h)
		})
	}
}

// promise is a Check on an opened, empty store.
type promise struct {
	name  string
	check func(h *fixture)
}

// The two processes of the checks: the one of the fixture's store, and one that claims its requests
// later.
const (
	instance      = "here"
	otherInstance = "there"
)

// unknownID is a well-formed id that no store gives.
const unknownID = "0123456789abcdef01234567"

// fixture is a store under test with the helpers of the checks.
type fixture struct {
	T
	briefing.Store
	harness  Harness
	openings int // how often feeds were opened, for distinct marks
}

// ok ends the check unless err is nil.
func (h *fixture) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("unexpected error: %v", err)
	}
}

// isKind reports an error that is not of the kind. what names the call.
func (h *fixture) isKind(what string, err, kind error) {
	h.Helper()
	if !errors.Is(err, kind) {
		h.Errorf("%s: error is %v, want %v", what, err, kind)
	}
}

// same reports the differences between two values. A nil list and an empty one differ.
func (h *fixture) same(what string, got, want any) {
	h.Helper()
	// Without EquateEmpty, because an empty list and none are different answers of a store.
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("%s: -want +got\n%s", what, diff)
	}
}

// noon is when the requests of the checks start. It has milliseconds but nothing finer, because a
// store stores milliseconds.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 345e6, time.UTC)

// order returns a start of a user's request: an interval of ten seconds, for one hour from noon. It
// has no key and accepts any user, so each start stores a new request.
func order(username string) briefing.Start {
	ends := noon.Add(time.Hour)
	return briefing.Start{Request: briefing.Request{
		Username: username, Name: "2026-03-01 21:00:00", Interval: 10, EndTime: "22:00", EndText: "10:00 PM",
		CameraID: briefing.DefaultCamera, StartedAt: noon, EndsAt: &ends,
	}}
}

// known stores a user of that name, without custom lines. Starts of the checks need no stored user;
// a check calls known if it reads the user.
func (h *fixture) known(username string) {
	h.Helper()
	_, _, err := h.EnsureUser(h.Context(), username, nil)
	h.ok(err)
}

// start starts a request by order and returns it. It ends the active request of that user, if there
// is one, because order has no key and does not continue.
func (h *fixture) start(username string) briefing.Request {
	h.Helper()
	return h.startAs(order(username)).Request
}

// startAs starts a request by s, which must succeed.
func (h *fixture) startAs(s briefing.Start) briefing.Started {
	h.Helper()
	got, err := h.StartRequest(h.Context(), s)
	h.ok(err)
	return got
}

// runOf returns the result of a tick, by the owner that req names. Every field of the facts and of
// the words has a value other than zero, so that a store that loses one fails the comparison.
func runOf(req briefing.Request, tick int64) briefing.Append {
	caption := fmt.Sprintf("손님이 %d명 있어요.", tick)
	at := req.TickAt(tick)
	return briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick, Briefing: briefing.Briefing{
		At: at, Caption: caption, Text: briefing.Text(at, time.UTC, caption), Source: "template",
		Headline: fmt.Sprintf("손님 %d명", tick), Description: "문이 열려 있어요.",
		Question: "확인해 주세요: 문", Made: made(), Usage: &briefing.Usage{
			Attempts: 2, InputTokens: 500, OutputTokens: 40, Estimated: true,
		},
		Facts: briefing.Facts{
			Counts:  []briefing.ObjectCount{{Name: briefing.Person, Count: int(tick), Zone: "z1"}},
			Counted: true, Estimate: true,
			Change: 0.25, Brightness: 101.5, Scene: briefing.SceneMoving, Detector: "motion",
			Method: briefing.MethodHTTP, FrameID: "0123456789abcdef0123456789abcdef",
			Boxes: []briefing.Box{
				{X0: 0.1, Y0: 0.2222, X1: 0.3333, Y1: 1, Name: briefing.Person, Score: 0.5, Zone: "z1"},
				{Name: "cat"},
			},
			Health: &briefing.CameraHealth{
				State: briefing.CameraMoved, Since: at, Reason: briefing.TroubleChanged, Words: "x", Settings: true,
			},
		},
	}}
}

// fromOutside returns a briefing that no run has made: it has no facts and no tick.
func fromOutside(req briefing.Request, caption string) briefing.Briefing {
	return briefing.Briefing{
		RequestID: req.ID, At: noon.Add(time.Minute), Caption: caption,
		Text: briefing.Text(noon.Add(time.Minute), time.UTC, caption), Source: "outside",
	}
}

// append stores the result of a tick, which must succeed, and returns the stored briefing. Ticks
// may be skipped; they count as missed.
func (h *fixture) append(req briefing.Request, tick int64) briefing.Briefing {
	h.Helper()
	b, err := h.Append(h.Context(), runOf(req, tick))
	h.ok(err)
	return b
}

// end ends a request at a time, as its user would, and returns the ended request. No tick counts as
// skipped.
func (h *fixture) end(req briefing.Request, at time.Time) briefing.Request {
	h.Helper()
	ended, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: at})
	h.ok(err)
	return ended
}

// all reads every briefing of a request, at most 10,000.
func (h *fixture) all(id briefing.RequestID) []briefing.Briefing {
	h.Helper()
	list, more, err := h.Briefings(h.Context(), id, briefing.Slice{Limit: 10_000})
	h.ok(err)
	if more {
		h.Fatalf("more than 10,000 briefings")
	}
	return list
}

// request reads a request that must exist.
func (h *fixture) request(id briefing.RequestID) briefing.Request {
	h.Helper()
	req, err := h.Request(h.Context(), id)
	h.ok(err)
	return req
}

// nextChanges reads n changes from a feed, in the feed's order. It fails the check after a minute.
// The feed may have more changes.
func (h *fixture) nextChanges(f briefing.Feed, n int) []briefing.Change {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), time.Minute)
	defer cancel()
	list := make([]briefing.Change, 0, n)
	for range n {
		c, err := f.Next(ctx)
		if err != nil {
			h.Fatalf("change %d of %d: %v", len(list)+1, n, err)
		}
		list = append(list, c)
	}
	return list
}

// changesToEnd reads a feed up to the end of a request, and returns all changes with that end.
func (h *fixture) changesToEnd(f briefing.Feed, ended briefing.RequestID) []briefing.Change {
	h.Helper()
	var list []briefing.Change
	for {
		c := h.nextChanges(f, 1)[0]
		list = append(list, c)
		if c.Kind == briefing.RequestEnded && c.Request.ID == ended {
			return list
		}
	}
}
