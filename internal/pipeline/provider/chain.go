package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
)

// Errors of Ask in addition to those of package model and of Question.Accept.
var (
	ErrBudget    = errors.New("the requests of the day are spent")
	ErrNoConsent = errors.New("the provider may not get the picture")
	ErrBlind     = errors.New("the model does not see pictures")
	ErrChanged   = errors.New("the model has changed, and was not checked for pictures")
	ErrCostly    = errors.New("pictures are off, because one cost too many tokens")
)

// RestError means that no provider may be asked now: each is paused, or its breaker is open.
type RestError struct {
	// Until is when the first of them may be asked.
	Until time.Time
}

// Error does not say when, because it may be shown later.
func (e *RestError) Error() string { return "the provider is left alone for a while" }

// Observer is told of each question to a provider. Its methods are called from several goroutines,
// and must not block.
type Observer interface {
	// Asked is called after a question. The slot is A or B.
	Asked(slot Slot, outcome Outcome, took time.Duration, usage briefing.Usage)
}

// Config has the providers of a Chain.
type Config struct {
	// Models are the providers A and B, in this order. One is required.
	Models []model.Config
	// CallsADay bounds the HTTP requests for one user and day. Zero means no bound.
	CallsADay int
	// Spent returns the requests of a user on a day that were made before, such as by an earlier
	// process. The day is like 2026-11-26. It is called before the first request of a user and day,
	// and again if it fails: the requests are counted from 0 until then. Nil means none.
	Spent func(ctx context.Context, user, day string) (requests int, err error)
	// Zone decides when a day begins. Nil means UTC.
	Zone *time.Location
	// Observer is told of questions. Nil means none.
	Observer Observer
}

// Slot is the place of a provider.
type Slot string

// The slots, in the order in which they are asked.
const (
	SlotA Slot = "A"
	SlotB Slot = "B"
)

// Question is what a provider is asked. See model.Question for the fields of the same name.
type Question struct {
	Rules     string
	Turns     []string
	Tail      string
	JSON      bool
	MaxTokens int

	// User is the name of the user who is charged for the requests. Empty means nobody: the
	// requests are not bounded.
	User string
	// Attempts bounds the HTTP requests. Zero means model.MaxAttempts, which is also the most.
	Attempts int
	// Slot is the only provider that is asked. Empty means all.
	Slot Slot
	// Pictures returns the pictures for a provider with an egress, as JPEG. It is called for
	// a provider that may have and can see them. None means that the provider is not asked. Nil
	// means a question without pictures.
	Pictures func(briefing.Egress) [][]byte
	// Egress returns what a provider may get, by its id. Nil means EgressCounts.
	Egress func(provider string) briefing.Egress
	// Accept checks the text of an answer. An answer with an error counts as a failure of the
	// provider, and the next one is asked. Nil accepts every answer.
	Accept func(text string) error
}

// Answer is the answer of a provider. If Question.Accept refused all answers, it is the last one.
type Answer struct {
	model.Answer        // its usage is of the whole question, also if it failed
	Slot         Slot   // of the provider that answered
	Provider     string // its id
	Model        string // its model, also if the question failed
	Pictured     bool   // it got pictures
}

// Chain asks its providers in order. It is safe for concurrent use. It starts no goroutine.
type Chain struct {
	cfg       Config
	providers []*provider
	budget    *budget
}

// New checks cfg and returns a chain. It sends nothing. Its errors repeat no key and no address.
func New(cfg Config) (*Chain, error) {
	if n := len(cfg.Models); n < 1 || n > 2 {
		return nil, fmt.Errorf("provider: %d models, want one or two", n)
	}
	if cfg.CallsADay < 0 {
		return nil, errors.New("provider: the calls of a day must not be negative")
	}
	c := &Chain{cfg: cfg, budget: newBudget(cfg)}
	for i, mc := range cfg.Models {
		client, err := model.New(mc)
		if err != nil {
			return nil, err
		}
		c.providers = append(c.providers, newProvider([]Slot{SlotA, SlotB}[i], client, cfg.Observer))
	}
	return c, nil
}

// Close closes idle connections.
func (c *Chain) Close() {
	for _, p := range c.providers {
		p.client.Close()
	}
}

// Name returns the name of the first provider's model.
func (c *Chain) Name() string { return c.providers[0].client.Name() }

// Adopt makes a provider ask a model that it picked in an earlier process. It does nothing if the
// owner named a model, or if the provider has answered or picked since.
func (c *Chain) Adopt(id, name string) {
	for _, p := range c.providers {
		if p.id == id {
			p.client.Adopt(name)
		}
	}
}

// Ask asks the providers in order until one answers. If several fail, the error is that of the last
// one that was asked. The error is ctx's if ctx has ended. The answer's usage is always set. With
// an error its text is that of the last answer that Accept has refused, if any.
func (c *Chain) Ask(ctx context.Context, q Question) (Answer, error) {
	a := asking{chain: c, q: q, left: model.MaxAttempts}
	if q.Attempts > 0 {
		a.left = min(q.Attempts, a.left)
	}
	var failed error
	var refused Answer
	for i, p := range c.providers {
		if q.Slot != "" && q.Slot != p.slot || a.left <= 0 {
			continue
		}
		answer, err := a.ask(ctx, p, c.readyBehind(i, q))
		if err == nil {
			answer.Usage = a.usage
			return answer, nil
		}
		if answer.Text != "" && !errors.Is(err, ErrChanged) {
			refused = answer
		}
		failed = worse(failed, err)
		if ctx.Err() != nil {
			failed = ctx.Err()
			break
		}
		if errors.Is(err, ErrBudget) {
			break
		}
	}
	refused.Usage = a.usage
	return refused, failed
}

// readyBehind reports whether a provider behind the i-th one can get a question.
func (c *Chain) readyBehind(i int, q Question) bool {
	for _, p := range c.providers[i+1:] {
		if q.Slot == "" && p.mayHave(q) == nil && p.rest(time.Now()) == nil {
			return true
		}
	}
	return false
}

// worse returns the error that says more. The error of a provider that was asked says more than
// that of one that was not, and of two pauses the one that ends earlier counts.
func worse(before, now error) error {
	a, aRests := errors.AsType[*RestError](before)
	b, bRests := errors.AsType[*RestError](now)
	switch {
	case aRests && bRests && a.Until.Before(b.Until), before != nil && bRests && !aRests:
		return before
	case before != nil && notAsked(now) && !notAsked(before):
		return before
	}
	return now
}

// notAsked reports whether an error is about pictures that a provider does not get.
func notAsked(err error) bool {
	return errors.Is(err, ErrNoConsent) || errors.Is(err, ErrBlind) || errors.Is(err, ErrCostly)
}

// Status returns the states of all providers, in order.
func (c *Chain) Status() []Status {
	var all []Status
	for _, p := range c.providers {
		all = append(all, p.status(time.Now()))
	}
	return all
}
