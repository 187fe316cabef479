package provider

import (
	"context"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
)

// Check shows the drawing to each provider that was not checked for a day.
func (c *Chain) Check(ctx context.Context) {
	for _, p := range c.providers {
		a := asking{chain: c, left: model.MaxAttempts}
		_ = a.check(ctx, p) // the state has the error
	}
}

// Spent returns the requests of a user today.
func (c *Chain) Spent(user string) int {
	b := c.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(time.Now())
	if s := b.spent[briefing.NameKey(user)]; s != nil {
		return s.requests
	}
	return 0
}
