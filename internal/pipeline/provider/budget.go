package provider

import (
	"sync"
	"time"

	"bis/internal/briefing"
)

// budget counts the requests of each user and day.
type budget struct {
	most int // for one user and day; 0: no bound
	zone *time.Location

	mu    sync.Mutex // guards the fields below
	day   string
	spent map[briefing.UserID]int // of users with a request on that day
}

// newBudget returns a budget in which nothing is spent.
func newBudget(most int, zone *time.Location) *budget {
	return &budget{most: most, zone: zone, spent: map[briefing.UserID]int{}}
}

// spend counts a request before it is made. It returns ErrBudget if the user has spent all. An
// empty user has no bound.
func (b *budget) spend(user briefing.UserID, now time.Time) error {
	if user == "" {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(now)
	if b.most > 0 && b.spent[user] >= b.most {
		return ErrBudget
	}
	b.spent[user]++
	return nil
}

// count returns the requests of a user on the day of a time.
func (b *budget) count(user briefing.UserID, now time.Time) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(now)
	return b.spent[user]
}

// turn forgets the counts when another day has begun. b.mu is held.
func (b *budget) turn(now time.Time) {
	if day := now.In(b.zone).Format(time.DateOnly); day != b.day {
		b.day = day
		clear(b.spent)
	}
}
