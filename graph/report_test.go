package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// reports collects the reasons of refusals.
type reports struct {
	mu   sync.Mutex // guards the fields below
	list []limit.Reason
}

// limits returns limits without rates that report to r.
func (r *reports) limits(t *testing.T) *limit.Limits {
	t.Helper()
	l, err := limit.New(limit.Config{Off: true, Refused: func(_ limit.Caller, why limit.Reason) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list = append(r.list, why)
	}})
	must(t, err)
	return l
}

// are checks the reasons so far.
func (r *reports) are(t *testing.T, want ...limit.Reason) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(r.list, want) {
		t.Errorf("reported %v, want %v", r.list, want)
	}
	for _, why := range r.list {
		if !slices.Contains(limit.Reasons(), why) {
			t.Errorf("the reason %q is none of limit.Reasons", why)
		}
	}
}

// TestBudget_reports_refusals checks that each refusal for the size, the room or the time of an
// answer is reported once, with its reason.
func TestBudget_reports_refusals(t *testing.T) {
	t.Parallel()
	t.Run("length", func(t *testing.T) {
		t.Parallel()
		r := &reports{}
		h := openOptions(t, nil, graph.Options{Budget: graph.Budget{Answer: 40}, Limits: r.limits(t)})
		h.gets(`{ __typename }`, `{"__typename":"Query"}`)
		r.are(t)
		h.refuses("QUERY_TOO_COMPLEX", `{ __schema { queryType { description fields { name } } } }`)
		r.are(t, limit.TooLong)
	})
	t.Run("room", func(t *testing.T) {
		t.Parallel()
		r, all := &reports{}, limit.NewBytes(1_000)
		h := openOptions(t, nil, graph.Options{Budget: graph.Budget{InFlight: all}, Limits: r.limits(t)})
		all.Acquire("", 500)
		res, err := http.Post(h.url, "application/json", strings.NewReader(`{"query":"{ __typename }"}`))
		must(t, err)
		must(t, res.Body.Close())
		r.are(t, limit.NoRoom)
	})
	t.Run("time", func(t *testing.T) {
		t.Parallel()
		r, s := &reports{}, &slow{endsWithContext: true}
		h := openOptions(t, func(file briefing.Store) briefing.Store { s.Store = file; return s },
			graph.Options{Budget: graph.Budget{Time: 50 * time.Millisecond}, Limits: r.limits(t)})
		h.refuses("UNAVAILABLE", `{ user(username: "kim") { username } }`)
		r.are(t, limit.TooLongRunning)
	})
}
