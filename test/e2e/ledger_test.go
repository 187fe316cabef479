package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
)

// The size of the ledger test, as docs/operations.md states it.
const (
	ledgerRequests = 200
	ledgerKills    = 20
	ledgerWatchers = 20
)

// restartRun runs the program on one data folder and kills it again and again.
type restartRun struct {
	ledger *ledger
	opts   options

	mu      sync.Mutex // guards the fields below
	current *child
}

func newRestartRun(t testing.TB, program string) *restartRun {
	l := newLedger()
	h := &restartRun{ledger: l, opts: options{
		program: program, data: t.TempDir(), line: l.line,
		args: []string{"--log-level", "debug", "--log-format", "json"},
	}}
	h.restart(t)
	return h
}

func (h *restartRun) restart(t testing.TB) {
	t.Helper()
	h.ledger.resetResumed()
	c := startChild(t, h.opts)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current = c
}

func (h *restartRun) child() *child {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.current
}

// startRequests starts n requests with an interval of one second.
func (h *restartRun) startRequests(t testing.TB, n int) []briefing.RequestID {
	t.Helper()
	ids := make([]briefing.RequestID, n)
	for i := range ids {
		var data struct {
			StartBriefing struct{ ID briefing.RequestID }
		}
		end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		query := fmt.Sprintf(`mutation { startBriefing(input: {username: "user%d", interval: 1, endTime: %q}) { id } }`, i, end)
		if err := h.child().graphql(t.Context(), query, &data); err != nil {
			t.Fatal(err)
		}
		ids[i] = data.StartBriefing.ID
	}
	return ids
}

// watch follows a request over all kills, resuming with its cursor, until the subscription
// completes.
func (h *restartRun) watch(ctx context.Context, id briefing.RequestID) {
	after := ""
	for ctx.Err() == nil {
		complete := h.watchOnce(ctx, id, &after)
		if complete {
			h.ledger.completed(watcher{request: id})
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond): // the program is being restarted
		}
	}
}

// watchOnce subscribes after a cursor, which it advances, until the connection breaks or the
// subscription completes.
func (h *restartRun) watchOnce(ctx context.Context, id briefing.RequestID, after *string) (complete bool) {
	conn, err := dialGraphQL(ctx, h.child().url)
	if err != nil {
		return false
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	variables := map[string]any{"id": id, "after": nil}
	if *after != "" {
		variables["after"] = *after
	}
	err = conn.WriteJSON(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{
		"query":     `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { id cursor } }`,
		"variables": variables,
	}})
	for err == nil {
		var m struct {
			Type    string
			Payload struct {
				Data struct {
					Briefings struct {
						ID     briefing.BriefingID
						Cursor string
					}
				}
			}
		}
		if err = conn.ReadJSON(&m); err != nil {
			break
		}
		switch m.Type {
		case "next":
			h.ledger.saw(watcher{request: id}, m.Payload.Data.Briefings.ID)
			*after = m.Payload.Data.Briefings.Cursor
		case "ping":
			err = conn.WriteJSON(map[string]string{"type": "pong"})
		case "complete":
			return true
		}
	}
	return false
}

// run kills the program again and again while it briefs, and returns the content of the store at
// the end.
func (h *restartRun) run(t *testing.T, requests, kills int) map[briefing.RequestID]found {
	t.Helper()
	ids := h.startRequests(t, requests)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var watching sync.WaitGroup
	for _, id := range ids[:min(ledgerWatchers, requests)] {
		watching.Go(func() { h.watch(ctx, id) })
	}
	h.awaitAll(t, requests)
	for i := range kills {
		pass(rand.N(time.Second)) // kills happen anywhere between the ticks
		h.child().kill()
		h.restart(t)
		if i%4 == 0 { // and some while the program is claiming its requests
			pass(rand.N(time.Second))
			h.child().kill()
			h.restart(t)
		}
		h.awaitAll(t, requests)
	}
	for i := range ids {
		if err := h.child().graphql(t.Context(), fmt.Sprintf(`mutation { endBriefing(username: "user%d") { id } }`, i), nil); err != nil {
			t.Error(err)
		}
	}
	settled := make(chan struct{})
	go func() { watching.Wait(); close(settled) }()
	select {
	case <-settled:
	case <-time.After(10 * time.Second): // a watcher that has not completed by now is a violation
		cancel()
		<-settled
	}
	h.child().stop(t)
	return readAll(t, h.opts.data, ids)
}

// awaitAll waits until each request has stored a briefing since the last restart.
func (h *restartRun) awaitAll(t *testing.T, requests int) {
	t.Helper()
	if n := h.ledger.waitResumed(requests, 15*time.Second); n < requests {
		t.Fatalf("%d of %d requests go on after a restart: %s", n, requests, h.child().errs)
	}
}

// TestLedger kills the program again and again while it briefs. It compares the acknowledged
// briefings, and those that clients received, with the stored ones.
func TestLedger(t *testing.T) {
	t.Run("nothing is lost, doubled or out of order over 20 kills", func(t *testing.T) {
		h := newRestartRun(t, "")
		all := h.run(t, ledgerRequests, ledgerKills)
		bad := h.ledger.violations(all)
		for _, v := range bad[:min(len(bad), 20)] {
			t.Error(v)
		}
		total, seen := 0, 0
		for _, f := range all {
			total += len(f.briefings)
		}
		for _, s := range h.ledger.seen {
			seen += len(s)
		}
		if total < ledgerRequests*ledgerKills/4 || len(h.ledger.acked) == 0 || seen == 0 {
			t.Errorf("too little happened to prove anything: %d briefings, %d acknowledged, %d seen", total, len(h.ledger.acked), seen)
		}
		t.Logf("%d kills, %d briefings stored, %d acknowledged in the ledger, %d delivered to %d subscribers, %d violations",
			ledgerKills, total, len(h.ledger.acked), seen, ledgerWatchers, len(bad))
	})
	t.Run("a broken store is noticed", func(t *testing.T) {
		h := newRestartRun(t, "brokenstore")
		bad := strings.Join(h.ledger.violations(h.run(t, 20, 1)), "\n")
		for _, want := range []string{"is gone", "is stored twice", "runs stored"} {
			if !strings.Contains(bad, want) {
				t.Errorf("no violation says %q; got:\n%s", want, bad)
			}
		}
	})
}
