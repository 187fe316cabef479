package subscribe_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/socket"
	"bis/internal/subscribe/subscribetest"
	"bis/internal/subscribe/ws"
)

func TestGroup_executes_once_for_all_who_ask_the_same(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	var executed atomic.Int64
	h.Core.CountExecutions(&executed)
	req := h.Start("kim")
	var cursors []briefing.Cursor
	for i := range 10 {
		cursors = append(cursors, h.Brief(req, fmt.Sprint(i)).Cursor)
	}
	const n = 50
	peers := make([]subscribetest.Peer, n)
	for i := range peers {
		peers[i] = h.Init()
		from := i % 10 // each member has another cursor and another id
		peers[i].Subscribe(fmt.Sprint("op", i), subscribetest.CaptionAndCursor, map[string]any{"id": req.ID, "after": cursors[from]})
		if from < 9 {
			subscribetest.Same(t, "before", peers[i].Follows(9-from), subscribetest.Numbers(from+1, 10))
		}
	}
	if got := h.Core.Groups(); got != 1 {
		t.Errorf("%d groups, want 1", got)
	}
	replayed := executed.Load()
	if replayed > 9*3 { // the first few replay before the cache has grown
		t.Errorf("%d executions for the replays of 9 briefings by %d subscribers", replayed, n)
	}
	for i := 10; i < 30; i++ {
		h.Brief(req, fmt.Sprint(i))
	}
	for _, p := range peers {
		subscribetest.Same(t, "live", p.Follows(20), subscribetest.Numbers(10, 30))
	}
	if got := executed.Load() - replayed; got != 20 {
		t.Errorf("%d executions of 20 briefings for %d subscribers", got, n)
	}
	h.End(req)
	for _, p := range peers {
		subscribetest.Same(t, "after", p.Follows(0), nil)
	}
	if h.Core.Groups() != 0 || h.Hub.Stats().Subscribers != 0 {
		t.Errorf("%d groups, %d subscribers are left", h.Core.Groups(), h.Hub.Stats().Subscribers)
	}
}

func TestGroup_keeps_apart_what_may_differ(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	p := h.Init()
	with := `subscription($id: ID!, $x: Boolean!) { briefings(requestId: $id) { caption degraded @include(if: $x) } }`
	p.Subscribe("a", with, map[string]any{"id": req.ID, "x": true})
	p.Subscribe("b", with, map[string]any{"id": req.ID, "x": false})
	p.Subscribe("c", `subscription($id: ID!) { other: briefings(requestId: $id) { ...f } } fragment f on Briefing { caption }`, map[string]any{"id": req.ID})
	p.Subscribe("d", `subscription { reloadBriefing(username: "kim") { caption } }`, nil)
	p.Subscribe("e", `subscription A($id: ID!) { briefings(requestId: $id) { caption } } subscription B { requestChanged(username: "x") { id } }`, map[string]any{"id": req.ID})
	p.Hears(`{"id":"e","type":"error","payload":[{"message":"operation  not found","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
	await.True(t, "four operations that begin side by side are subscribed", func() bool { return h.Hub.Stats().Subscribers == 4 })
	h.Brief(req, "1")
	want := map[string]bool{
		`{"id":"a","type":"next","payload":{"data":{"briefings":{"caption":"1","degraded":null}}}}`: true,
		`{"id":"b","type":"next","payload":{"data":{"briefings":{"caption":"1"}}}}`:                 true,
		`{"id":"c","type":"next","payload":{"data":{"other":{"caption":"1"}}}}`:                     true,
		`{"id":"d","type":"next","payload":{"data":{"reloadBriefing":{"caption":"1"}}}}`:            true,
	}
	for len(want) > 0 {
		subscribetest.Must(t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, got, err := p.ReadMessage()
		subscribetest.Must(t, err)
		if !want[string(got)] {
			t.Fatalf("heard %s, want one of %v", got, want)
		}
		delete(want, string(got))
	}
	if got := h.Core.Groups(); got != 4 {
		t.Errorf("%d groups, want 4", got)
	}
}

// Subscribers start at any cursor, leave and come back, while briefings are stored without a pause.
func TestGroup_loses_and_doubles_nothing_while_subscribers_come_and_go(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	const total, visitors = 600, 40
	var writing, visiting sync.WaitGroup
	writing.Go(func() {
		for i := range total {
			h.Brief(req, fmt.Sprint(i))
		}
	})
	for v := range visitors {
		visiting.Go(func() {
			variables := map[string]any{"id": req.ID}
			for at := 0; at < total; {
				p := h.Init()
				n := min(total-at, 1+rand.IntN(150))
				p.Subscribe("1", subscribetest.CaptionAndCursor, variables)
				captions, cursor := p.Reads(n)
				subscribetest.Same(t, fmt.Sprint("visitor ", v), captions, subscribetest.Numbers(at, at+n))
				at += n
				variables["after"] = cursor
				p.Close()
			}
		})
	}
	writing.Wait()
	visiting.Wait()
	h.Left(0)
	if h.Core.Groups() != 0 {
		t.Errorf("%d groups are left", h.Core.Groups())
	}
}

// Bursts reach members that disconnect in the middle of a burst, that read late, and that have no
// room. Each member receives everything once, in stored order.
func TestGroup_loses_and_doubles_nothing_of_bursts(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{WS: func(c *ws.Config) { c.Socket = socket.Config{WriteTimeout: time.Minute} }})
	req := h.Start("kim")
	const bursts, each = 25, 8
	const total = bursts * each
	late := h.Init()
	late.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	got := make([][]string, 6)
	var visiting sync.WaitGroup
	for v := range got {
		visiting.Go(func() {
			variables := map[string]any{"id": req.ID}
			for len(got[v]) < total {
				p := h.Init()
				p.Subscribe("1", subscribetest.CaptionAndCursor, variables)
				captions, cursor := p.Reads(min(total-len(got[v]), 1+rand.IntN(8*each)))
				got[v] = append(got[v], captions...)
				variables["after"] = cursor
				p.NetConn().Close() // without a close frame, in the middle of the burst
			}
		})
	}
	for i := range bursts {
		var burst sync.WaitGroup
		for j := range each {
			burst.Go(func() { h.Brief(req, subscribetest.Long(i*each+j)) })
		}
		burst.Wait()
	}
	visiting.Wait()
	list, _, err := h.Store.Briefings(t.Context(), req.ID, briefing.Slice{Limit: total})
	subscribetest.Must(t, err)
	want := make([]string, len(list))
	for i, b := range list {
		want[i] = b.Caption
	}
	for v := range got {
		subscribetest.Same(t, fmt.Sprint("visitor ", v), got[v], want)
	}
	subscribetest.Same(t, "late", late.Follows(total), want)
}

func TestSlow_client_that_takes_no_byte_is_cut(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{WS: func(c *ws.Config) { c.Socket = socket.Config{WriteTimeout: time.Second} }})
	req := h.Start("kim")
	stuck, quick := h.Init(), h.Init()
	for _, p := range []subscribetest.Peer{stuck, quick} {
		p.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	}
	begin := time.Now()
	for i := 0; h.Count() > 1; i++ {
		h.Brief(req, subscribetest.Long(i))
		quick.Follows(1)
		if time.Since(begin) > time.Minute {
			t.Fatal("it is still open")
		}
	}
	h.Left(1)
}

func TestMember_hears_nothing_after_it_has_stopped(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	req := h.Start("kim")
	p := h.Init()
	p.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	h.Brief(req, "0")
	subscribetest.Same(t, "before", p.Follows(1), subscribetest.Numbers(0, 1))
	p.Says(`{"id":"1","type":"complete"}`)
	p.Says(`{"id":"2","type":"complete"}`) // an unknown id belongs to an operation that has ended
	h.Left(0)
	h.Brief(req, "1")
	p.Says(`{"type":"ping","payload":{"n":1}}`)
	p.Hears(`{"type":"pong","payload":{"n":1}}`)
	p.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID}) // the id is free again
	subscribetest.Same(t, "again", p.Follows(2), subscribetest.Numbers(0, 2))
}

// An idle subscription has no goroutine. A socket has one goroutine, its reader.
func TestRest_takes_one_goroutine_a_socket(t *testing.T) {
	h := subscribetest.Open(t)
	req := h.Start("kim")
	warm := h.Init()
	warm.Subscribe("0", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	h.Brief(req, "0")
	warm.Follows(1)
	before := runtime.NumGoroutine()
	const sockets, each = 50, 10
	for range sockets {
		p := h.Init()
		for i := range each {
			p.Subscribe(fmt.Sprint(i), subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
		}
		p.Follows(each)
	}
	// The goroutines of the handshakes end a moment later.
	await.True(t, fmt.Sprintf("%d sockets with %d subscriptions have a goroutine each", sockets, sockets*each), func() bool {
		return runtime.NumGoroutine() <= before+sockets
	})
}

func TestSlow_client_holds_up_nobody_and_gets_everything_later(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{WS: func(c *ws.Config) {
		c.Socket = socket.Config{WriteTimeout: time.Minute} // so that a slow machine cuts no socket
	}})
	req := h.Start("kim")
	slow, quick := h.Init(), h.Init()
	for _, p := range []subscribetest.Peer{slow, quick} {
		p.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	}
	const total = 200 // 1.6 MB, more than the kernel's buffers and the queue of 256 KiB
	want := make([]string, total)
	for i := range total {
		want[i] = subscribetest.Long(i)
		h.Brief(req, want[i])
		subscribetest.Same(t, "quick", quick.Follows(1), want[i:i+1])
	}
	subscribetest.Same(t, "slow", slow.Follows(total), want)
	h.End(req)
	subscribetest.Same(t, "slow", slow.Follows(0), nil)
	subscribetest.Same(t, "quick", quick.Follows(0), nil)
}
