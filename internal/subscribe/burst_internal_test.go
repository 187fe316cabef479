package subscribe

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/feed"
)

const watched briefing.RequestID = "65f000000000000000000001"

// shelf is a store with one request. A test adds its briefings.
type shelf struct {
	mu   sync.Mutex
	last int
	list []briefing.Briefing
}

func (s *shelf) add(n int) (changes []briefing.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.last++
		id := briefing.BriefingID(fmt.Sprintf("%024x", s.last))
		b := briefing.Briefing{ID: id, RequestID: watched, Cursor: briefing.MakeCursor(watched, id), Caption: fmt.Sprint(s.last - 1)}
		s.list = append(s.list, b)
		changes = append(changes, briefing.Change{Kind: briefing.BriefingStored, Briefing: b})
	}
	return changes
}

func (s *shelf) Request(context.Context, briefing.RequestID) (briefing.Request, error) {
	return briefing.Request{ID: watched, Active: true}, nil
}

func (s *shelf) LatestRequest(context.Context, string) (briefing.Request, error) {
	return s.Request(context.Background(), watched)
}

func (s *shelf) ActiveRequests(context.Context, string) ([]briefing.Request, error) {
	return nil, nil
}

func (s *shelf) Cameras(context.Context, string) ([]briefing.Camera, error) { return nil, nil }

func (s *shelf) RequestStates(context.Context, []briefing.RequestID) (map[briefing.RequestID]briefing.Request, error) {
	return nil, nil
}

func (s *shelf) Briefings(_ context.Context, _ briefing.RequestID, at briefing.Slice) ([]briefing.Briefing, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []briefing.Briefing
	for _, b := range s.list {
		if b.ID > at.After {
			list = append(list, b)
		}
	}
	if at.Backward {
		return list[max(0, len(list)-at.Limit):], len(list) > at.Limit, nil
	}
	return list[:min(len(list), at.Limit)], len(list) > at.Limit, nil
}

func (s *shelf) CatchUp(context.Context, []briefing.Position, int) (map[briefing.RequestID][]briefing.Briefing, error) {
	return nil, nil
}

// desk is a core, a hub and a group's members, without a protocol and without an executor.
type desk struct {
	t     testing.TB
	shelf *shelf
	hub   *feed.Hub
	core  *Core
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, shelf: &shelf{}}
	var err error
	if d.hub, err = feed.NewHub(feed.HubConfig{Replay: d.shelf, RingLen: 16}); err != nil {
		t.Fatal(err)
	}
	d.hub.Behind() // the feed is open
	d.core = New(Config{})
	d.core.flat = func(*graphql.OperationContext) graph.FlatEncoder {
		return func(b *briefing.Briefing, scratch []byte) ([]byte, bool) {
			return append(scratch[:0], b.Caption...), true
		}
	}
	t.Cleanup(func() { d.core.Drain(context.Background(), 0) })
	return d
}

// member joins the request's group and starts to send to a moody client.
func (d *desk) member(out *moody) *member {
	d.t.Helper()
	m := d.join(out)
	out.member = m
	m.start()
	return m
}

// join returns a member that is not started.
func (d *desk) join(out Client) *member {
	d.t.Helper()
	stream, err := d.hub.Subscribe(d.t.Context(), watched, "")
	if err != nil {
		d.t.Fatal(err)
	}
	op := &graphql.OperationContext{RawQuery: "q", Operation: &ast.OperationDefinition{}}
	m, err := d.core.join(d.t.Context(), Call{Client: out}, stream.(*feed.Subscription), op)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(m.close)
	return m
}

// moody is a client that may accept only a part of a batch. It has no room after that until drain
// or clear makes room.
type moody struct {
	member *member
	part   func(n int) int // how many of n payloads find room; nil: all

	mu      sync.Mutex
	got     []string
	batches []int // how many payloads came together
	full    bool
	changed chan struct{}
	over    chan struct{} // closed by Complete
}

func newMoody(part func(n int) int) *moody {
	return &moody{part: part, changed: make(chan struct{}, 1), over: make(chan struct{})}
}

func (s *moody) Send(b Batch, _ *Round) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := b.Len()
	if s.part != nil {
		n = s.part(n)
	}
	if s.full {
		n = 0
	}
	s.full = n < b.Len()
	for _, body := range b.Payloads[:n] {
		s.got = append(s.got, string(body))
	}
	s.batches = append(s.batches, n)
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return n
}

func (s *moody) Shared() bool       { return false }
func (s *moody) Complete()          { close(s.over) }
func (s *moody) Fail(gqlerror.List) {}

func (s *moody) Answer(context.Context, []byte) error { return nil }

// drain makes room until the client has received total payloads, or has received everything.
func (s *moody) drain(total int) []string {
	for {
		s.mu.Lock()
		got, full := slices.Clone(s.got), s.full
		s.full = false
		s.mu.Unlock()
		if len(got) >= total {
			return got
		}
		if full {
			s.member.room()
		} else if s.member.atRest() {
			return got
		}
		<-s.changed
	}
}

// atRest reports whether the member is live and so has received everything.
func (m *member) atRest() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state == live
}

// A burst ends in the middle of a batch for a member without room. The refused payloads are sent
// later, because the position moves only past the accepted ones. The second case moves the position
// too early, and shows that the test would notice the loss.
func TestMember_moves_only_past_what_was_accepted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		deliver func(m *member, entries []feed.Entry, b Batch)
		loses   bool
	}{
		"moving after the sending": {func(m *member, entries []feed.Entry, b Batch) { m.deliver(entries, b, nil) }, false},
		"moving before the sending": {func(m *member, entries []feed.Entry, b Batch) {
			m.mu.Lock()
			defer m.mu.Unlock()
			from, to, behind := m.sub.Lacks(entries)
			if m.state != live || behind || from == to {
				return
			}
			m.sub.Advance(&entries[to-1]) // too early
			if m.client.Send(b.slice(from, to), nil) < to-from {
				m.state = replaying
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			random := rand.New(rand.NewPCG(1, 2))
			out := newMoody(func(n int) int { return n - min(n, max(0, random.IntN(12)-6)) })
			m := d.member(out)
			out.drain(0)
			var follower feed.Follower
			m.sub.Follow(&follower, silent{})
			m.group.follower.Close() // this test delivers instead of the group
			const bursts, each = 50, 8
			for i := range bursts {
				d.hub.Publish(d.shelf.add(each)...)
				h := &scratch{}
				h.entries, _, _ = follower.Read(nil, batchRoom)
				if len(h.entries) != each {
					t.Fatalf("burst %d: %d entries", i, len(h.entries))
				}
				tt.deliver(m, h.entries, m.group.batch(h))
				if !tt.loses {
					out.drain((i + 1) * each)
				} else if out.clear() {
					m.work(nil)
				}
			}
			follower.Close()
			var want []string
			for i := range bursts * each {
				want = append(want, fmt.Sprint(i))
			}
			got := out.drain(0)
			if lost := len(want) - len(got); tt.loses != (lost > 0) || !tt.loses && !slices.Equal(got, want) {
				t.Errorf("%d of %d payloads are lost; got %v", lost, len(want), got)
			}
		})
	}
}

// await waits until the client has received n payloads.
func (s *moody) await(total int) []string {
	for {
		s.mu.Lock()
		got := slices.Clone(s.got)
		s.mu.Unlock()
		if len(got) >= total {
			return got
		}
		<-s.changed
	}
}

// clear makes room, and reports whether there was none.
func (s *moody) clear() (full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	full, s.full = s.full, false
	return full
}

type silent struct{}

func (silent) Notify() {}

func TestGroup_sends_each_member_a_burst_in_one_batch(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var clients []*moody
	for range 2 * fewLen {
		out := newMoody(nil)
		d.member(out)
		clients = append(clients, out)
	}
	d.hub.Publish(d.shelf.add(1)...)
	for _, s := range clients {
		s.await(1)
	}
	d.hub.Publish(d.shelf.add(8)...)
	for i, s := range clients {
		got := s.await(9)
		if s.batches[len(s.batches)-1] != 8 {
			t.Errorf("member %d got %v in batches of %v, want the last 8 together", i, got, s.batches)
		}
	}
}

// A publisher does not wait for a group that is sending: a later pass sends what it published.
func TestGroup_holds_up_nobody_while_it_sends(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sending, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	out := newMoody(func(n int) int {
		once.Do(func() { close(sending); <-goOn })
		return n
	})
	m := d.join(out)
	out.member = m
	m.admit()
	for !m.atRest() {
		m.work(nil) // here, because a worker of the pool would send instead of the group
	}
	var telling sync.WaitGroup
	telling.Go(func() { d.hub.Publish(d.shelf.add(1)...) }) // waits in Send
	<-sending
	d.hub.Publish(d.shelf.add(1)...) // hangs if it waits for the group, its topic or the member
	d.core.Groups()
	close(goOn)
	telling.Wait()
	if got := out.await(2); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("got %v", got)
	}
}

// endless is a client that publishes another briefing in each Send.
type endless struct {
	bottomless
	more func()
}

func (e endless) Send(b Batch, _ *Round) int {
	e.more()
	return b.Len()
}

// probe is a task that reports its first turn.
type probe struct {
	inPool atomic.Bool
	done   chan struct{}
}

func (p *probe) queued() *atomic.Bool { return &p.inPool }
func (p *probe) work(*Round)          { close(p.done) }

// There are as many groups as workers, and each has a new briefing after each of its turns. Other
// tasks still get their turns.
func TestGroup_gives_others_their_turn(t *testing.T) {
	t.Parallel()
	var desks []*desk
	var stop atomic.Bool
	d := newDesk(t)
	for range runtime.GOMAXPROCS(0) {
		busy := newDesk(t)
		busy.core = d.core
		desks = append(desks, busy)
		for i := range fewLen + 1 {
			var out Client = bottomless{}
			if i == 0 {
				out = endless{more: func() {
					if !stop.Load() {
						busy.hub.Publish(busy.shelf.add(1)...)
					}
				}}
			}
			m := busy.join(out)
			m.admit()
			m.work(nil)
		}
	}
	for _, busy := range desks {
		busy.hub.Publish(busy.shelf.add(1)...)
	}
	p := &probe{done: make(chan struct{})}
	d.core.live.add(p)
	<-p.done // would hang if a group never released its worker
	stop.Store(true)
}

// Before the start of the delivery, the client may still be answered 204, or may stop. So nothing
// is sent before the start, even if the request ends or receives briefings.
func TestMember_sends_nothing_before_it_is_started(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	out := newMoody(nil)
	m := d.join(out)
	out.member = m
	d.hub.Publish(append(d.shelf.add(2), briefing.Change{Kind: briefing.RequestEnded, Request: briefing.Request{ID: watched}})...)
	m.group.work(nil)
	m.work(nil)
	m.room()
	if m.finished() || len(out.got) > 0 {
		t.Errorf("ended %v, sent %v before start", m.finished(), out.got)
	}
	m.start()
	if got := out.await(2); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("after start: %v", got)
	}
	<-out.over
}

func TestGroup_holds_no_member_that_has_left(t *testing.T) {
	d := newDesk(t)
	d.join(bottomless{}) // the group must not end
	gone := func() weak.Pointer[member] {
		stream, err := d.hub.Subscribe(t.Context(), watched, "")
		if err != nil {
			t.Fatal(err)
		}
		op := &graphql.OperationContext{RawQuery: "q", Operation: &ast.OperationDefinition{}}
		m, err := d.core.join(t.Context(), Call{Client: bottomless{}}, stream.(*feed.Subscription), op)
		if err != nil {
			t.Fatal(err)
		}
		m.admit()
		m.work(nil)
		d.hub.Publish(d.shelf.add(1)...)
		m.close()
		return weak.Make(m)
	}()
	runtime.GC()
	if gone.Value() != nil {
		t.Error("a member stays in memory after it has left")
	}
}

func TestScratch_holds_nothing_when_it_is_released(t *testing.T) {
	t.Parallel()
	h := &scratch{}
	for range 8 {
		h.entries = append(h.entries, feed.Entry{Briefing: &briefing.Briefing{}})
		h.batch.add([]byte("x"), "c")
		h.members = append(h.members, &member{})
	}
	entries, b, members := h.entries, h.batch, h.members
	h.entries, h.batch = h.entries[:0], h.batch.slice(0, 0) // like after an empty read
	h.clear()
	for i := range entries {
		if entries[i].Briefing != nil || b.Payloads[i] != nil || b.Cursors[i] != "" || members[i] != nil {
			t.Fatalf("entry %d stays", i)
		}
	}
}

// bottomless is a client that accepts and discards everything.
type bottomless struct{}

func (bottomless) Send(b Batch, _ *Round) int { return b.Len() }
func (bottomless) Shared() bool               { return false }
func (bottomless) Complete()                  {}
func (bottomless) Fail(gqlerror.List)         {}

func (bottomless) Answer(context.Context, []byte) error { return nil }

// BenchmarkGroup measures a group's delivery without sockets. Briefings are published singly and in
// bursts of 8.
func BenchmarkGroup(b *testing.B) {
	for _, burst := range []int{1, 8} {
		b.Run(fmt.Sprint("burst of ", burst), func(b *testing.B) {
			const members = 1000
			d := newDesk(b)
			var g *group
			for range members {
				m := d.join(bottomless{})
				m.admit()
				m.work(nil)
				g = m.group
			}
			g.follower.Close() // the benchmark itself calls the group's work
			m := d.join(bottomless{})
			m.sub.Follow(&g.follower, silent{})
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				d.hub.Publish(d.shelf.add(burst)...)
				g.work(nil)
				d.shelf.list = nil
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*members*burst), "ns/delivery")
		})
	}
}
