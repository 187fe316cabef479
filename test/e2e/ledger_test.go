package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// Size of the ledger test, as issue and docs/operations.md have it.
const (
	ledgerRequests = 200
	ledgerKills    = 20
	ledgerWatchers = 20
)

// stored is a line of the ledger: Append returned for this tick.
type stored struct {
	request  briefing.RequestID
	briefing briefing.BriefingID
	tick     int64
}

// ledger is what was promised: acknowledged appends, and what each watcher saw, in order.
type ledger struct {
	mu    sync.Mutex // guards what follows
	acked []stored
	since map[briefing.RequestID]bool // has an acknowledged append since the last restart
	brief map[briefing.RequestID]bool // does not count as going on, since it ends
	seen  map[watcher][]briefing.BriefingID
	ended map[watcher]bool // its subscription completed

	progress chan struct{} // gets a token when an append was acknowledged
}

// watcher is one subscription, over all its breaks.
type watcher struct {
	request briefing.RequestID
	n       int // tells several of one request apart
}

func newLedger() *ledger {
	return &ledger{brief: map[briefing.RequestID]bool{}, since: map[briefing.RequestID]bool{}, seen: map[watcher][]briefing.BriefingID{}, ended: map[watcher]bool{}, progress: make(chan struct{}, 1)}
}

// line takes an acknowledged append out of the program's log.
func (l *ledger) line(text string) {
	var entry struct {
		Msg      string
		Request  briefing.RequestID
		Briefing briefing.BriefingID
		Tick     int64
	}
	if json.Unmarshal([]byte(text), &entry) != nil || entry.Msg != "briefing stored" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked = append(l.acked, stored{entry.Request, entry.Briefing, entry.Tick})
	if !l.brief[entry.Request] {
		l.since[entry.Request] = true
	}
	select {
	case l.progress <- struct{}{}:
	default: // one is there already
	}
}

// ignore leaves a request out of those that go on.
func (l *ledger) ignore(id briefing.RequestID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.brief[id] = true
}

// restarted forgets which requests have gone on.
func (l *ledger) restarted() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = map[briefing.RequestID]bool{}
}

// goneOn waits until n requests have gone on since the last restart, for some time, and returns how many have.
func (l *ledger) goneOn(n int, limit time.Duration) int {
	over := time.After(limit)
	for {
		l.mu.Lock()
		now := len(l.since)
		l.mu.Unlock()
		if now >= n {
			return now
		}
		select {
		case <-l.progress:
		case <-over:
			return now
		}
	}
}

func (l *ledger) saw(w watcher, b briefing.BriefingID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[w] = append(l.seen[w], b)
}

func (l *ledger) completed(w watcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended[w] = true
}

// found is what lies in the store afterwards.
type found struct {
	request   briefing.Request
	briefings []briefing.Briefing
}

// violations holds the ledger against what was found and tells each broken promise.
func (l *ledger) violations(all map[briefing.RequestID]found) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var bad []string
	wrong := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	ids := map[briefing.BriefingID]bool{}
	for id, f := range all {
		moments, last := map[time.Time]bool{}, briefing.BriefingID("")
		for _, b := range f.briefings {
			ids[b.ID] = true
			if moments[b.At] {
				wrong("request %s: the tick at %s is stored twice", id, b.At)
			}
			if b.ID <= last {
				wrong("request %s: ids do not grow at %s", id, b.ID)
			}
			if f.request.EndsAt != nil && b.At.After(*f.request.EndsAt) {
				wrong("request %s: the tick at %s is after the end time", id, b.At)
			}
			moments[b.At], last = true, b.ID
		}
		c := f.request.Ticks
		if c.Done != len(f.briefings) {
			wrong("request %s: done is %d with %d runs stored", id, c.Done, len(f.briefings))
		}
		grid := f.request.Grid(*f.request.EndedAt)
		if int64(c.Done+c.Skipped+c.Missed) != grid {
			wrong("request %s: %+v do not add up to the last tick %d (stored: %d, ended %s)", id, c, grid, f.request.LastTick, f.request.EndedAt)
		}
	}
	for _, a := range l.acked {
		if !ids[a.briefing] {
			wrong("request %s: acknowledged briefing %s (tick %d) is gone", a.request, a.briefing, a.tick)
		}
	}
	for w, seen := range l.seen {
		bad = append(bad, compare(w.request, seen, all[w.request].briefings)...)
		if !l.ended[w] {
			wrong("request %s: its subscription did not complete", w.request)
		}
	}
	return bad
}

// compare holds what a subscriber saw against what is stored: all of it, once, in order.
func compare(id briefing.RequestID, seen []briefing.BriefingID, list []briefing.Briefing) []string {
	for i := range max(len(seen), len(list)) {
		switch {
		case i >= len(seen):
			return []string{fmt.Sprintf("request %s: the subscriber got %d of %d briefings", id, len(seen), len(list))}
		case i >= len(list) || seen[i] != list[i].ID:
			return []string{fmt.Sprintf("request %s: the subscriber's briefing %d, %s, is lost, doubled or out of order", id, i, seen[i])}
		}
	}
	return nil
}

// household runs the program on one data folder and kills it again and again.
type household struct {
	ledger *ledger
	opts   options

	mu      sync.Mutex // guards what follows
	current *child
}

func newHousehold(t testing.TB, program string) *household {
	l := newLedger()
	h := &household{ledger: l, opts: options{
		program: program, data: t.TempDir(), line: l.line,
		args: []string{"--log-level", "debug", "--log-format", "json"},
	}}
	h.restart(t)
	return h
}

func (h *household) restart(t testing.TB) {
	t.Helper()
	h.ledger.restarted()
	c := startChild(t, h.opts)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current = c
}

func (h *household) child() *child {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.current
}

// startRequests starts n requests of one second.
func (h *household) startRequests(t testing.TB, n int) []briefing.RequestID {
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

// watch follows a request over all kills, coming back with its cursor, until the subscription completes.
func (h *household) watch(ctx context.Context, id briefing.RequestID) {
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

// watchOnce subscribes after a cursor, which it moves, until the connection breaks or all was sent.
func (h *household) watchOnce(ctx context.Context, id briefing.RequestID, after *string) (complete bool) {
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

// run lives through the kills and returns what was found in the end.
func (h *household) run(t *testing.T, requests, kills int) map[briefing.RequestID]found {
	t.Helper()
	ids := h.startRequests(t, requests)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var watching sync.WaitGroup
	for _, id := range ids[:min(ledgerWatchers, requests)] {
		watching.Go(func() { h.watch(ctx, id) })
	}
	h.everyRequestGoesOn(t, requests)
	for i := range kills {
		pass(rand.N(time.Second)) // kills fall anywhere between the ticks
		h.child().kill()
		h.restart(t)
		if i%4 == 0 { // and some while the program is taking its requests up again
			pass(rand.N(time.Second))
			h.child().kill()
			h.restart(t)
		}
		h.everyRequestGoesOn(t, requests)
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
	case <-time.After(10 * time.Second): // what did not complete by now is told as a violation
		cancel()
		<-settled
	}
	h.child().stop(t)
	return readAll(t, h.opts.data, ids)
}

// everyRequestGoesOn waits until each request has stored a briefing since the last restart.
func (h *household) everyRequestGoesOn(t *testing.T, requests int) {
	t.Helper()
	if n := h.ledger.goneOn(requests, 15*time.Second); n < requests {
		t.Fatalf("%d of %d requests go on after a restart: %s", n, requests, h.child().errs)
	}
}

// readAll opens the data folder as the program does and reads everything of the requests.
func readAll(t *testing.T, data string, ids []briefing.RequestID) map[briefing.RequestID]found {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: data, Instance: "reader"})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	return everything(t, st, ids)
}

// everything reads all of the requests.
func everything(t *testing.T, st briefing.Store, ids []briefing.RequestID) map[briefing.RequestID]found {
	t.Helper()
	var err error
	all := map[briefing.RequestID]found{}
	for _, id := range ids {
		var f found
		if f.request, err = st.Request(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		for more := true; more; {
			var after briefing.BriefingID
			if n := len(f.briefings); n > 0 {
				after = f.briefings[n-1].ID
			}
			var page []briefing.Briefing
			if page, more, err = st.Briefings(t.Context(), id, briefing.Slice{After: after, Limit: 500}); err != nil {
				t.Fatal(err)
			}
			f.briefings = append(f.briefings, page...)
		}
		all[id] = f
	}
	return all
}

// TestLedger kills the program again and again while it briefs, and holds what was acknowledged
// and what clients saw against what is found afterwards.
func TestLedger(t *testing.T) {
	t.Run("nothing is lost, doubled or out of order over 20 kills", func(t *testing.T) {
		h := newHousehold(t, "")
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
		h := newHousehold(t, "brokenstore")
		bad := strings.Join(h.ledger.violations(h.run(t, 20, 1)), "\n")
		for _, want := range []string{"is gone", "is stored twice", "runs stored"} {
			if !strings.Contains(bad, want) {
				t.Errorf("no violation says %q; got:\n%s", want, bad)
			}
		}
	})
}
