package subscribe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/socket"
	"bis/internal/subscribe"
)

// subscribe begins an operation that watches a request.
func (p peer) subscribe(id, query string, variables map[string]any) {
	p.t.Helper()
	payload, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	must(p.t, err)
	p.says(fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":%s}`, id, payload))
}

// follows reads captions of one operation until n have come, or the operation is complete when n is
// 0.
func (p peer) follows(n int) []string {
	p.t.Helper()
	captions, _ := p.reads(n)
	return captions
}

// reads is follows with the cursor of the last one.
func (p peer) reads(n int) (captions []string, cursor string) {
	p.t.Helper()
	for n == 0 || len(captions) < n {
		must(p.t, p.SetReadDeadline(time.Now().Add(20*time.Second)))
		_, got, err := p.ReadMessage()
		must(p.t, err)
		var m struct {
			Type    string
			Payload struct {
				Data struct {
					Briefings struct {
						Caption, Cursor string
					}
				}
			}
		}
		must(p.t, json.Unmarshal(got, &m))
		switch m.Type {
		case "next":
			captions = append(captions, m.Payload.Data.Briefings.Caption)
			cursor = m.Payload.Data.Briefings.Cursor
		case "complete":
			return captions, cursor
		default:
			p.t.Fatalf("heard %s", got)
		}
	}
	return captions, cursor
}

func numbers(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

func same(t *testing.T, who string, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: got %v, want %v", who, got, want)
	}
}

const whole = `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { caption cursor } }`

func TestGroup_executes_once_for_all_who_ask_the_same(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	var cursors []briefing.Cursor
	for i := range 10 {
		cursors = append(cursors, h.brief(req, fmt.Sprint(i)).Cursor)
	}
	const n = 50
	peers := make([]peer, n)
	for i := range peers {
		peers[i] = h.init()
		from := i % 10 // each comes with another cursor, under another id
		peers[i].subscribe(fmt.Sprint("op", i), whole, map[string]any{"id": req.ID, "after": cursors[from]})
		if from < 9 {
			same(t, "before", peers[i].follows(9-from), numbers(from+1, 10))
		}
	}
	if got := h.transports.Groups(); got != 1 {
		t.Errorf("%d groups, want 1", got)
	}
	replayed := h.executed.Load()
	if replayed > 9*3 { // the first few come before the group knows that it has many
		t.Errorf("%d executions for the replays of 9 briefings by %d subscribers", replayed, n)
	}
	for i := 10; i < 30; i++ {
		h.brief(req, fmt.Sprint(i))
	}
	for _, p := range peers {
		same(t, "live", p.follows(20), numbers(10, 30))
	}
	if got := h.executed.Load() - replayed; got != 20 {
		t.Errorf("%d executions of 20 briefings for %d subscribers", got, n)
	}
	h.end(req)
	for _, p := range peers {
		same(t, "after", p.follows(0), nil)
	}
	if h.transports.Groups() != 0 || h.hub.Stats().Subscribers != 0 {
		t.Errorf("%d groups, %d subscribers are left", h.transports.Groups(), h.hub.Stats().Subscribers)
	}
}

func TestGroup_keeps_apart_what_may_differ(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	p := h.init()
	with := `subscription($id: ID!, $x: Boolean!) { briefings(requestId: $id) { caption degraded @include(if: $x) } }`
	p.subscribe("a", with, map[string]any{"id": req.ID, "x": true})
	p.subscribe("b", with, map[string]any{"id": req.ID, "x": false})
	p.subscribe("c", `subscription($id: ID!) { other: briefings(requestId: $id) { ...f } } fragment f on Briefing { caption }`, map[string]any{"id": req.ID})
	p.subscribe("d", `subscription { reloadBriefing(username: "kim") { caption } }`, nil)
	p.subscribe("e", `subscription A($id: ID!) { briefings(requestId: $id) { caption } } subscription B { requestChanged(username: "x") { id } }`, map[string]any{"id": req.ID})
	p.hears(`{"id":"e","type":"error","payload":[{"message":"operation  not found","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
	await.True(t, "four operations that begin side by side are subscribed", func() bool { return h.hub.Stats().Subscribers == 4 })
	h.brief(req, "1")
	want := map[string]bool{
		`{"id":"a","type":"next","payload":{"data":{"briefings":{"caption":"1","degraded":null}}}}`: true,
		`{"id":"b","type":"next","payload":{"data":{"briefings":{"caption":"1"}}}}`:                 true,
		`{"id":"c","type":"next","payload":{"data":{"other":{"caption":"1"}}}}`:                     true,
		`{"id":"d","type":"next","payload":{"data":{"reloadBriefing":{"caption":"1"}}}}`:            true,
	}
	for len(want) > 0 {
		must(t, p.SetReadDeadline(time.Now().Add(10*time.Second)))
		_, got, err := p.ReadMessage()
		must(t, err)
		if !want[string(got)] {
			t.Fatalf("heard %s, want one of %v", got, want)
		}
		delete(want, string(got))
	}
	if got := h.transports.Groups(); got != 4 {
		t.Errorf("%d groups, want 4", got)
	}
}

// Subscribers come with any cursor, leave and come back, while briefings are stored as fast as they
// can be.
func TestGroup_loses_and_doubles_nothing_while_subscribers_come_and_go(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	const total, visitors = 600, 40
	var writing, visiting sync.WaitGroup
	writing.Go(func() {
		for i := range total {
			h.brief(req, fmt.Sprint(i))
		}
	})
	for v := range visitors {
		visiting.Go(func() {
			variables := map[string]any{"id": req.ID}
			for at := 0; at < total; {
				p := h.init()
				n := min(total-at, 1+rand.IntN(150))
				p.subscribe("1", whole, variables)
				captions, cursor := p.reads(n)
				same(t, fmt.Sprint("visitor ", v), captions, numbers(at, at+n))
				at += n
				variables["after"] = cursor
				p.Close()
			}
		})
	}
	writing.Wait()
	visiting.Wait()
	h.left(0)
	if h.transports.Groups() != 0 {
		t.Errorf("%d groups are left", h.transports.Groups())
	}
}

// Bursts reach members that are cut in the middle of one, that read late, and that have no room:
// each gets everything once, in stored order.
func TestGroup_loses_and_doubles_nothing_of_bursts(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(c *subscribe.Config) { c.Socket = socket.Config{WriteTimeout: time.Minute} })
	req := h.start("kim")
	const bursts, each = 25, 8
	const total = bursts * each
	late := h.init()
	late.subscribe("1", whole, map[string]any{"id": req.ID})
	got := make([][]string, 6)
	var visiting sync.WaitGroup
	for v := range got {
		visiting.Go(func() {
			variables := map[string]any{"id": req.ID}
			for len(got[v]) < total {
				p := h.init()
				p.subscribe("1", whole, variables)
				captions, cursor := p.reads(min(total-len(got[v]), 1+rand.IntN(8*each)))
				got[v] = append(got[v], captions...)
				variables["after"] = cursor
				p.NetConn().Close() // without a word, whatever is on its way
			}
		})
	}
	for i := range bursts {
		var burst sync.WaitGroup
		for j := range each {
			burst.Go(func() { h.brief(req, long(i*each+j)) })
		}
		burst.Wait()
	}
	visiting.Wait()
	list, _, err := h.store.Briefings(t.Context(), req.ID, briefing.Slice{Limit: total})
	must(t, err)
	want := make([]string, len(list))
	for i, b := range list {
		want[i] = b.Caption
	}
	for v := range got {
		same(t, fmt.Sprint("visitor ", v), got[v], want)
	}
	same(t, "late", late.follows(total), want)
}

// long is a caption that fills the buffers of a client that does not read.
func long(i int) string { return fmt.Sprint(i, " ", strings.Repeat("손님 두 명. ", 500)) }

func TestSlow_client_holds_up_nobody_and_gets_everything_later(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(c *subscribe.Config) { c.Socket = socket.Config{WriteTimeout: time.Minute} }) // however slow the machine is
	req := h.start("kim")
	slow, quick := h.init(), h.init()
	for _, p := range []peer{slow, quick} {
		p.subscribe("1", whole, map[string]any{"id": req.ID})
	}
	const total = 200 // 1.6 MB: beyond what the kernel and 256 KiB hold
	want := make([]string, total)
	for i := range total {
		want[i] = long(i)
		h.brief(req, want[i])
		same(t, "quick", quick.follows(1), want[i:i+1])
	}
	same(t, "slow", slow.follows(total), want)
	h.end(req)
	same(t, "slow", slow.follows(0), nil)
	same(t, "quick", quick.follows(0), nil)
}

func TestSlow_client_that_takes_no_byte_is_cut(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(c *subscribe.Config) { c.Socket = socket.Config{WriteTimeout: time.Second} })
	req := h.start("kim")
	stuck, quick := h.init(), h.init()
	for _, p := range []peer{stuck, quick} {
		p.subscribe("1", whole, map[string]any{"id": req.ID})
	}
	begin := time.Now()
	for i := 0; h.transports.Count() > 1; i++ {
		h.brief(req, long(i))
		quick.follows(1)
		if time.Since(begin) > 20*time.Second {
			t.Fatal("it is still open")
		}
	}
	h.left(1)
}

func TestMember_hears_nothing_after_it_has_stopped(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	p := h.init()
	p.subscribe("1", whole, map[string]any{"id": req.ID})
	h.brief(req, "0")
	same(t, "before", p.follows(1), numbers(0, 1))
	p.says(`{"id":"1","type":"complete"}`)
	p.says(`{"id":"2","type":"complete"}`) // unknown ids are of operations that have ended
	h.left(0)
	h.brief(req, "1")
	p.says(`{"type":"ping","payload":{"n":1}}`)
	p.hears(`{"type":"pong","payload":{"n":1}}`)
	p.subscribe("1", whole, map[string]any{"id": req.ID}) // the id is free again
	same(t, "again", p.follows(2), numbers(0, 2))
}

// A subscription at rest has no goroutine, and a socket one, its reader's.
func TestRest_takes_one_goroutine_a_socket(t *testing.T) {
	h := open(t)
	req := h.start("kim")
	warm := h.init()
	warm.subscribe("0", whole, map[string]any{"id": req.ID})
	h.brief(req, "0")
	warm.follows(1)
	before := runtime.NumGoroutine()
	const sockets, each = 50, 10
	for range sockets {
		p := h.init()
		for i := range each {
			p.subscribe(fmt.Sprint(i), whole, map[string]any{"id": req.ID})
		}
		p.follows(each)
	}
	// Handshakes' goroutines end a moment later.
	await.True(t, fmt.Sprintf("%d sockets with %d subscriptions have a goroutine each", sockets, sockets*each), func() bool {
		return runtime.NumGoroutine() <= before+sockets
	})
}

func TestSocket_init_is_decided_by_the_settings(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(c *subscribe.Config) {
		c.Init = func(_ context.Context, payload map[string]any) error {
			if payload["token"] != "right" {
				return briefing.ErrForbidden
			}
			return nil
		}
	})
	p := h.dial("graphql-transport-ws")
	p.says(`{"type":"connection_init","payload":{"token":"wrong"}}`)
	p.closes(4403)
	p = h.dial("graphql-transport-ws")
	p.says(`{"type":"connection_init","payload":{"token":"right"}}`)
	p.hears(`{"type":"connection_ack"}`)
}

func TestSocket_has_a_bound_of_operations(t *testing.T) {
	t.Parallel()
	h := open(t)
	req := h.start("kim")
	p := h.init()
	for i := range 1_001 {
		p.subscribe(fmt.Sprint(i), whole, map[string]any{"id": req.ID})
	}
	p.closes(websocket.CloseTryAgainLater)
}
