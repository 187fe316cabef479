package model

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bis/internal/briefing"
)

// Errors of Ask in addition to those of ctx, Question.Before, StatusError and UnknownModelError.
var (
	ErrTimeout    = errors.New("no answer in time")
	ErrEmpty      = errors.New("empty answer")                     // or reasoning alone
	ErrTooLarge   = errors.New("answer too large")                 // over a bound
	ErrNetwork    = errors.New("network error")                    // no connection
	ErrGarbled    = errors.New("no chat completion in the answer") // not as expected
	ErrTooLong    = errors.New("the question exceeds the context of the model")
	ErrNoPictures = errors.New("the model takes no pictures")
	ErrNoChat     = fmt.Errorf("%w: the address is not that of a chat server", ErrGarbled)
)

// StatusError means that the server answered with a status other than 200, or reported one.
type StatusError struct {
	// Status is the HTTP status.
	Status int
	// RetryAfter is how long the server wants to be left alone, at most Config.MaxRetryAfter. Zero
	// means that it did not say.
	RetryAfter time.Duration
}

// Error returns the status and its usual name, never the body of the response.
func (e *StatusError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status)))
	if e.Status >= 300 && e.Status < 400 {
		text += ", and redirects are not followed"
	}
	return text
}

// UnknownModelError means that the server does not have the model. It wraps the *StatusError.
type UnknownModelError struct {
	// Model is the name that was asked for.
	Model string
	// Known are names of models that the server has, at most ten. None means that it did not say.
	Known []string

	cause error
}

// Error names the models.
func (e *UnknownModelError) Error() string {
	text := fmt.Sprintf("the server has no model %q", e.Model)
	if len(e.Known) > 0 {
		text += "; it has " + strings.Join(e.Known, ", ")
	}
	return text
}

// Unwrap returns the error of the server's answer.
func (e *UnknownModelError) Unwrap() error { return e.cause }

// kind says what may follow an attempt that failed.
type kind int

const (
	final      kind = iota // the same question fails again in the same way
	transient              // the server was slow, overloaded or confused
	loading                // the server loads the model
	throttled              // the server limits the rate
	wrongPath              // the chat has another path
	parameter              // the server refuses a parameter
	noSystem               // the model has no system message
	tooLong                // the question exceeds the model's context
	tooFew                 // the tokens were spent before the answer
	noPictures             // the model takes no pictures
	noModel                // the server does not have the model
	notChats               // the model is not for chats
)

// failure is an attempt without an answer.
type failure struct {
	kind   kind
	err    error          // one of this package
	wait   time.Duration  // the server's Retry-After; 0: none
	fields []string       // the refused parameters
	most   int            // tokens that the server allows; 0: it did not say
	usage  briefing.Usage // of an answer without text
	cut    string         // the start of an answer of JSON; empty: there is none
}
