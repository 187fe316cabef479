package subscribe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/subscribe/subscribetest"
)

// long is a caption that begins with a number.
func long(n int) string { return fmt.Sprintf("%04d%s", n, strings.Repeat("x", 4_000)) }

const captions = `subscription ($id: ID!) { briefings(requestId: $id) { caption cursor } }`

// collects reads a socket until every operation is complete. It returns the numbers of each
// operation's captions in the order of arrival.
func collects(t *testing.T, p subscribetest.Peer, operations int) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	for complete := 0; complete < operations; {
		subscribetest.Must(t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, text, err := p.ReadMessage()
		subscribetest.Must(t, err)
		var m struct {
			ID, Type string
			Payload  struct {
				Data struct{ Briefings struct{ Caption string } }
			}
		}
		if json.Unmarshal(text, &m) != nil { // the payload of an error is a list
			t.Fatalf("heard %.200s", text)
		}
		switch m.Type {
		case "next":
			got[m.ID] = append(got[m.ID], m.Payload.Data.Briefings.Caption[:4])
		case "complete":
			complete++
		}
	}
	return got
}

// TestInFlight_replays_wait_without_memory opens many replays on a socket that reads nothing. When
// the client reads at last, it receives everything once and in order.
func TestInFlight_replays_wait_without_memory(t *testing.T) {
	t.Parallel()
	const operations, rows, room = 60, 100, 2 << 20
	h := subscribetest.OpenWith(t, subscribetest.Options{InFlight: room})
	req := h.Start("kim")
	var want []string
	for n := range rows {
		h.Brief(req, long(n))
		want = append(want, fmt.Sprintf("%04d", n))
	}
	h.End(req)
	p := h.Init()
	before := heapInUse()
	for n := range operations {
		p.Subscribe(fmt.Sprint(n), captions, map[string]any{"id": req.ID})
	}
	await.True(t, "all have subscribed", func() bool { return h.Hub.Stats().Subscribers == operations })
	await.True(t, "the replays have begun", func() bool { return h.InFlight.Len() > 100_000 })
	if n := h.InFlight.Len(); n > room/2+64<<10 {
		t.Errorf("%d bytes are booked for one caller, of %d", n, room)
	}
	if more := int64(heapInUse()) - int64(before); more > 16<<20 {
		t.Errorf("the replays that nobody reads take %d MiB", more>>20)
	}
	got := collects(t, p, operations)
	for n := range operations {
		if list := got[fmt.Sprint(n)]; strings.Join(list, " ") != strings.Join(want, " ") {
			t.Fatalf("operation %d heard %d captions: %.100s", n, len(list), strings.Join(list, " "))
		}
	}
	await.True(t, "no byte is booked", func() bool { return h.InFlight.Len() == 0 })
}

// heapInUse returns the bytes of the heap in use after a garbage collection.
func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestInFlight_live_subscription_is_neither_closed_nor_shortened books all bytes for another caller
// while two hundred briefings are stored for a socket that does not read. The client receives all
// of them later.
func TestInFlight_live_subscription_is_neither_closed_nor_shortened(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{InFlight: 1 << 20})
	req := h.Start("kim")
	h.Brief(req, long(0))
	p := h.Init()
	p.Subscribe("1", captions, map[string]any{"id": req.ID})
	if got := p.Follows(1); got[0][:4] != "0000" {
		t.Fatal(got)
	}
	others, ok := h.InFlight.Acquire("", 1<<19)
	if !ok {
		t.Fatal("nothing is free")
	}
	for n := range 200 {
		h.Brief(req, long(n+1))
	}
	h.End(req)
	others.Release()
	got := p.Follows(0)
	for n, caption := range got {
		if caption[:4] != fmt.Sprintf("%04d", n+1) {
			t.Fatalf("caption %d is %.4s", n+1, caption)
		}
	}
	if len(got) != 200 {
		t.Errorf("%d captions came, want 200", len(got))
	}
}

// TestInFlight_refuses_an_operation_and_keeps_the_socket queries while the budget has no room for
// an answer.
func TestInFlight_refuses_an_operation_and_keeps_the_socket(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{InFlight: 1 << 20})
	others, _ := h.InFlight.Acquire("", 1<<19)
	p := h.Init()
	p.Subscribe("1", `{ __typename }`, nil)
	p.Hears(`{"id":"1","type":"error","payload":[{"message":"rate limited","extensions":{"code":"RATE_LIMITED","retryAfter":1}}]}`)
	others.Release()
	p.Subscribe("1", `{ __typename }`, nil)
	p.Hears(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}`, `{"id":"1","type":"complete"}`)
}

// TestInFlight_streams_that_nobody_reads checks that such streams stay within the budget and
// release their bookings.
func TestInFlight_streams_that_nobody_reads(t *testing.T) {
	t.Parallel()
	const streams, room = 30, 2 << 20
	h := subscribetest.OpenWith(t, subscribetest.Options{InFlight: room})
	req := h.Start("kim")
	for n := range 200 {
		h.Brief(req, long(n))
	}
	for range streams {
		h.Stream("POST", captions, map[string]any{"id": req.ID})
	}
	await.True(t, "the budget is used up", func() bool { return h.InFlight.Len() > room/2-128<<10 })
	if n := h.InFlight.Len(); n > room/2+streams*8<<10 {
		t.Errorf("%d bytes are booked for one caller, of %d", n, room)
	}
	h.Drained()
	await.True(t, "no byte is booked", func() bool { return h.InFlight.Len() == 0 })
}

// broken is the hub's source of replays, until it fails.
type broken struct {
	feed.Replay
	now atomic.Bool
}

func (b *broken) Briefings(
	ctx context.Context, id briefing.RequestID, s briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	if b.now.Load() {
		return nil, false, errors.New("disk on fire")
	}
	return b.Replay.Briefings(ctx, id, s)
}

// TestReplay_that_fails checks that a failed replay ends its own operation with an error, and no
// other one.
func TestReplay_that_fails(t *testing.T) {
	t.Parallel()
	b := &broken{}
	h := subscribetest.OpenWith(t, subscribetest.Options{InFlight: 1 << 20, Replay: func(r feed.Replay) feed.Replay {
		b.Replay = r
		return b
	}})
	req := h.Start("kim")
	for n := range 100 {
		h.Brief(req, long(n))
	}
	p := h.Init()
	p.Subscribe("live", captions, map[string]any{"id": req.ID})
	p.Follows(100)
	b.now.Store(true)
	p.Subscribe("1", captions, map[string]any{"id": req.ID})
	p.Hears(`{"id":"1","type":"error","payload":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	await.True(t, "no byte is booked", func() bool { return h.InFlight.Len() == 0 })
}

// TestInFlight_ends_with_the_client closes sockets while their queries wait for the store.
func TestInFlight_ends_with_the_client(t *testing.T) {
	t.Parallel()
	stuck := &subscribetest.Stuck{Queries: true, Reading: make(chan struct{}, 10)}
	h := subscribetest.OpenWith(t, subscribetest.Options{InFlight: 1 << 20, Stuck: stuck})
	req := h.Start("kim")
	p := h.Init()
	for n := range 3 {
		p.Subscribe(fmt.Sprint(n), `query ($id: ID!) { briefings(requestId: $id) { edges { cursor } } }`, map[string]any{"id": req.ID})
		<-stuck.Reading
	}
	if h.InFlight.Len() == 0 {
		t.Error("nothing is booked while the store works")
	}
	p.Close() // without a close frame
	await.True(t, "the queries have ended", func() bool { return h.InFlight.Len() == 0 })
}
