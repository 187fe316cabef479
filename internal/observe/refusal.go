package observe

import (
	"log/slog"
	"sync"
	"time"

	"bis/internal/limit"
)

// Bounds of the log of refusals.
const (
	refusalEvery = time.Minute // between two lines about one caller
	maxRefused   = 1_000       // callers with a line of their own in a minute
)

// Refusals counts refusals by reason. It logs each refused caller at most once a minute, without
// the content of the call. It logs at most maxRefused callers a minute, and only counts the
// refusals of other callers. It is safe for concurrent use.
type Refusals struct {
	counts map[limit.Reason]func()
	log    *slog.Logger
	now    func() time.Time

	mu     sync.Mutex // guards the fields below
	swept  time.Time  // time of the last sweep of logged
	logged map[limit.Caller]time.Time
}

// Refusals returns a counter of refusals. now is the clock; nil means time.Now.
func (m *Metrics) Refusals(log *slog.Logger, now func() time.Time) *Refusals {
	if now == nil {
		now = time.Now
	}
	r := &Refusals{
		counts: map[limit.Reason]func(){}, log: log, now: now, logged: map[limit.Caller]time.Time{},
	}
	for _, why := range limit.Reasons() { // shown as 0 before the first refusal
		r.counts[why] = m.refused.WithLabelValues(string(why)).Inc
	}
	return r
}

// Refused counts a refusal of a caller, and logs it if the caller has no line in the last minute.
// It ignores reasons that are not in limit.Reasons.
func (r *Refusals) Refused(c limit.Caller, why limit.Reason) {
	count, known := r.counts[why]
	if !known {
		return
	}
	count()
	if r.due(c) {
		r.log.Warn("calls refused", "caller", string(c), "reason", string(why))
	}
}

// due reports whether a refusal of a caller should be logged now, and records that it is.
func (r *Refusals) due(c limit.Caller) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	last, known := r.logged[c]
	if known && now.Sub(last) < refusalEvery {
		return false
	}
	if !known && len(r.logged) >= maxRefused {
		if now.Sub(r.swept) < time.Second {
			return false
		}
		r.swept = now
		for other, at := range r.logged {
			if now.Sub(at) >= refusalEvery {
				delete(r.logged, other)
			}
		}
		if len(r.logged) >= maxRefused {
			return false
		}
	}
	r.logged[c] = now
	return true
}
