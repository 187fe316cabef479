package briefing

import (
	"errors"
	"fmt"
)

// The kinds of error that leave the domain. Transports turn a kind into an
// answer in one table each; ask with errors.Is. What has none of these kinds
// is internal: it is logged and answered without its text.
var (
	ErrInvalid         = errors.New("invalid input")
	ErrNotFound        = errors.New("not found")
	ErrConflict        = errors.New("conflict")
	ErrForbidden       = errors.New("forbidden")
	ErrUnauthenticated = errors.New("unauthenticated")
	ErrRateLimited     = errors.New("rate limited")
	ErrUnavailable     = errors.New("unavailable")
	ErrBadCursor       = errors.New("bad cursor")
	ErrNotOwner        = errors.New("not the owner")
)

// ErrFeedLost says that a feed cannot tell what it missed. The reader opens
// another one and reads the store for what lies between.
var ErrFeedLost = errors.New("feed lost")

// InvalidError is an ErrInvalid that names the field and the rule it broke.
// Both are meant for the caller's eyes.
type InvalidError struct {
	Field string // as the caller spells it: "interval", "endTime"
	Rule  string // a clause that reads after the field: "must be 1 to 86400"
}

func (e *InvalidError) Error() string { return e.Field + " " + e.Rule }

// Is makes errors.Is(err, ErrInvalid) true.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Invalid makes an InvalidError; rule is a format.
func Invalid(field, rule string, args ...any) error {
	return &InvalidError{Field: field, Rule: fmt.Sprintf(rule, args...)}
}

// NotReadyError says which part of a store fails.
type NotReadyError struct {
	What string // a clause that anybody may read: "table requests cannot be read: the file is damaged"
	Err  error  // the cause, for the log
}

func (e *NotReadyError) Error() string { return e.What + ": " + e.Err.Error() }

// Unwrap gives the cause and so its kind.
func (e *NotReadyError) Unwrap() error { return e.Err }
