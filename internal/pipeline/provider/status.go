package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
)

// Status is the state of a provider, for people.
type Status struct {
	Slot         Slot
	Provider     string        // the id; see briefing.ProviderID
	Model        string        // the model's name
	Assumed      bool          // Model is a guess: none is set, and the provider has not answered
	SeesPictures *bool         // nil: not checked
	PicturesOff  bool          // a picture cost too many tokens
	Median       time.Duration // of the last answers; 0: none
	State        briefing.ProviderState
	Until        time.Time // of ProviderPaused and ProviderOpen: when it is asked again
	LastError    string    // a sentence without keys, addresses and conversations; empty: none
}

// status returns the state of the provider.
func (p *provider) status(now time.Time) Status {
	breaker := p.breaker.State()
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Status{
		Slot: p.slot, Provider: p.id, Model: p.client.Name(), Assumed: p.client.Assumed(), PicturesOff: p.costly != "",
		Median: median(p.times), State: briefing.ProviderUntried, LastError: p.last,
	}
	if p.sees != nil {
		sees := *p.sees
		s.SeesPictures = &sees
	}
	if s.LastError == "" {
		s.LastError = p.costly
	}
	switch {
	case breaker != gobreaker.StateClosed:
		s.State, s.Until = briefing.ProviderOpen, p.openedAt.Add(openTime)
	case now.Before(p.until):
		s.State, s.Until = briefing.ProviderPaused, p.until
	case p.isWell:
		s.State = briefing.ProviderOK
	case p.wasAsked:
		s.State = briefing.ProviderFailing
	}
	return s
}

// Outcome is what became of a question. The values are a fixed set, for metrics.
type Outcome string

// The outcomes.
const (
	Answered    Outcome = "answered"
	Rejected    Outcome = "rejected" // by Question.Accept
	Empty       Outcome = "empty"    // no text, or reasoning alone
	Garbled     Outcome = "garbled"  // no chat completion, or too much
	TooLong     Outcome = "too_long"
	NoPictures  Outcome = "no_pictures"
	NoModel     Outcome = "no_model"
	Refused     Outcome = "refused" // status 401, 403 or 404
	Limited     Outcome = "limited" // status 429
	BadRequest  Outcome = "bad_request"
	Unavailable Outcome = "unavailable" // status 5xx or 408
	Timeout     Outcome = "timeout"
	Network     Outcome = "network"
	Canceled    Outcome = "canceled"
	Spent       Outcome = "spent" // ErrBudget
)

// outcomeOf returns the outcome of a question with an error.
func outcomeOf(err error) Outcome {
	if err == nil {
		return Answered
	}
	if _, ok := errors.AsType[*model.UnknownModelError](err); ok {
		return NoModel
	}
	if e, ok := errors.AsType[*model.StatusError](err); ok {
		return outcomeOfStatus(e.Status)
	}
	for _, known := range []struct {
		err     error
		outcome Outcome
	}{
		{context.Canceled, Canceled}, {context.DeadlineExceeded, Timeout}, {model.ErrTimeout, Timeout},
		{ErrBudget, Spent}, {model.ErrEmpty, Empty}, {model.ErrNetwork, Network},
		{model.ErrTooLong, TooLong}, {model.ErrNoPictures, NoPictures},
	} {
		if errors.Is(err, known.err) {
			return known.outcome
		}
	}
	return Garbled
}

// outcomeOfStatus returns the outcome of a question that ended with a status.
func outcomeOfStatus(status int) Outcome {
	switch {
	case status == http.StatusTooManyRequests:
		return Limited
	case refusedStatus(status):
		return Refused
	case status >= 500 || status == http.StatusRequestTimeout:
		return Unavailable
	}
	return BadRequest
}

// sentence returns an error of package model as a sentence that may be shown.
func sentence(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return model.ErrTimeout.Error()
	}
	return strings.TrimPrefix(err.Error(), "ask model: ")
}

// costSentence says that a picture cost too much.
func costSentence(cost, bound int) string {
	return fmt.Sprintf("%v: %d, over the bound of %d", ErrCostly, cost, bound)
}
