package subscribe_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/limit"
	"bis/internal/subscribe/subscribetest"
)

// refusals reads until n operations have had their first message, and returns the ids of those that
// are refused for lack of room.
func refusals(t *testing.T, p subscribetest.Peer, n int) (refused []string) {
	t.Helper()
	for seen := map[string]bool{}; len(seen) < n; {
		subscribetest.Must(t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, text, err := p.ReadMessage()
		subscribetest.Must(t, err)
		var m struct{ ID, Type string }
		subscribetest.Must(t, json.Unmarshal(text, &m))
		if m.Type == "error" {
			if !strings.Contains(string(text), `"code":"RATE_LIMITED"`) {
				t.Fatalf("heard %.300s", text)
			}
			refused = append(refused, m.ID)
		}
		seen[m.ID] = true
	}
	return refused
}

// A subscription's long document and variables count as long as it lives. Without room the
// subscription fails alone. Documents that are the same count once, and short ones do not.
func TestHold_counts_what_subscriptions_hold(t *testing.T) {
	t.Parallel()
	fields := strings.Repeat("... { id interval endTime } ", 30)
	for name, c := range map[string]struct {
		operation func(n int) (query string, variables map[string]any)
		refuses   bool
	}{
		"long documents": {func(n int) (string, map[string]any) {
			return fmt.Sprintf(`subscription { requestChanged(username: "kim") { a%d: id %s } }`, n, fields), nil
		}, true},
		"the same long document": {func(int) (string, map[string]any) {
			return `subscription { requestChanged(username: "kim") { ` + fields + ` } }`, nil
		}, false},
		"short documents": {func(n int) (string, map[string]any) {
			return fmt.Sprintf(`subscription { requestChanged(username: "kim") { a%d: id interval endTime } }`, n), nil
		}, false},
		"long variables": {func(n int) (string, map[string]any) {
			return `subscription ($c: Cursor) { requestChanged(username: "kim") { id briefings(after: $c) { edges { cursor } } } }`,
				map[string]any{"c": fmt.Sprint(n, strings.Repeat("x", 20_000))}
		}, true},
		"short variables": {func(n int) (string, map[string]any) {
			return `subscription ($s: Boolean!) { requestChanged(username: "kim") { id @skip(if: $s) interval } }`, map[string]any{"s": n%2 == 0}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var reported atomic.Int64
			limits, err := limit.New(limit.Config{Off: true, Refused: func(_ limit.Caller, why limit.Reason) {
				if why == limit.NoRoomForHeld {
					reported.Add(1)
				}
			}})
			subscribetest.Must(t, err)
			h := subscribetest.OpenWith(t, subscribetest.Options{Held: 1 << 20, Limits: limits})
			_, _, err = h.Store.EnsureUser(t.Context(), "kim", nil)
			subscribetest.Must(t, err)
			h.Start("kim")
			p := h.Init()
			const operations = 60
			for n := range operations {
				query, variables := c.operation(n)
				p.Subscribe(fmt.Sprint(n), query, variables)
			}
			refused := refusals(t, p, operations)
			if c.refuses != (len(refused) > 0) || len(refused) == operations {
				t.Errorf("%d of %d are refused, want some: %v", len(refused), operations, c.refuses)
			}
			if n := int(reported.Load()); n != len(refused) {
				t.Errorf("%d refusals are reported, want %d", n, len(refused))
			}
			if most := h.Core.Held(); most > 600<<10 {
				t.Errorf("%d bytes are counted, of half of 1 MiB", most)
			}
			if c.refuses { // one that ends makes room
				p.Says(`{"id":"0","type":"complete"}`)
				query, variables := c.operation(0)
				p.Subscribe("again", query, variables)
				if more := refusals(t, p, 1); len(more) > 0 {
					t.Errorf("%s is refused after another has ended", more)
				}
			}
			subscribetest.Must(t, p.Close())
			await.True(t, "everything is given back", func() bool { return h.Core.Held() == 0 })
		})
	}
}

// Long ids count, and subscriptions to requests count by themselves. Variables that the operation
// does not declare are dropped.
func TestHold_counts_each_subscription(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Held: 1 << 20})
	_, _, err := h.Store.EnsureUser(t.Context(), "kim", nil)
	subscribetest.Must(t, err)
	h.Start("kim")
	held := func(id string, variables map[string]any) int64 {
		p, before := h.Init(), h.Core.Held()
		p.Subscribe(id, `subscription { requestChanged(username: "kim") { id } }`, variables)
		if refused := refusals(t, p, 1); len(refused) > 0 {
			t.Fatalf("%v is refused", refused)
		}
		return h.Core.Held() - before
	}
	held("document", nil)
	short := held("a", nil)
	if short < 1<<10 {
		t.Errorf("a subscription to requests counts %d bytes", short)
	}
	if long := held(strings.Repeat("a", 256), nil); long < short+500 {
		t.Errorf("an id of 256 bytes counts %d bytes, a short one %d", long, short)
	}
	if unused := held("b", map[string]any{"x": strings.Repeat("y", 5_000)}); unused != short {
		t.Errorf("a variable that is not declared counts: %d bytes instead of %d", unused, short)
	}
}

// The same holds for briefings, whose subscriptions share groups, and on streams.
func TestHold_counts_groups(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Held: 1 << 20})
	req := h.Start("kim")
	h.Brief(req, "a")
	p := h.Init()
	const operations = 60
	for n := range operations {
		p.Subscribe(fmt.Sprint(n), fmt.Sprintf(`subscription { briefings(requestId: %q) { a%d: caption %s } }`, req.ID, n, strings.Repeat("... { id at cursor } ", 30)), nil)
	}
	if refused := refusals(t, p, operations); len(refused) == 0 || len(refused) == operations {
		t.Errorf("%d of %d are refused, want some", len(refused), operations)
	}
	subscribetest.Must(t, p.Close())
	await.True(t, "everything is given back", func() bool { return h.Core.Held() == 0 })
}
