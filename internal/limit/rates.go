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
	Starts                    // starts of requests
	Logins                    // logins of known and new users
	Summaries                 // summaries of requests; each may cost a call of a model
	Subscriptions             // messages that start an operation on a socket or a stream
	Runs                      // runs of a request beside its ticks
	Previews                  // previews of a style; each may cost two calls of a model
	Tests                     // tests of cameras; each calls an address that a user has chosen
	Pushes                    // pictures that devices send
	Sockets                   // new WebSockets, SSE streams and their reservations
	kinds
)

// Rate is how often a caller may call: PerSecond in the long run, and up to Burst at once. A
// PerSecond of zero means no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Bounds of the buckets of a kind.
const (
	maxBuckets = 20_000      // more callers share one bucket until a bucket is full again
	sweepEvery = time.Second // shortest time between sweeps, because a sweep checks every bucket
)

// Rates counts how often callers do each kind of work.
type Rates struct {
	now   func() time.Time
	rates [kinds]Rate
	parts [kinds]part
}

// part is the buckets of one kind.
type part struct {
	mu       sync.Mutex // guards the fields below
	buckets  map[string]*rate.Limiter
	overflow *rate.Limiter // bucket of the callers beyond maxBuckets
	swept    time.Time
}

// NewRates returns rates by kind. A kind that is missing has no limit. A nil now means time.Now.
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

// Allow removes one token from a caller's bucket. Without a token it removes nothing and returns
// the time until the next token. The key is a Caller, or a Caller with a user's name.
func (r *Rates) Allow(kind Kind, key string) (retryAfter time.Duration, ok bool) {
	return r.AllowN(kind, key, 1)
}

// AllowN removes n tokens, or none. It never allows more than a burst. For a larger n, retryAfter
// is the time until the bucket is full.
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

// Ready reports whether the caller's bucket has a token, and removes none. Without a token it
// returns the time until the next one.
func (r *Rates) Ready(kind Kind, key string) (retryAfter time.Duration, ok bool) {
	limit := r.rates[kind]
	if limit.PerSecond == 0 {
		return 0, true
	}
	now := r.now()
	tokens := r.parts[kind].bucket(key, limit, now).TokensAt(now)
	return limit.until(1, tokens), tokens >= 1
}

// until returns the time until a bucket that has some tokens has n tokens.
func (r Rate) until(n int, tokens float64) time.Duration {
	return time.Duration(max(0, float64(n)-tokens) / r.PerSecond * float64(time.Second))
}

// bucket returns the bucket of a key. A new bucket is full.
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

// sweep removes the full buckets, because they equal new ones. The caller must hold p.mu.
func (p *part) sweep(limit Rate, now time.Time) {
	for key, b := range p.buckets {
		if b.TokensAt(now) >= float64(limit.Burst) {
			delete(p.buckets, key)
		}
	}
}
