package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"bis/internal/briefing"
)

// Bounds of the attempts of one question.
const (
	maxAgain   = 1                // attempts after transient errors
	maxReserve = 20 * time.Second // time that a slow attempt leaves for another one
)

// Ask asks a question and returns the answer. It sends at most MaxAttempts requests: it finds out
// what the server does not like, changes that, and remembers it for later questions. It asks again
// once if the server was slow, overloaded or confused.
//
// The answer's text is not empty and is bounded. The error is ctx's if ctx has ended, that of
// Question.Before, or one of this package. It contains neither the key, the address beyond its
// host, nor the conversation. The answer's usage is set in either case.
func (c *Client) Ask(ctx context.Context, q Question) (Answer, error) {
	q.MaxTokens = cmp.Or(q.MaxTokens, defaultTokens)
	if q.Attempts <= 0 || q.Attempts > MaxAttempts {
		q.Attempts = MaxAttempts
	}
	a := &asking{client: c, q: q, resized: map[kind]bool{}}
	answer, err := a.run(ctx)
	answer.Usage = a.usage
	if err == nil {
		return answer, nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return answer, fmt.Errorf("ask model: %w", err)
}

// asking is a question in progress.
type asking struct {
	client  *Client
	q       Question
	usage   briefing.Usage
	again   int           // attempts after transient errors so far
	resized map[kind]bool // the kinds tooFew and tooLong that were met
	slow    bool          // an attempt had no answer in time
	cut     Answer        // of JSON that the limit of tokens has cut; without text: there is none

	listed    []string // the server's models; see list
	wasListed bool     // they were asked for
}

// run makes attempts until one succeeds or none can follow.
func (a *asking) run(ctx context.Context) (Answer, error) {
	if used := a.client.known(); used.lacking {
		_ = a.pick(ctx, used) // if nothing was picked, the model may be there again
		if a.usage.Attempts >= a.q.Attempts {
			// The next question has an attempt for the new model.
			return Answer{}, a.unknown(used, &StatusError{Status: http.StatusNotFound})
		}
	}
	for {
		if err := a.count(); err != nil {
			return a.orCut(err)
		}
		used := a.client.known()
		answer, f := a.attempt(ctx, used)
		if f == nil {
			a.client.settle(used)
			a.usage = a.usage.Add(answer.Usage)
			answer.Model, answer.Picked = used.model, used.picked
			return answer, nil
		}
		a.usage = a.usage.Add(f.usage)
		if f.cut != "" {
			a.client.settle(used)
			a.cut = Answer{Text: f.cut, Cut: true, Model: used.model, Picked: used.picked}
		}
		switch ctx.Err() {
		case nil:
		case context.Canceled: // nobody waits for the answer
			return Answer{}, f.err
		default:
			return a.orCut(f.err)
		}
		if !a.follows(ctx, used, f) {
			return a.orCut(a.explain(ctx, used, f))
		}
	}
}

// orCut returns the start of an answer that was cut, or else an error.
func (a *asking) orCut(err error) (Answer, error) {
	if a.cut.Text != "" {
		return a.cut, nil
	}
	return Answer{}, err
}

// count books an attempt before it is made.
func (a *asking) count() error {
	if a.q.Before != nil {
		if err := a.q.Before(); err != nil {
			return err
		}
	}
	a.usage.Attempts++
	return nil
}

// follows reports whether another attempt follows a failed one, after the pause that it needs. What
// the failure says about the model is remembered even if none follows.
func (a *asking) follows(ctx context.Context, used dialect, f *failure) bool {
	if f.kind == tooFew || f.kind == tooLong {
		if a.resized[f.kind] {
			return false // once in a question
		}
		a.resized[f.kind] = true
	}
	differs := a.client.learn(used, a.q, f)
	if a.usage.Attempts >= a.q.Attempts {
		return false
	}
	switch f.kind {
	case transient, throttled, loading:
		return a.mayRepeat(f) && a.pause(ctx, f) == nil
	case noModel, notChats:
		return a.pick(ctx, used) && a.usage.Attempts < a.q.Attempts
	}
	return differs
}

// mayRepeat reports whether the same attempt may be repeated.
func (a *asking) mayRepeat(f *failure) bool {
	slow := errors.Is(f.err, ErrTimeout)
	if a.q.HandOver && (f.kind == throttled || slow) {
		return false
	}
	if a.cut.Text != "" {
		return false // its start is a usable answer
	}
	a.again++
	return a.again <= maxAgain || f.kind == loading
}

// explain returns the error of the last attempt. If the server does not have the model, explain
// asks which models it has.
func (a *asking) explain(ctx context.Context, used dialect, f *failure) error {
	if f.kind != noModel {
		return f.err
	}
	a.list(ctx)
	return a.unknown(used, f.err)
}

// unknown returns the error of a model that the server does not have.
func (a *asking) unknown(used dialect, cause error) error {
	return &UnknownModelError{Model: used.model, Known: shown(a.listed), cause: cause}
}

// attempt makes one attempt in its share of the time. The first slow one leaves room for another.
func (a *asking) attempt(ctx context.Context, used dialect) (Answer, *failure) {
	limit := a.client.cfg.Timeout
	if deadline, ok := ctx.Deadline(); ok && !a.slow && !a.q.HandOver {
		left := time.Until(deadline)
		limit = min(limit, left-min(left/6, maxReserve))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answer, f := a.client.attempt(ctx, cancel, a.q, used)
	a.slow = a.slow || f != nil && errors.Is(f.err, ErrTimeout)
	return answer, f
}
