package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// brokenStore is a good store that breaks one promise. Hooks that are nil leave it good.
type brokenStore struct {
	briefing.Store
	onAppend func(briefing.Store, context.Context, briefing.Append) (briefing.Briefing, error)
	onAdd    func(briefing.Store, context.Context, briefing.Briefing) (briefing.Briefing, error)
	onStart  func(briefing.Start) briefing.Start
	onEnd    func(briefing.End) briefing.End
	onMove   func(briefing.Move, briefing.Request) briefing.Request
	onClaim  func(briefing.Store, context.Context, int) ([]briefing.Request, error)
	onCustom func([]string) []string
	onPage   func([]briefing.Briefing)
	onFeed   func(briefing.Feed) briefing.Feed
	onList   func(error) error
	onState  func(*briefing.SummaryState)
	dir      string
}

func (b *brokenStore) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	if b.onAppend != nil {
		return b.onAppend(b.Store, ctx, a)
	}
	return b.Store.Append(ctx, a)
}

func (b *brokenStore) AddBriefing(ctx context.Context, in briefing.Briefing) (briefing.Briefing, error) {
	if b.onAdd != nil {
		return b.onAdd(b.Store, ctx, in)
	}
	return b.Store.AddBriefing(ctx, in)
}

func (b *brokenStore) StartRequest(ctx context.Context, s briefing.Start) (briefing.Started, error) {
	if b.onStart != nil {
		s = b.onStart(s)
	}
	return b.Store.StartRequest(ctx, s)
}

func (b *brokenStore) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	if b.onEnd != nil {
		e = b.onEnd(e)
	}
	return b.Store.EndRequest(ctx, e)
}

func (b *brokenStore) MoveEnd(ctx context.Context, m briefing.Move) (briefing.Request, error) {
	r, err := b.Store.MoveEnd(ctx, m)
	if b.onMove != nil && err == nil {
		r = b.onMove(m, r)
	}
	return r, err
}

func (b *brokenStore) Claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	if b.onClaim != nil {
		return b.onClaim(b.Store, ctx, limit)
	}
	return b.Store.Claim(ctx, limit)
}

func (b *brokenStore) SetCustom(ctx context.Context, username string, custom []string) (briefing.User, error) {
	u, err := b.Store.SetCustom(ctx, username, custom)
	if b.onCustom != nil {
		u.Custom = b.onCustom(u.Custom)
	}
	return u, err
}

func (b *brokenStore) Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error) {
	list, more, err := b.Store.Briefings(ctx, id, s)
	if b.onPage != nil {
		b.onPage(list)
	}
	return list, more, err
}

func (b *brokenStore) Requests(ctx context.Context, username string, after briefing.RequestID, limit int) ([]briefing.Request, bool, error) {
	list, more, err := b.Store.Requests(ctx, username, after, limit)
	if b.onList != nil {
		err = b.onList(err)
	}
	return list, more, err
}

func (b *brokenStore) SummaryState(ctx context.Context, id briefing.RequestID) (briefing.SummaryState, error) {
	state, err := b.Store.SummaryState(ctx, id)
	if b.onState != nil {
		b.onState(&state)
	}
	return state, err
}

func (b *brokenStore) OpenFeed(ctx context.Context, fresh bool) (briefing.Feed, error) {
	f, err := b.Store.OpenFeed(ctx, fresh)
	if b.onFeed != nil && err == nil {
		f = b.onFeed(f)
	}
	return f, err
}

// brokenFeed repeats or loses every nth change of a feed.
type brokenFeed struct {
	briefing.Feed
	n      int
	every  int
	double bool
	again  *briefing.Change
}

func (f *brokenFeed) Next(ctx context.Context) (briefing.Change, error) {
	if c := f.again; c != nil {
		f.again = nil
		return *c, nil
	}
	c, err := f.Feed.Next(ctx)
	f.n++
	if err == nil && f.n%f.every == 0 {
		if f.double {
			f.again = &c
			return c, nil
		}
		return f.Feed.Next(ctx)
	}
	return c, err
}

// violations are broken promises, each with the check that must fail.
var violations = []struct {
	name    string
	noticed string
	spoil   func(*brokenStore)
}{
	{"an append is acknowledged and not stored", "Append/stores_the_briefing_and_settles_its_tick", func(b *brokenStore) {
		b.onAppend = func(st briefing.Store, _ context.Context, a briefing.Append) (briefing.Briefing, error) {
			a.Briefing.ID, a.Briefing.RequestID, a.Briefing.Tick = briefing.BriefingID(briefing.NewID(st.Now())), a.RequestID, a.Tick
			return a.Briefing, nil
		}
	}},
	{"a tick is stored twice", "Append/stores_a_tick_once_whatever_races", func(b *brokenStore) {
		b.onAppend = func(st briefing.Store, ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
			got, err := st.Append(ctx, a)
			if errors.Is(err, briefing.ErrConflict) {
				a.Briefing.RequestID = a.RequestID
				return st.AddBriefing(ctx, a.Briefing)
			}
			return got, err
		}
	}},
	{"unchanged is forgotten", "Append/stores_unchanged_and_every_read_returns_it", forgetsUnchanged},
	{"unchanged ticks are not counted", "Append/counts_unchanged_ticks", forgetsUnchanged},
	{"unchanged ticks are not counted when appends race", "Append/counts_an_unchanged_tick_once_whatever_races", forgetsUnchanged},
	{"unchanged ticks are forgotten at the end", "EndRequest/leaves_the_unchanged_ticks", forgetsUnchanged},
	{"zones are forgotten", "DayBriefings/filters_changes_by_zone", func(b *brokenStore) {
		b.onAppend = func(st briefing.Store, ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
			a.Briefing.Facts.Counts = a.Briefing.Facts.ByClass()
			return st.Append(ctx, a)
		}
	}},
	{"people are those of one zone", "DayOccupancy/counts_people_by_quarters", func(b *brokenStore) {
		b.onAdd = func(st briefing.Store, ctx context.Context, in briefing.Briefing) (briefing.Briefing, error) {
			if counts := in.Facts.Counts; len(counts) > 2 {
				in.Facts.Counts = counts[:2]
			}
			return st.AddBriefing(ctx, in)
		}
	}},
	{"the term is not looked at", "Append/refusals_store_nothing_and_tell_nothing", unfenced},
	{"an earlier owner still writes", "Append/an_earlier_owner_is_refused_after_a_takeover", unfenced},
	{"a refusal is swallowed", "AddBriefing/refusals", func(b *brokenStore) {
		b.onAdd = func(st briefing.Store, ctx context.Context, in briefing.Briefing) (briefing.Briefing, error) {
			got, err := st.AddBriefing(ctx, in)
			if errors.Is(err, briefing.ErrConflict) {
				return got, nil
			}
			return got, err
		}
	}},
	{"keys are forgotten", "StartRequest/a_known_key_continues_that_request_and_changes_nothing", func(b *brokenStore) {
		b.onStart = func(s briefing.Start) briefing.Start { s.Request.Key = ""; return s }
	}},
	{"what the schedule skipped is forgotten", "StartRequest/ends_the_active_one_as_replaced", func(b *brokenStore) {
		b.onStart = func(s briefing.Start) briefing.Start { s.Skipped = briefing.Skips{}; return s }
	}},
	{"a start makes no user", "StartRequest/of_an_ensured_user_makes_that_user_once", func(b *brokenStore) {
		b.onStart = func(s briefing.Start) briefing.Start { s.User = briefing.AnyUser; return s }
	}},
	{"a start makes every user", "StartRequest/of_a_known_user_who_is_not_there_stores_nothing", func(b *brokenStore) {
		b.onStart = func(s briefing.Start) briefing.Start { s.User, s.OnlyContinue = briefing.EnsuredUser, false; return s }
	}},
	{"an end counts what another request skipped", "EndRequest/counts_the_skipped_ticks_of_that_request_in_the_gap", func(b *brokenStore) {
		b.onEnd = func(e briefing.End) briefing.End {
			for _, ticks := range e.Skipped {
				e.Skipped = briefing.Skips{e.ID: ticks}
			}
			return e
		}
	}},
	{"an end of a user forgets what was skipped", "EndRequest/of_a_user_ends_the_active_request", func(b *brokenStore) {
		b.onEnd = func(e briefing.End) briefing.End { e.Skipped = briefing.Skips{}; return e }
	}},
	{"anybody may end", "EndRequest/refusals", func(b *brokenStore) {
		b.onEnd = func(e briefing.End) briefing.End { e.Owner = briefing.Owner{}; return e }
	}},
	{"a stale timer ends a moved request", "EndRequest/by_time_before_the_end_is_ErrNotDue", func(b *brokenStore) {
		b.onEnd = func(e briefing.End) briefing.End { e.Reason = briefing.EndedByUser; return e }
	}},
	{"a move rewrites the text of the start", "MoveEnd/replaces_the_end_and_nothing_else", func(b *brokenStore) {
		b.onMove = func(m briefing.Move, r briefing.Request) briefing.Request { r.EndText = m.EndTime; return r }
	}},
	{"the feed loses a move", "Feed/tells_moved_ends", func(b *brokenStore) {
		b.onFeed = func(f briefing.Feed) briefing.Feed { return &brokenFeed{Feed: f, every: 2} }
	}},
	{"nothing is claimed", "Claim/after_a_takeover_takes_every_active_request_in_a_later_term", func(b *brokenStore) {
		b.onClaim = func(briefing.Store, context.Context, int) ([]briefing.Request, error) { return nil, nil }
	}},
	{"an empty list becomes none", "SetCustom/replaces_the_lines", func(b *brokenStore) {
		b.onCustom = func(lines []string) []string { return append([]string(nil), lines...) }
	}},
	{"an unknown user has no requests", "Requests/of_a_user_without_any_are_none_of_an_unknown_user_ErrNotFound", func(b *brokenStore) {
		b.onList = func(error) error { return nil }
	}},
	{"a summary is never out of date", "SummaryState/reads_request_style_and_newest_briefing", func(b *brokenStore) {
		b.onState = func(state *briefing.SummaryState) { state.Newest = "" }
	}},
	{"pages come newest first", "Briefings/pages_both_ways", func(b *brokenStore) { b.onPage = slices.Reverse[[]briefing.Briefing] }},
	{"the feed loses one of ten", "Feed/tells_every_reader_everything_in_order", func(b *brokenStore) {
		b.onFeed = func(f briefing.Feed) briefing.Feed { return &brokenFeed{Feed: f, every: 10} }
	}},
	{"the feed doubles one of ten", "Feed/tells_every_reader_everything_in_order", func(b *brokenStore) {
		b.onFeed = func(f briefing.Feed) briefing.Feed { return &brokenFeed{Feed: f, every: 10, double: true} }
	}},
	{"the feed loses a start", "StartRequest/never_two_active_whatever_races", func(b *brokenStore) {
		b.onFeed = func(f briefing.Feed) briefing.Feed { return &brokenFeed{Feed: f, every: 7} }
	}},
}

// forgetsUnchanged stores every run as one that has changed.
func forgetsUnchanged(b *brokenStore) {
	b.onAppend = func(st briefing.Store, ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
		a.Briefing.Unchanged = false
		return st.Append(ctx, a)
	}
}

// unfenced appends for any owner.
func unfenced(b *brokenStore) {
	b.onAppend = func(st briefing.Store, ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
		if req, err := st.Request(ctx, a.RequestID); err == nil {
			a.Owner = req.Owner
		}
		return st.Append(ctx, a)
	}
}

// failureLog is a storetest.T that records failures.
type failureLog struct {
	storetest.T
	ctx      context.Context
	mu       sync.Mutex // guards failures
	failures []string
}

// Context ends soon, because a check would wait in vain for a change that a broken feed has lost.
func (n *failureLog) Context() context.Context { return n.ctx }

func (n *failureLog) Errorf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failures = append(n.failures, fmt.Sprintf(format, args...))
}

func (n *failureLog) Fatalf(format string, args ...any) {
	n.Errorf(format, args...)
	runtime.Goexit()
}

// failuresOf runs a check for at most limit and returns its failures.
func failuresOf(t *testing.T, name string, h storetest.Harness, limit time.Duration) []string {
	t.Helper()
	checks := storetest.Checks()
	i := slices.IndexFunc(checks, func(c storetest.Check) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no check is called %s", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	n := &failureLog{T: t, ctx: ctx}
	done := make(chan struct{})
	go func() {
		defer close(done)
		checks[i].Do(n, h)
	}()
	<-done
	return n.failures
}

// harness opens stores that spoil has changed.
func harness(spoil func(*brokenStore)) storetest.Harness {
	open := func(t storetest.T, dir, instance string) briefing.Store {
		st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Instance: instance})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		t.Cleanup(func() { st.Close() })
		b := &brokenStore{Store: st, dir: dir}
		spoil(b)
		return b
	}
	return storetest.Harness{
		Open: func(t storetest.T, instance string) briefing.Store { return open(t, t.TempDir(), instance) },
		Takeover: func(t storetest.T, st briefing.Store, instance string) briefing.Store {
			st.Close()
			return open(t, st.(*brokenStore).dir, instance)
		},
	}
}

// TestRun_notices runs on broken stores the checks that must fail. Each check must pass first on a
// good store.
func TestRun_notices(t *testing.T) {
	t.Parallel()
	limit := 10 * time.Second // a check that waits for a lost change fails then
	if testing.Short() {
		limit = 3 * time.Second
	}
	for _, b := range violations {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			if good := failuresOf(t, b.noticed, harness(func(*brokenStore) {}), time.Minute); len(good) > 0 {
				t.Fatalf("a good store fails: %s", good)
			}
			if bad := failuresOf(t, b.noticed, harness(b.spoil), limit); len(bad) == 0 {
				t.Errorf("%s does not notice", b.noticed)
			}
		})
	}
}
