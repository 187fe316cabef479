package briefing

import (
	"errors"
	"fmt"
	"time"
)

// The kinds of error that leave the domain. Test for a kind with errors.Is. Each transport maps
// kinds to answers in one table. An error without a kind is internal: it is logged, and the answer
// does not have its text.
var (
	ErrInvalid         = errors.New("invalid input")   // see InvalidError
	ErrNotFound        = errors.New("not found")       // there is no such user or request
	ErrConflict        = errors.New("conflict")        // it has ended, or another call was first
	ErrForbidden       = errors.New("forbidden")       // this viewer may not
	ErrUnauthenticated = errors.New("unauthenticated") // nobody has signed in
	ErrRateLimited     = errors.New("rate limited")    // too many calls; a later one may succeed
	ErrUnavailable     = errors.New("unavailable")     // unreachable or too slow; try again later
	ErrBadCursor       = errors.New("bad cursor")      // malformed, too new, or of another list
	ErrNotOwner        = errors.New("not the owner")   // another instance or term runs the request
)

// ErrFeedLost reports that a feed may have missed changes. Its reader opens another feed, and reads
// the missed changes from the store.
var ErrFeedLost = errors.New("feed lost")

// ErrNotDue reports that the end time of a request has not come yet. It stays in this server: the
// schedule then reads the moved end.
var ErrNotDue = errors.New("end not due")

// InvalidError is an error of the kind ErrInvalid that names the field and the broken rule. Callers
// see both.
type InvalidError struct {
	Field string // as the caller spells it: "interval", "endTime"
	Rule  string // a clause that reads after the field: "must be 1 to 86400"
	// Reason is the rule as a word for programs, and Korean a sentence for the owner with the next
	// step. Both are empty for most input; see Refuse.
	Reason Refusal
	Korean string
}

// Error returns field and rule, as one clause.
func (e *InvalidError) Error() string { return e.Field + " " + e.Rule }

// Is makes errors.Is(err, ErrInvalid) true.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Invalid returns an InvalidError. The rule is a format for args.
func Invalid(field, rule string, args ...any) error {
	return &InvalidError{Field: field, Rule: fmt.Sprintf(rule, args...)}
}

// RateLimitedError is an error of the kind ErrRateLimited that says when a later call may succeed.
type RateLimitedError struct {
	RetryAfter time.Duration // from now on
}

// Error returns the kind's text: how long to wait is for headers and extensions.
func (*RateLimitedError) Error() string { return ErrRateLimited.Error() }

// Is makes errors.Is(err, ErrRateLimited) true.
func (*RateLimitedError) Is(target error) bool { return target == ErrRateLimited }

// RetrySeconds returns the whole seconds to wait before a call that was refused with err is worth
// another try. It is at least 1, also when err does not say.
func RetrySeconds(err error) int {
	limited, ok := errors.AsType[*RateLimitedError](err)
	if !ok {
		return 1
	}
	return max(1, int((limited.RetryAfter+time.Second-1)/time.Second))
}

// NotReadyError reports the part of a store that does not work.
type NotReadyError struct {
	// What is a clause that names the part and the fault, without secrets: "table requests cannot
	// be read: the file is damaged".
	What string
	Err  error // the cause, for the log
}

// Error returns the clause and its cause.
func (e *NotReadyError) Error() string { return e.What + ": " + e.Err.Error() }

// Unwrap returns the cause, which has the kind.
func (e *NotReadyError) Unwrap() error { return e.Err }
