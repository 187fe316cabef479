package provider_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
)

// book is what users have spent before.
type book struct {
	mu   sync.Mutex
	days []string // that were read
	n    int
	err  error
}

func (b *book) spent(_ context.Context, user, day string) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.days = append(b.days, user+" "+day)
	return b.n, b.err
}

func TestChain_Ask_knows_what_was_spent_before(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, b := &modeltest.Server{}, &book{n: 3}
		c := open(t, func(cfg *provider.Config) { cfg.CallsADay, cfg.Spent = 4, b.spent }, s)
		for i := range 2 {
			_, err := question(t, c, provider.Question{User: "김"})
			if spent := i == 1; errors.Is(err, provider.ErrBudget) != spent {
				t.Errorf("question %d: %v", i+1, err)
			}
		}
		if _, err := question(t, c, provider.Question{User: " 김 "}); !errors.Is(err, provider.ErrBudget) {
			t.Errorf("another spelling of the name: %v", err)
		}
		if len(b.days) != 1 || b.days[0] != "김 2000-01-01" {
			t.Errorf("read %q, want once", b.days)
		}
		time.Sleep(24 * time.Hour)
		b.n = 0
		if _, err := question(t, c, provider.Question{User: "김"}); err != nil || len(b.days) != 2 {
			t.Errorf("the next day: %v, read %q", err, b.days)
		}
	})
}

func TestChain_Ask_reads_again_what_could_not_be_read(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, b := &modeltest.Server{}, &book{err: errors.New("away")}
		c := open(t, func(cfg *provider.Config) { cfg.CallsADay, cfg.Spent = 10, b.spent }, s)
		for range 2 {
			if _, err := question(t, c, provider.Question{User: "kim"}); err != nil {
				t.Error(err)
			}
		}
		b.err, b.n = nil, 2 // those of this process, as they were stored
		_, err := question(t, c, provider.Question{User: "kim"})
		if n := c.Spent("kim"); err != nil || n != 3 || len(b.days) != 3 {
			t.Errorf("spent %d after reading %q: %v", n, b.days, err)
		}
	})
}

func TestChain_Ask_bounds_attempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for attempts, want := range map[int]int{1: 1, 2: 2, 0: model.MaxAttempts, 9: model.MaxAttempts} {
			s := &modeltest.Server{Fault: modeltest.Refuses("openai", "max_completion_tokens", "max_tokens", "response_format", "stream")}
			c := open(t, nil, s)
			_, err := question(t, c, provider.Question{Attempts: attempts, JSON: true})
			if len(s.Requests()) != want || err == nil {
				t.Errorf("Attempts %d: %d requests, want %d: %v", attempts, len(s.Requests()), want, err)
			}
		}
	})
}
