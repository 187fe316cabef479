package service_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/service"
	"bis/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	nobody = briefing.Viewer{}
	seoul  = time.FixedZone("KST", 9*3600)
)

// house is the service on the real store, hub and pump. The schedule and the summarizer are fakes
// that record their calls.
type house struct {
	*service.Service
	t           *testing.T
	store       *sqlite.Store
	schedule    *fakeSchedule
	words       *words
	unreachable *unreachable
	hub         *feed.Hub
}

func open(t *testing.T, policy briefing.Policy) *house {
	t.Helper()
	h := &house{t: t, schedule: &fakeSchedule{}, words: &words{}}
	log := slog.New(slog.DiscardHandler)
	var err error
	h.store, err = sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "one", Log: log})
	h.ok(err)
	t.Cleanup(func() { h.store.Close() })
	h.unreachable = &unreachable{Store: h.store, refused: make(chan struct{}, 2)}
	h.hub, err = feed.NewHub(feed.HubConfig{Replay: h.unreachable, Linger: time.Millisecond})
	h.ok(err)
	pump, err := feed.NewPump(feed.PumpConfig{Source: h.store, Hub: h.hub, Log: log})
	h.ok(err)
	h.Service, err = service.New(service.Config{
		Store: h.unreachable, Schedule: h.schedule, Live: h.hub, Summarizer: h.words, Zone: seoul, Policy: policy,
	})
	h.ok(err)
	ctx, cancel := context.WithCancel(context.Background())
	var pumping sync.WaitGroup
	pumping.Go(func() { _ = pump.Run(ctx) })
	t.Cleanup(func() { cancel(); pumping.Wait() })
	return h
}

// unreachable is a store that a test can make unreachable.
type unreachable struct {
	briefing.Store
	gone    atomic.Bool
	refused chan struct{} // gets a token for each refused read, if it has room
}

func (a *unreachable) Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error) {
	if a.gone.Load() {
		select {
		case a.refused <- struct{}{}:
		default:
		}
		return briefing.Request{}, briefing.ErrUnavailable
	}
	return a.Store.Request(ctx, id)
}

func (a *unreachable) StartRequest(ctx context.Context, s briefing.Start) (briefing.Started, error) {
	if a.gone.Load() {
		return briefing.Started{}, briefing.ErrUnavailable
	}
	return a.Store.StartRequest(ctx, s)
}

// fakeSchedule records its calls.
type fakeSchedule struct {
	mu      sync.Mutex // guards the fields below
	added   []briefing.RequestID
	removed []briefing.RequestID
	moved   []briefing.Request
	notify  func(briefing.RequestID) // called with mu locked; may be nil
}

func (s *fakeSchedule) Add(r briefing.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.added = append(s.added, r.ID)
	if s.notify != nil {
		s.notify(r.ID)
	}
}

func (s *fakeSchedule) Remove(id briefing.RequestID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed = append(s.removed, id)
	if s.notify != nil {
		s.notify(id)
	}
}

func (s *fakeSchedule) Move(r briefing.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = append(s.moved, r)
}

func (s *fakeSchedule) Skipped(string) briefing.Skips { return briefing.Skips{} }

func (s *fakeSchedule) Counts(r briefing.Request) briefing.TickCounts {
	r.Ticks.Missed += 7 // ticks that the store does not count yet
	return r.Ticks
}

// words is a summarizer that records its calls.
type words struct {
	calls atomic.Int64
	last  atomic.Pointer[briefing.SummaryInput]
	fail  error
}

func (w *words) Summarize(_ context.Context, in briefing.SummaryInput) (briefing.Summary, error) {
	w.calls.Add(1)
	w.last.Store(&in)
	return briefing.Summary{Text: in.Request.Username, GeneratedAt: in.Now}, w.fail
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) is(what string, err, kind error) {
	h.t.Helper()
	if !errors.Is(err, kind) {
		h.t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func input(username string) service.StartInput {
	return service.StartInput{Username: username, Interval: 10, EndTime: time.Now().Add(time.Hour).Format(time.RFC3339)}
}

func (h *house) start(in service.StartInput) briefing.Request {
	h.t.Helper()
	req, err := h.StartBriefing(h.t.Context(), nobody, in)
	h.ok(err)
	return req
}

func (h *house) add(req briefing.Request, caption string) briefing.Briefing {
	h.t.Helper()
	b, err := h.AddBriefing(h.t.Context(), nobody, service.AddInput{RequestID: req.ID, Caption: caption})
	h.ok(err)
	return b
}

func (h *house) end(username string) {
	h.t.Helper()
	_, err := h.EndBriefing(h.t.Context(), nobody, username)
	h.ok(err)
}

func (h *house) watch(q service.WatchQuery) briefing.Stream {
	h.t.Helper()
	s, err := h.Watch(h.t.Context(), nobody, q)
	h.ok(err)
	h.t.Cleanup(s.Close)
	return s
}

// receives reads captions from a stream and compares them with want. "" stands for the end of the
// stream.
func (h *house) receives(s briefing.Stream, want ...string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	for _, w := range want {
		b, err := s.Next(ctx)
		if w == "" && errors.Is(err, io.EOF) {
			return
		}
		if err != nil || b.Caption != w {
			h.t.Fatalf("heard %q, %v, want %q", b.Caption, err, w)
		}
	}
}

func TestService_Start(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	first := h.start(input("kim"))
	if u, err := h.User(t.Context(), nobody, "kim"); err != nil || len(u.Custom) != 3 {
		t.Errorf("a start makes its user: %+v, %v", u, err)
	}
	second := h.start(input("kim"))
	old, err := h.Request(t.Context(), nobody, first.ID)
	h.ok(err)
	if old.Active || *old.EndReason != briefing.Replaced {
		t.Errorf("the first is %+v, want it replaced", old)
	}
	if !slices.Equal(h.schedule.added, []briefing.RequestID{first.ID, second.ID}) || !slices.Equal(h.schedule.removed, []briefing.RequestID{first.ID}) {
		t.Errorf("the schedule was told %+v", h.schedule)
	}
	if second.Ticks.Missed != 7 {
		t.Errorf("counts %+v, want the schedule's", second.Ticks)
	}
	keyed := input("kim")
	keyed.Key = "k"
	third := h.start(keyed)
	if again := h.start(keyed); again.ID != third.ID || len(h.schedule.added) != 3 {
		t.Errorf("a known key started %s beside %s", again.ID, third.ID)
	}
	h.end("kim")
	if again := h.start(keyed); again.ID != third.ID || again.Active {
		t.Errorf("the key of an ended request gives %+v", again)
	}
	keyed.EndTime = "2020-01-01T00:00:00Z" // this time has passed
	if again := h.start(keyed); again.ID != third.ID {
		t.Errorf("its key gives %s when its end time has passed, want %s", again.ID, third.ID)
	}
	keyed.Key = "unknown"
	_, err = h.StartBriefing(t.Context(), nobody, keyed)
	h.is("an unknown key with a passed end time", err, briefing.ErrInvalid)
	h.unreachable.gone.Store(true)
	_, err = h.StartBriefing(t.Context(), nobody, input("kim"))
	h.is("while the store is unreachable", err, briefing.ErrUnavailable)
}

// A request that ends before its first tick would never have a briefing.
func TestService_Start_refuses_an_end_before_the_first_tick(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	active := h.start(input("kim"))
	in := input("kim")
	in.Interval = 3700
	_, err := h.StartBriefing(t.Context(), nobody, in)
	invalid, ok := errors.AsType[*briefing.InvalidError](err)
	if !ok || invalid.Field != "endTime" || invalid.Rule != "must not lie before the first briefing, one interval after the start" {
		t.Errorf("an end before the first tick: %v", err)
	}
	if now, err := h.ActiveRequest(t.Context(), nobody, "kim"); err != nil || now.ID != active.ID {
		t.Errorf("the refused start left %s active, want %s: %v", now.ID, active.ID, err)
	}
	_, err = h.Watch(t.Context(), nobody, service.WatchQuery{Start: &in})
	h.is("in a subscription", err, briefing.ErrInvalid)
	at := h.store.Now().Truncate(time.Millisecond)
	in = service.StartInput{Username: "lee", Interval: 3600, EndTime: at.Add(2 * time.Hour).Format(time.RFC3339)}
	if req := h.start(in); req.EndsAt.Before(req.TickAt(1)) {
		t.Errorf("started %+v", req)
	}
}

// A phone that reconnects shortly before the end repeats its start. The first tick of a new request
// would be after the end.
func TestService_Watch_continues_what_it_could_no_longer_start(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	in := input("kim")
	in.Interval = 3700
	ends, err := time.Parse(time.RFC3339, in.EndTime)
	h.ok(err)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Interval: in.Interval, EndText: in.EndTime, CameraID: briefing.DefaultCamera,
		StartedAt: ends.Add(-2 * time.Hour), EndsAt: &ends,
	}})
	h.ok(err)
	h.add(started.Request, "a")
	s := h.watch(service.WatchQuery{Start: &in})
	h.receives(s, "a")
	in.Interval = 3701
	_, err = h.Watch(t.Context(), nobody, service.WatchQuery{Start: &in})
	h.is("another interval", err, briefing.ErrInvalid)
}

func TestService_End(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, err := h.EndBriefing(t.Context(), nobody, "nobody")
	h.is("an unknown user", err, briefing.ErrNotFound)
	req := h.start(input("kim"))
	ended, err := h.EndBriefing(t.Context(), nobody, "kim")
	h.ok(err)
	if ended.ID != req.ID || *ended.EndReason != briefing.EndedByUser || !slices.Contains(h.schedule.removed, req.ID) {
		t.Errorf("ended %+v, the schedule was told %+v", ended, h.schedule)
	}
	if again, err := h.EndBriefing(t.Context(), nobody, "kim"); again != nil || err != nil {
		t.Errorf("nothing to end: %+v, %v", again, err)
	}
}

func TestService_Login_knows_older_names(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, _, err := h.store.EnsureUser(t.Context(), "line\nbreak", nil)
	h.ok(err)
	if _, outcome, err := h.Login(t.Context(), nobody, "line\nbreak"); outcome != briefing.Login || err != nil {
		t.Errorf("an older name: %s, %v", outcome, err)
	}
	req := h.start(input("line\nbreak"))
	if got, err := h.ActiveRequest(t.Context(), nobody, "line\nbreak"); err != nil || got.ID != req.ID {
		t.Errorf("an older name starts %s, finds %s: %v", req.ID, got.ID, err)
	}
	_, _, err = h.Login(t.Context(), nobody, "another\nbreak")
	h.is("a new one", err, briefing.ErrInvalid)
}

// One phone sends a Korean name composed, another phone decomposed. Both names mean the same user.
func TestService_takes_every_spelling_of_a_name_for_one_user(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	composed, decomposed := "김민수", norm.NFD.String("김민수")
	first, outcome, err := h.Login(t.Context(), nobody, decomposed+" ")
	h.ok(err)
	again, known, err := h.Login(t.Context(), nobody, composed)
	h.ok(err)
	if outcome != briefing.Signup || known != briefing.Login || first.ID != again.ID || first.Username != composed {
		t.Errorf("logins: %+v %s, then %+v %s, want one user called %q", first, outcome, again, known, composed)
	}
	changes, err := h.WatchRequests(t.Context(), nobody, composed)
	h.ok(err)
	defer changes.Close()
	req := h.start(input(decomposed))
	if req.Username != composed {
		t.Errorf("the request is %q's, want %q's", req.Username, composed)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if told, err := changes.Next(ctx); err != nil || told.ID != req.ID {
		t.Errorf("the other spelling is told of %s, want %s: %v", told.ID, req.ID, err)
	}
	at := h.add(req, "a").Cursor
	in := input(" " + composed)
	in.EndTime = req.EndText
	h.receives(h.watch(service.WatchQuery{Username: decomposed}), "a")
	resumed, latest := h.watch(service.WatchQuery{Start: &in, After: at}), h.watch(service.WatchQuery{Username: decomposed, After: at})
	h.end(decomposed)
	h.receives(resumed, "")
	h.receives(latest, "")
	var list []briefing.Request
	for listed, err := range h.EachRequest(t.Context(), nobody, decomposed) {
		h.ok(err)
		list = append(list, listed)
	}
	if len(list) != 1 || list[0].ID != req.ID {
		t.Errorf("requests of the other spelling: %+v", list)
	}
}

// A request of the old server has the name in the spelling that its user typed.
func TestService_WatchRequests_tells_of_requests_in_another_spelling(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, _, err := h.Login(t.Context(), nobody, "김민수")
	h.ok(err)
	changes, err := h.WatchRequests(t.Context(), nobody, " 김민수")
	h.ok(err)
	defer changes.Close()
	ends := time.Now().Add(time.Hour)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: norm.NFD.String("김민수"), Interval: 10, StartedAt: time.Now(), EndsAt: &ends,
	}})
	h.ok(err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if told, err := changes.Next(ctx); err != nil || told.ID != started.Request.ID {
		t.Errorf("told of %+v, %v, want %s", told, err, started.Request.ID)
	}
}

func TestService_Watch_replays_then_lives_then_ends(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	first := h.add(req, "a")
	h.add(req, "b")
	all := h.watch(service.WatchQuery{RequestID: req.ID})
	rest := h.watch(service.WatchQuery{RequestID: req.ID, After: first.Cursor})
	latest := h.watch(service.WatchQuery{Username: "kim"})
	h.receives(all, "a", "b")
	h.add(req, "c")
	h.end("kim")
	h.receives(all, "c", "")
	h.receives(rest, "b", "c", "")
	h.receives(latest, "a", "b", "c", "")
}

func TestService_Watch_refuses_wrong_positions(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req, other := h.start(input("kim")), h.start(input("lee"))
	h.add(req, "a")
	foreign := h.add(other, "x").Cursor
	beyond := briefing.MakeCursor(req.ID, "ffffffffffffffffffffffff")
	for name, after := range map[string]briefing.Cursor{"malformed": "x", "another's": foreign, "beyond the newest": beyond} {
		in := input("kim")
		for _, q := range []service.WatchQuery{{RequestID: req.ID, After: after}, {Username: "kim", After: after}, {Start: &in, After: after}} {
			_, err := h.Watch(t.Context(), nobody, q)
			h.is(name, err, briefing.ErrBadCursor)
		}
	}
	_, err := h.Watch(t.Context(), nobody, service.WatchQuery{Username: "nobody"})
	h.is("no request yet", err, briefing.ErrNotFound)
	_, err = h.Watch(t.Context(), nobody, service.WatchQuery{RequestID: "x"})
	h.is("a malformed id", err, briefing.ErrNotFound)
}

func TestService_Watch_of_a_start(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	in := input("kim")
	h.watch(service.WatchQuery{Start: &in})
	req, err := h.ActiveRequest(t.Context(), nobody, "kim")
	h.ok(err)
	at := h.add(req, "a").Cursor
	same := h.watch(service.WatchQuery{Start: &in})
	h.receives(same, "a")
	if now, err := h.ActiveRequest(t.Context(), nobody, "kim"); err != nil || now.ID != req.ID {
		t.Errorf("the same start began %s beside %s", now.ID, req.ID)
	}
	other := in
	other.Interval = 20
	h.watch(service.WatchQuery{Start: &other})
	if now, err := h.ActiveRequest(t.Context(), nobody, "kim"); err != nil || now.ID == req.ID {
		t.Errorf("another interval continued %s: %v", now.ID, err)
	}
	h.receives(same, "")
	h.receives(h.watch(service.WatchQuery{Start: &in, After: at}), "") // a resumed start starts nothing
	passed := in
	passed.EndTime = time.Now().Add(-time.Second).Format(time.RFC3339)
	_, err = h.Watch(t.Context(), nobody, service.WatchQuery{Start: &passed, After: at})
	h.is("a cursor of another start", err, briefing.ErrBadCursor)
}

func TestService_Watch_of_the_latest_goes_on_with_an_earlier_one(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	at := h.add(req, "a").Cursor
	h.add(req, "b")
	h.add(h.start(input("kim")), "c")
	h.receives(h.watch(service.WatchQuery{Username: "kim", After: at}), "b", "")
}

func TestService_Watch_waits_while_the_store_is_unreachable(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	h.add(req, "a")
	h.unreachable.gone.Store(true)
	in := input("kim")
	_, err := h.Watch(t.Context(), nobody, service.WatchQuery{Start: &in})
	h.is("only a start says so", err, briefing.ErrUnavailable)
	got := make(chan briefing.Stream, 1)
	go func() {
		s, err := h.Watch(t.Context(), nobody, service.WatchQuery{RequestID: req.ID})
		if err != nil {
			t.Error(err)
		}
		got <- s
	}()
	for range 2 { // a failed read is repeated
		select {
		case <-got:
			t.Fatal("it did not wait")
		case <-h.unreachable.refused:
		}
	}
	h.unreachable.gone.Store(false)
	s := <-got
	defer s.Close()
	h.receives(s, "a")
}

func TestService_WatchRequests_tells_the_state_then_starts_and_ends(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	s, err := h.WatchRequests(t.Context(), nobody, "kim")
	h.ok(err)
	defer s.Close()
	next := func() briefing.Request {
		t.Helper()
		r, err := s.Next(t.Context())
		h.ok(err)
		return r
	}
	if r := next(); r.ID != req.ID || !r.Active || r.Ticks.Missed != 7 {
		t.Errorf("first %+v", r)
	}
	h.end("kim")
	if r := next(); r.ID != req.ID || r.Active {
		t.Errorf("after the end %+v", r)
	}
	_, err = h.WatchRequests(t.Context(), nobody, "nobody")
	h.is("an unknown user", err, briefing.ErrNotFound)
}

// Each call words a summary anew, in the lines that the style has then: a model may write them
// after the first call, and an owner may save others.
func TestService_AiSummary_is_worded_at_each_call(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start(input("kim"))
	h.add(req, "a")
	for n, lines := range []string{"", "", "짧게", "짧게"} {
		if lines != "" {
			_, err := h.UpdateCustom(t.Context(), nobody, "kim", []string{lines})
			h.ok(err)
		}
		got, err := h.AiSummary(t.Context(), nobody, req.ID)
		h.ok(err)
		in := h.words.last.Load()
		if got.Text != "kim" || h.words.calls.Load() != int64(n+1) || in.Figures.Samples != 1 || lines != "" && in.Custom[0] != lines {
			t.Errorf("call %d: %+v of %+v, after %d calls", n, got, in, h.words.calls.Load())
		}
	}
	h.words.fail = errors.New("no")
	_, err := h.AiSummary(t.Context(), nobody, req.ID)
	h.is("a failure", err, h.words.fail)
	_, err = h.AiSummary(t.Context(), nobody, "0123456789abcdef01234567")
	h.is("an unknown request", err, briefing.ErrNotFound)
}

// forbid is a policy that allows nothing.
type forbid struct{}

func (forbid) ActFor(briefing.Viewer, string) error { return briefing.ErrForbidden }
func (forbid) ActForAll(briefing.Viewer) bool       { return false }

func TestService_asks_the_policy_in_every_use_case(t *testing.T) {
	t.Parallel()
	h := open(t, forbid{})
	at := time.Now()
	ends := at.Add(time.Hour)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{Username: "kim", Interval: 10, StartedAt: at, EndsAt: &ends}})
	h.ok(err)
	id, ctx, in := started.Request.ID, t.Context(), input("kim")
	for name, call := range map[string]func() error{
		"Login":         func() error { _, _, err := h.Login(ctx, nobody, "kim"); return err },
		"User":          func() error { _, err := h.User(ctx, nobody, "kim"); return err },
		"UpdateCustom":  func() error { _, err := h.UpdateCustom(ctx, nobody, "kim", nil); return err },
		"UpdateOld":     func() error { _, err := h.UpdateOldCustom(ctx, nobody, "kim", nil); return err },
		"StartBriefing": func() error { _, err := h.StartBriefing(ctx, nobody, in); return err },
		"EndBriefing":   func() error { _, err := h.EndBriefing(ctx, nobody, "kim"); return err },
		"Request":       func() error { _, err := h.Request(ctx, nobody, id); return err },
		"ActiveRequest": func() error { _, err := h.ActiveRequest(ctx, nobody, "kim"); return err },
		"Requests":      func() error { _, err := h.Requests(ctx, nobody, "kim", briefing.Page{}); return err },
		"EachRequest":   func() error { return lastError(h.EachRequest(ctx, nobody, "kim")) },
		"Briefings":     func() error { _, err := h.Briefings(ctx, nobody, id, briefing.Page{}); return err },
		"EachBriefing":  func() error { return lastError(h.EachBriefing(ctx, nobody, id)) },
		"AddBriefing": func() error {
			_, err := h.AddBriefing(ctx, nobody, service.AddInput{RequestID: id, Caption: "x"})
			return err
		},
		"Watch":         func() error { _, err := h.Watch(ctx, nobody, service.WatchQuery{RequestID: id}); return err },
		"Watch latest":  func() error { _, err := h.Watch(ctx, nobody, service.WatchQuery{Username: "kim"}); return err },
		"Watch start":   func() error { _, err := h.Watch(ctx, nobody, service.WatchQuery{Start: &in}); return err },
		"Watch resumed": func() error { _, err := h.Watch(ctx, nobody, service.WatchQuery{Start: &in, After: "x"}); return err },
		"Reload": func() error {
			_, err := h.Reload(ctx, nobody, "kim", func(briefing.Briefing) error { return nil })
			return err
		},
		"WatchRequests": func() error { _, err := h.WatchRequests(ctx, nobody, "kim"); return err },
		"AiSummary":     func() error { _, err := h.AiSummary(ctx, nobody, id); return err },
	} {
		h.is(name, call(), briefing.ErrForbidden)
	}
}

// lastError returns the error at the end of a list.
func lastError[T any](list iter.Seq2[T, error]) (last error) {
	for _, err := range list {
		last = err
	}
	return last
}
