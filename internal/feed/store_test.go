package feed_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// fakeStore stores requests and briefings in memory. While a test has set mute, commits do not
// reach its feed.
type fakeStore struct {
	mu       sync.Mutex
	requests map[briefing.RequestID]briefing.Request
	list     map[briefing.RequestID][]briefing.Briefing
	shelf    shelf
	feeds    []*fakeFeed
	past     []briefing.Change // changes that a feed starts with, from before its opening
	mute     bool
	away     error
	reading  int           // number of feeds that were opened and read from
	next     chan struct{} // closed and replaced when reading grows
	fresh    []bool
	reads    int
	onRead   func() // called before the briefings of a request are read
	onLatest func() // called once, between the reading of the current requests and the answer
}

func newStore() *fakeStore {
	return &fakeStore{
		requests: map[briefing.RequestID]briefing.Request{},
		list:     map[briefing.RequestID][]briefing.Briefing{},
		next:     make(chan struct{}),
	}
}

type fakeFeed struct {
	store  *fakeStore
	ch     chan briefing.Change
	broken chan struct{}
	once   sync.Once
	first  sync.Once
}

func (f *fakeFeed) Next(ctx context.Context) (briefing.Change, error) {
	f.first.Do(f.store.isRead)
	select {
	case c := <-f.ch:
		return c, nil
	default:
	}
	select {
	case c := <-f.ch:
		return c, nil
	case <-f.broken:
		return briefing.Change{}, briefing.ErrFeedLost
	case <-ctx.Done():
		return briefing.Change{}, ctx.Err()
	}
}

func (f *fakeFeed) More() bool { return len(f.ch) > 0 }

func (f *fakeFeed) Close() error { f.once.Do(func() { close(f.broken) }); return nil }

func (s *fakeStore) OpenFeed(_ context.Context, fresh bool) (briefing.Feed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return nil, s.away
	}
	f := &fakeFeed{store: s, ch: make(chan briefing.Change, 1<<16), broken: make(chan struct{})}
	for _, c := range s.past {
		f.ch <- c
	}
	s.feeds = append(s.feeds, f)
	s.fresh = append(s.fresh, fresh)
	return f, nil
}

// isRead counts a feed that is read for the first time.
func (s *fakeStore) isRead() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading++
	close(s.next)
	s.next = make(chan struct{})
}

// breakFeed ends every open feed. Changes that were not read are lost.
func (s *fakeStore) breakFeed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds {
		_ = f.Close()
	}
	s.feeds = nil
}

func (s *fakeStore) emit(c briefing.Change) {
	if s.mute {
		return
	}
	for _, f := range s.feeds {
		f.ch <- c
	}
}

func (s *fakeStore) start(username string) briefing.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := briefing.RequestID(briefing.NewID(time.Unix(1_700_000_000, 0)))
	req := briefing.Request{ID: id, Username: username, Active: true}
	s.requests[id] = req
	s.emit(briefing.Change{Kind: briefing.RequestStarted, Request: req})
	return req
}

func (s *fakeStore) end(id briefing.RequestID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req := s.requests[id]
	req.Active = false
	s.requests[id] = req
	s.emit(briefing.Change{Kind: briefing.RequestEnded, Request: req})
}

// add commits a briefing with an id after the last.
func (s *fakeStore) add(id briefing.RequestID) briefing.Briefing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.insert(id, len(s.list[id])*10+10)
}

// insert commits a briefing with n as its id; s.mu is held.
func (s *fakeStore) insert(id briefing.RequestID, n int) briefing.Briefing {
	bid := briefing.BriefingID(fmt.Sprintf("%024x", n))
	b := briefing.Briefing{ID: bid, RequestID: id, Cursor: briefing.MakeCursor(id, bid), Caption: fmt.Sprint(n)}
	s.list[id] = append(s.list[id], b)
	slices.SortFunc(s.list[id], func(a, b briefing.Briefing) int {
		return map[bool]int{true: -1, false: 1}[a.ID < b.ID]
	})
	s.emit(briefing.Change{Kind: briefing.BriefingStored, Briefing: b})
	return b
}

func (s *fakeStore) setAway(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = err
}

func (s *fakeStore) Request(_ context.Context, id briefing.RequestID) (briefing.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req, ok := s.requests[id]
	if !ok {
		return req, briefing.ErrNotFound
	}
	return req, s.away
}

// ActiveRequests returns the newest active request of each camera.
func (s *fakeStore) ActiveRequests(_ context.Context, username string) ([]briefing.Request, error) {
	s.mu.Lock()
	newest := map[briefing.CameraID]briefing.Request{}
	for _, req := range s.requests {
		if req.Username == username && req.Active && req.ID > newest[req.CameraID].ID {
			newest[req.CameraID] = req
		}
	}
	if len(newest) > 0 && s.onLatest != nil {
		defer s.onLatest()
		s.onLatest = nil
	}
	defer s.mu.Unlock()
	list := slices.SortedFunc(maps.Values(newest), func(a, b briefing.Request) int { return cmp.Compare(b.ID, a.ID) })
	return list, s.away
}

func (s *fakeStore) LatestRequest(_ context.Context, username string) (briefing.Request, error) {
	s.mu.Lock()
	onLatest := s.onLatest
	s.onLatest = nil
	if onLatest != nil {
		defer onLatest()
	}
	defer s.mu.Unlock()
	var latest briefing.Request
	for _, req := range s.requests {
		if req.Username == username && req.ID > latest.ID {
			latest = req
		}
	}
	if latest.ID == "" {
		return latest, briefing.ErrNotFound
	}
	return latest, s.away
}

func (s *fakeStore) RequestStates(_ context.Context, ids []briefing.RequestID) (map[briefing.RequestID]briefing.Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[briefing.RequestID]briefing.Request{}
	for _, id := range ids {
		if req, ok := s.requests[id]; ok {
			found[id] = req
		}
	}
	return found, s.away
}

func (s *fakeStore) Briefings(_ context.Context, id briefing.RequestID, p briefing.Slice) ([]briefing.Briefing, bool, error) {
	s.mu.Lock()
	onRead := s.onRead
	s.mu.Unlock()
	if onRead != nil {
		onRead()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.away != nil {
		return nil, false, s.away
	}
	var list []briefing.Briefing
	for _, b := range s.list[id] {
		if b.ID > p.After && (p.Before == "" || b.ID < p.Before) {
			list = append(list, b)
		}
	}
	if len(list) <= p.Limit {
		return list, false, nil
	}
	if p.Backward {
		return list[len(list)-p.Limit:], true, nil
	}
	return list[:p.Limit], true, nil
}

func (s *fakeStore) CatchUp(ctx context.Context, at []briefing.Position, limit int) (map[briefing.RequestID][]briefing.Briefing, error) {
	found := map[briefing.RequestID][]briefing.Briefing{}
	for _, p := range at {
		list, _, err := s.Briefings(ctx, p.RequestID, briefing.Slice{After: p.After, Limit: limit})
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			found[p.RequestID] = list
		}
	}
	return found, nil
}

// fixture is a store with a hub and, after run, a pump.
type fixture struct {
	*fakeStore
	hub *feed.Hub
}

func newFixture(t *testing.T, cfg feed.HubConfig) *fixture {
	t.Helper()
	s := newStore()
	cfg.Replay = s
	hub, err := feed.NewHub(cfg)
	if err != nil {
		t.Fatalf("NewHub: %v", err)
	}
	return &fixture{fakeStore: s, hub: hub}
}

// run starts the pump and waits until it reads the feed. The end of the test stops it.
func (h *fixture) run(t *testing.T, cfg feed.PumpConfig) {
	t.Helper()
	cfg.Source, cfg.Hub = h.fakeStore, h.hub
	pump, err := feed.NewPump(cfg)
	if err != nil {
		t.Fatalf("NewPump: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = pump.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	h.untilOpened(1)
}

// runInBubble is run in a synctest bubble. It also waits until the first catch-up has ended.
func (h *fixture) runInBubble(t *testing.T, cfg feed.PumpConfig) {
	t.Helper()
	h.run(t, cfg)
	synctest.Wait()
}

// untilOpened waits until the feed was opened for the n-th time and is read.
func (h *fixture) untilOpened(n int) {
	for {
		h.mu.Lock()
		reading, next := h.reading, h.next
		h.mu.Unlock()
		if reading >= n {
			return
		}
		<-next
	}
}

func (h *fixture) subscribe(t *testing.T, id briefing.RequestID, after briefing.BriefingID) briefing.Stream {
	t.Helper()
	s, err := h.hub.Subscribe(t.Context(), id, after)
	if err != nil {
		t.Fatalf("Subscribe(%s, %q): %v", id, after, err)
	}
	t.Cleanup(s.Close)
	return s
}

// next reads n briefings and returns their captions.
func next(t *testing.T, s briefing.Stream, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var got []string
	for len(got) < n {
		b, err := s.Next(ctx)
		if err != nil {
			t.Fatalf("Next after %d of %d: %v", len(got), n, err)
		}
		got = append(got, b.Caption)
	}
	return got
}

// numbers returns the captions of n briefings made by add, starting with the k-th.
func numbers(k, n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint((k+i)*10))
	}
	return list
}
