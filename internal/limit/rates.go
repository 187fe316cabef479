package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Kind is a kind of work that has its own rate.
type Kind uint8

// The kinds of work.
const (
	Operations    Kind = iota // GraphQL operations and old calls
	Starts                    // of requests
	Logins                    //
	Summaries                 // of a request, which may cost a call of a model
	Subscriptions             // new ones
	Sockets                   // new WebSocket and SSE connections
	kinds
)

// Rate is how often a caller may do something: PerSecond in the long run, and up to Burst at once.
// A PerSecond of zero means no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxBuckets bounds the buckets of a kind. Callers beyond it share one bucket until others rest.
const maxBuckets = 20_000

// Rates counts how often callers do each kind of work.
type Rates struct {
	now   func() time.Time
	rates [kinds]Rate
	parts [kinds]part
}

// part is the buckets of one kind.
type part struct {
	mu       sync.Mutex // guards what follows
	buckets  map[string]*rate.Limiter
	overflow *rate.Limiter // of callers beyond maxBuckets
}

// NewRates returns rates by kind; a kind that is missing has no limit. Nil means the clock for now.
func NewRates(rates map[Kind]Rate, now func() time.Time) *Rates {
	if now == nil {
		now = time.Now
	}
	r := &Rates{now: now}
	for kind, rate := range rates {
		r.rates[kind] = rate
	}
	for i := range r.parts {
		r.parts[i].buckets = map[string]*rate.Limiter{}
	}
	return r
}

// Allow takes one token of a caller's bucket. Without a token it returns how long the caller has to
// wait for the next one, and takes nothing. The key is a Caller, or a Caller with a user's name.
func (r *Rates) Allow(kind Kind, key string) (retryAfter time.Duration, ok bool) {
	limit := r.rates[kind]
	if limit.PerSecond == 0 {
		return 0, true
	}
	now := r.now()
	bucket := r.parts[kind].bucket(key, limit, now)
	reservation := bucket.ReserveN(now, 1)
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// bucket returns the bucket of a key. A new one is full.
func (p *part) bucket(key string, limit Rate, now time.Time) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.buckets[key]; b != nil {
		return b
	}
	if len(p.buckets) >= maxBuckets {
		p.sweep(limit, now)
	}
	if len(p.buckets) >= maxBuckets {
		if p.overflow == nil {
			p.overflow = rate.NewLimiter(rate.Limit(limit.PerSecond), limit.Burst)
		}
		return p.overflow
	}
	b := rate.NewLimiter(rate.Limit(limit.PerSecond), limit.Burst)
	p.buckets[key] = b
	return b
}

// sweep removes the buckets that are full again: a new one would be the same. p.mu is held.
func (p *part) sweep(limit Rate, now time.Time) {
	for key, b := range p.buckets {
		if b.TokensAt(now) >= float64(limit.Burst) {
			delete(p.buckets, key)
		}
	}
}
