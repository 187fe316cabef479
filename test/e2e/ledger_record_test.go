package e2e

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// stored is an entry of the ledger: Append has returned for this tick.
type stored struct {
	request  briefing.RequestID
	briefing briefing.BriefingID
	tick     int64
}

// ledger records the acknowledged appends, and the briefings that each watcher received, in order.
type ledger struct {
	mu       sync.Mutex // guards the fields below
	acked    []stored
	since    map[briefing.RequestID]bool // has an acknowledged append since the last restart
	excluded map[briefing.RequestID]bool // does not count, because it ends during the test
	seen     map[watcher][]briefing.BriefingID
	ended    map[watcher]bool // watchers whose subscription completed

	progress chan struct{} // has a token when an append was acknowledged
}

// watcher is one subscription, over all its reconnections.
type watcher struct {
	request briefing.RequestID
	n       int // distinguishes the watchers of one request
}

func newLedger() *ledger {
	return &ledger{excluded: map[briefing.RequestID]bool{}, since: map[briefing.RequestID]bool{}, seen: map[watcher][]briefing.BriefingID{}, ended: map[watcher]bool{}, progress: make(chan struct{}, 1)}
}

// line reads a line of the program's log and records an acknowledged append.
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
	if !l.excluded[entry.Request] {
		l.since[entry.Request] = true
	}
	select {
	case l.progress <- struct{}{}:
	default: // it has one already
	}
}

// exclude leaves a request out of those that waitResumed counts.
func (l *ledger) exclude(id briefing.RequestID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.excluded[id] = true
}

// resetResumed starts the count of waitResumed again.
func (l *ledger) resetResumed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = map[briefing.RequestID]bool{}
}

// waitResumed waits until n requests have stored a briefing since resetResumed, for at most
// limit. It returns how many have.
func (l *ledger) waitResumed(n int, limit time.Duration) int {
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

// found is the content of the store at the end.
type found struct {
	request   briefing.Request
	briefings []briefing.Briefing
}

// violations compares the ledger with the content of the store, and returns each broken promise.
func (l *ledger) violations(all map[briefing.RequestID]found) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var bad []string
	wrong := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	ids := map[briefing.BriefingID]bool{}
	for id, f := range all {
		times, last := map[time.Time]bool{}, briefing.BriefingID("")
		for _, b := range f.briefings {
			ids[b.ID] = true
			if times[b.At] {
				wrong("request %s: the tick at %s is stored twice", id, b.At)
			}
			if b.ID <= last {
				wrong("request %s: ids do not grow at %s", id, b.ID)
			}
			if f.request.EndsAt != nil && b.At.After(*f.request.EndsAt) {
				wrong("request %s: the tick at %s is after the end time", id, b.At)
			}
			times[b.At], last = true, b.ID
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

// compare compares the briefings that a subscriber received with the stored ones: all of them,
// once, in order.
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

// readAll opens the data folder as the program does and reads the requests.
func readAll(t *testing.T, data string, ids []briefing.RequestID) map[briefing.RequestID]found {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: data, Instance: "reader"})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	return readRequests(t, st, ids)
}

// readRequests reads the requests and all their briefings.
func readRequests(t *testing.T, st briefing.Store, ids []briefing.RequestID) map[briefing.RequestID]found {
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
