package provider

import (
	"cmp"
	"context"
	"sync"
	"time"

	"bis/internal/briefing"
)

// readTime bounds the reading of what a user has spent before.
const readTime = 2 * time.Second

// budget counts the requests of each user and day. Names with one key are one user.
type budget struct {
	most   int // for one user and day; 0: no bound
	zone   *time.Location
	before func(ctx context.Context, user, day string) (int, error) // nil: nothing was spent

	mu    sync.Mutex // guards the fields below
	day   string
	spent map[string]*spent // of users with a request on that day, by the key of their name
}

// spent is what one user has spent on the day.
type spent struct {
	requests int
	reading  chan struct{} // held while what was spent before is read
	read     bool
}

// newBudget returns the budget of a chain.
func newBudget(cfg Config) *budget {
	return &budget{
		most: cfg.CallsADay, zone: cmp.Or(cfg.Zone, time.UTC), before: cfg.Spent,
		spent: map[string]*spent{},
	}
}

// spend counts a request before it is made. It returns ErrBudget if the user has spent all. An
// empty user has no bound.
func (b *budget) spend(ctx context.Context, user string) error {
	key := briefing.NameKey(user)
	if key == "" {
		return nil
	}
	if b.before != nil {
		b.readBefore(ctx, user)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.of(key, time.Now()) // perhaps on another day than before the reading
	if b.most > 0 && s.requests >= b.most {
		return ErrBudget
	}
	s.requests++
	return nil
}

// readBefore reads what a user has spent before, once for a day. Requests at the same time wait for
// it. After an error the next request reads anew. What was read then includes requests that are
// counted, so the larger number holds.
func (b *budget) readBefore(ctx context.Context, user string) {
	b.mu.Lock()
	s, day := b.of(briefing.NameKey(user), time.Now()), b.day
	b.mu.Unlock()
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return
	}
	if s.read {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	n, err := b.before(ctx, user, day)
	if err != nil {
		return
	}
	s.read = true
	b.mu.Lock()
	defer b.mu.Unlock()
	s.requests = max(s.requests, n)
}

// of returns what a user has spent on the day of a time. b.mu is held.
func (b *budget) of(key string, now time.Time) *spent {
	b.turn(now)
	s := b.spent[key]
	if s == nil {
		s = &spent{reading: make(chan struct{}, 1)}
		b.spent[key] = s
	}
	return s
}

// turn forgets the counts when another day has begun. b.mu is held.
func (b *budget) turn(now time.Time) {
	if day := now.In(b.zone).Format(time.DateOnly); day != b.day {
		b.day = day
		clear(b.spent)
	}
}
