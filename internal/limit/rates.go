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
	Operations    Kind = iota // GraphQL queries and mutations, refused documents, and old calls
	Starts                    // of requests
	Logins                    // of users, known and new
	Summaries                 // of requests; each may cost a call of a model
	Subscriptions             // messages that start an operation on a socket or a stream
	Sockets                   // new WebSockets, SSE streams and their reservations
	kinds
)

// Rate is how often a caller may do something: PerSecond in the long run, and up to Burst at once.
// A PerSecond of zero means no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Bounds of the buckets of a kind.
const (
	maxBuckets = 20_000      // callers beyond it share one bucket until others rest
	sweepEvery = time.Second // at most, since a sweep looks at every bucket
)

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
	swept    time.Time
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
	return r.AllowN(kind, key, 1)
}

// AllowN takes n tokens, or none. More than a burst is never allowed; then the time is that of a
// burst.
func (r *Rates) AllowN(kind Kind, key string, n int) (retryAfter time.Duration, ok bool) {
	limit := r.rates[kind]
	if limit.PerSecond == 0 {
		return 0, true
	}
	now := r.now()
	bucket := r.parts[kind].bucket(key, limit, now)
	if bucket.AllowN(now, n) {
		return 0, true
	}
	return limit.until(min(n, limit.Burst), bucket.TokensAt(now)), false
}

// Ready reports whether the caller's bucket has a token, and takes none. Without one it returns the
// time to wait.
func (r *Rates) Ready(kind Kind, key string) (retryAfter time.Duration, ok bool) {
	limit := r.rates[kind]
	if limit.PerSecond == 0 {
		return 0, true
	}
	now := r.now()
	tokens := r.parts[kind].bucket(key, limit, now).TokensAt(now)
	return limit.until(1, tokens), tokens >= 1
}

// until returns the time until a bucket that has some tokens has n of them.
func (r Rate) until(n int, tokens float64) time.Duration {
	return time.Duration(max(0, float64(n)-tokens) / r.PerSecond * float64(time.Second))
}

// bucket returns the bucket of a key. A new one is full.
func (p *part) bucket(key string, limit Rate, now time.Time) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.buckets[key]; b != nil {
		return b
	}
	if len(p.buckets) >= maxBuckets && now.Sub(p.swept) >= sweepEvery {
		p.swept = now
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
