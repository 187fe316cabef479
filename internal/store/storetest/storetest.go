// Package storetest states what a briefing.Store promises: a check for each sentence of its
// contract. Every store passes all of them, so whoever changes what a store does begins here.
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

// T is what a check needs of *testing.T. The package's own tests give one that takes note of
// failures, to show that a store that breaks a promise fails.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
	Context() context.Context
	TempDir() string
}

// Harness opens the store under test.
type Harness struct {
	// Open opens an empty store for a process called instance and closes it by t.Cleanup.
	Open func(t T, instance string) briefing.Store
	// Takeover ends the process behind st and opens the same data for another one, called instance.
	Takeover func(t T, st briefing.Store, instance string) briefing.Store
	// Old opens a store over data of an earlier version and closes it by t.Cleanup.
	Old func(t T, instance string, o Old) briefing.Store
}

// Check is one promise.
type Check struct {
	Name string // the promise, with underscores for spaces
	Do   func(t T, h Harness)
}

// Checks returns all promises.
func Checks() []Check {
	var all []Check
	for _, list := range [][]promise{users, names, starts, ends, appends, reads, owners, feeds, closes} {
		for _, p := range list {
			all = append(all, Check{Name: p.name, Do: func(t T, h Harness) {
				t.Helper()
				p.check(&house{T: t, Store: h.Open(t, here), harness: h})
			}})
		}
	}
	return all
}

// Run holds a store against every promise.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Do(t, h)
		})
	}
}

// promise is a Check on an opened store.
type promise struct {
	name  string
	check func(h *house)
}

// The two processes of the checks.
const (
	here  = "here"
	there = "there"
)

// unknown is an id that no store gives.
const unknown = "0123456789abcdef01234567"

// house is a store under test with what the checks share.
type house struct {
	T
	briefing.Store
	harness  Harness
	openings int // of feeds
}

// ok ends the check unless err is nil.
func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("unexpected error: %v", err)
	}
}

// is reports an error that is not of the kind.
func (h *house) is(what string, err, kind error) {
	h.Helper()
	if !errors.Is(err, kind) {
		h.Errorf("%s: error is %v, want %v", what, err, kind)
	}
}

// same reports where two values differ. Nil and empty lists are told apart.
func (h *house) same(what string, got, want any) {
	h.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("%s: -want +got\n%s", what, diff)
	}
}

// noon is when the requests of the checks start: whole milliseconds, some of them.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 345e6, time.UTC)

// order is a start of a user's request with an interval of ten seconds and an hour to go.
func order(username string) briefing.Start {
	ends := noon.Add(time.Hour)
	return briefing.Start{Request: briefing.Request{
		Username: username, Name: "2026-03-01 21:00:00", Interval: 10, EndTime: "22:00", EndText: "10:00 PM",
		CameraID: briefing.DefaultCamera, StartedAt: noon, EndsAt: &ends,
	}}
}

// known makes a user.
func (h *house) known(username string) {
	h.Helper()
	_, _, err := h.EnsureUser(h.Context(), username, nil)
	h.ok(err)
}

// start starts a request.
func (h *house) start(username string) briefing.Request {
	h.Helper()
	return h.startAs(order(username)).Request
}

func (h *house) startAs(s briefing.Start) briefing.Started {
	h.Helper()
	got, err := h.StartRequest(h.Context(), s)
	h.ok(err)
	return got
}

// run is the result of a tick.
func run(req briefing.Request, tick int64) briefing.Append {
	caption := fmt.Sprintf("손님이 %d명 있어요.", tick)
	at := req.TickAt(tick)
	return briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick, Briefing: briefing.Briefing{
		At: at, Caption: caption, Text: briefing.Text(at, time.UTC, caption), Source: "template",
		Facts: briefing.Facts{
			Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: int(tick)}}, Counted: true, Estimate: true,
			Change: 0.25, Brightness: 101.5, Scene: briefing.SceneMoving, Detector: "motion",
		},
	}}
}

// outside is a briefing from outside.
func outside(req briefing.Request, caption string) briefing.Briefing {
	return briefing.Briefing{
		RequestID: req.ID, At: noon.Add(time.Minute), Caption: caption,
		Text: briefing.Text(noon.Add(time.Minute), time.UTC, caption), Source: "outside",
	}
}

// append stores the result of a tick.
func (h *house) append(req briefing.Request, tick int64) briefing.Briefing {
	h.Helper()
	b, err := h.Append(h.Context(), run(req, tick))
	h.ok(err)
	return b
}

// end ends a request by its user.
func (h *house) end(req briefing.Request, at time.Time) briefing.Request {
	h.Helper()
	ended, err := h.EndRequest(h.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: at})
	h.ok(err)
	return ended
}

// all reads every briefing of a request.
func (h *house) all(id briefing.RequestID) []briefing.Briefing {
	h.Helper()
	list, more, err := h.Briefings(h.Context(), id, briefing.Slice{Limit: 10_000})
	h.ok(err)
	if more {
		h.Fatalf("more than 10,000 briefings")
	}
	return list
}

// request reads a request.
func (h *house) request(id briefing.RequestID) briefing.Request {
	h.Helper()
	req, err := h.Request(h.Context(), id)
	h.ok(err)
	return req
}

// take reads n changes of a feed.
func (h *house) take(f briefing.Feed, n int) []briefing.Change {
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

// until reads a feed up to the end of a request.
func (h *house) until(f briefing.Feed, ended briefing.RequestID) []briefing.Change {
	h.Helper()
	var list []briefing.Change
	for {
		c := h.take(f, 1)[0]
		list = append(list, c)
		if c.Kind == briefing.RequestEnded && c.Request.ID == ended {
			return list
		}
	}
}
