package storetest_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// repeatingStore is a good store whose feeds begin with the last change before their opening, as
// some databases' change streams do at times. repeat may turn that change into others; nil means no
// change.
type repeatingStore struct {
	briefing.Store
	repeat func(last briefing.Change) []briefing.Change
	late   bool // it comes after the first new change, which breaks the order

	mu   sync.Mutex // guards last
	last *briefing.Change
}

func (r *repeatingStore) record(kind briefing.ChangeKind, b briefing.Briefing, req briefing.Request, err error) {
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = &briefing.Change{Kind: kind, Briefing: b, Request: req}
}

func (r *repeatingStore) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	b, err := r.Store.Append(ctx, a)
	r.record(briefing.BriefingStored, b, briefing.Request{}, err)
	return b, err
}

func (r *repeatingStore) AddBriefing(ctx context.Context, in briefing.Briefing) (briefing.Briefing, error) {
	b, err := r.Store.AddBriefing(ctx, in)
	r.record(briefing.BriefingStored, b, briefing.Request{}, err)
	return b, err
}

func (r *repeatingStore) StartRequest(ctx context.Context, s briefing.Start) (briefing.Started, error) {
	started, err := r.Store.StartRequest(ctx, s)
	r.record(briefing.RequestStarted, briefing.Briefing{}, started.Request, err)
	return started, err
}

func (r *repeatingStore) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	req, err := r.Store.EndRequest(ctx, e)
	r.record(briefing.RequestEnded, briefing.Briefing{}, req, err)
	return req, err
}

func (r *repeatingStore) MoveEnd(ctx context.Context, m briefing.Move) (briefing.Request, error) {
	req, err := r.Store.MoveEnd(ctx, m)
	r.record(briefing.RequestMoved, briefing.Briefing{}, req, err)
	return req, err
}

func (r *repeatingStore) SaveCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	c, err := r.Store.SaveCamera(ctx, c)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.last = &briefing.Change{Kind: briefing.CameraChanged, Camera: c.Public()}
	}
	return c, err
}

func (r *repeatingStore) OpenFeed(ctx context.Context, fresh bool) (briefing.Feed, error) {
	f, err := r.Store.OpenFeed(ctx, fresh)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || r.last == nil {
		return f, err
	}
	again := []briefing.Change{*r.last}
	if r.repeat != nil {
		again = r.repeat(*r.last)
	}
	return &repeatingFeed{Feed: f, again: again, late: r.late}, nil
}

type repeatingFeed struct {
	briefing.Feed
	again []briefing.Change
	late  bool
}

func (f *repeatingFeed) Next(ctx context.Context) (briefing.Change, error) {
	if len(f.again) > 0 && !f.late && ctx.Err() == nil {
		c := f.again[0]
		f.again = f.again[1:]
		return c, nil
	}
	c, err := f.Feed.Next(ctx)
	f.late = f.late && err != nil
	return c, err
}

// repeatingHarness opens stores that repeat the last change.
func repeatingHarness(again func(briefing.Change) []briefing.Change, late bool) storetest.Harness {
	dirs := map[briefing.Store]string{}
	open := func(t storetest.T, dir, instance string) briefing.Store {
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: instance})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() { st.Close() })
		r := &repeatingStore{Store: st, repeat: again, late: late}
		dirs[r] = dir
		return r
	}
	return storetest.Harness{
		Open: func(t storetest.T, instance string) briefing.Store { return open(t, t.TempDir(), instance) },
		Takeover: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			st.Close()
			return open(t, dirs[st], instance)
		},
	}
}

// TestRun_accepts_a_feed_that_begins_with_the_last_change_before_its_opening runs every check on
// such a store, because the contract allows it.
func TestRun_accepts_a_feed_that_begins_with_the_last_change_before_its_opening(t *testing.T) {
	t.Parallel()
	for _, c := range storetest.Checks() {
		if strings.HasPrefix(c.Name, "Old/") {
			continue // these checks use data of an earlier version and open no feed
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Do(t, repeatingHarness(nil, false))
		})
	}
}

// TestRun_notices_what_no_feed_may_tell_from_before_its_opening runs the checks on stores that
// break the rule for changes from before the opening: each must have happened, and come once, in
// order, and before all later ones.
func TestRun_notices_what_no_feed_may_tell_from_before_its_opening(t *testing.T) {
	t.Parallel()
	// Its last change before the opening is a briefing.
	const check = "Feed/tells_what_is_committed_after_it_was_opened"
	for name, h := range map[string]storetest.Harness{
		"an earlier change twice": repeatingHarness(func(c briefing.Change) []briefing.Change {
			return []briefing.Change{c, c}
		}, false),
		"an earlier change after a later one": repeatingHarness(nil, true),
		"a briefing that is not stored": repeatingHarness(func(c briefing.Change) []briefing.Change {
			c.Briefing.ID = briefing.BriefingID(strings.Repeat("f", 24))
			return []briefing.Change{c}
		}, false),
		"a briefing with other words": repeatingHarness(func(c briefing.Change) []briefing.Change {
			c.Briefing.Caption += "!"
			return []briefing.Change{c}
		}, false),
		"the end of an active request": repeatingHarness(func(c briefing.Change) []briefing.Change {
			return []briefing.Change{{Kind: briefing.RequestEnded, Request: briefing.Request{ID: c.Briefing.RequestID}}}
		}, false),
		"the start after its briefing": repeatingHarness(func(c briefing.Change) []briefing.Change {
			return []briefing.Change{c, {Kind: briefing.RequestStarted, Request: briefing.Request{ID: c.Briefing.RequestID, Username: "kim"}}}
		}, false),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if bad := failuresOf(t, check, h, 10*time.Second); len(bad) == 0 {
				t.Errorf("%s does not notice", check)
			}
		})
	}
}
