package briefing

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Limits on what a user may write. Older data that breaks them still reads.
const (
	MaxUsernameLen   = 64  // code points
	MaxCustomLines   = 10  // lines
	MaxCustomLineLen = 200 // code points a line
)

// User is who signs in: the owner of a shop.
type User struct {
	ID       UserID
	Username string   // as it is stored: composed and trimmed, unless it is older than that rule
	Custom   []string // style instructions for captions, never nil when read from a store
}

// DefaultCustom is the style that a new user starts with: Korean, polite, brief.
// The old phone app reads three entries whenever the list is not empty.
func DefaultCustom() []string {
	return []string{"한국어로 말해줘", "공손하게 말해줘", "간단명료하게 말해줘"}
}

// LoginOutcome tells whether login made the user or found it.
type LoginOutcome string

// The outcomes of a login.
const (
	Signup LoginOutcome = "SIGNUP"
	Login  LoginOutcome = "LOGIN"
)

// CheckUsername returns an InvalidError on field "username" unless the name's NameKey has 1 to
// MaxUsernameLen code points of valid UTF-8, no control characters, and nothing that cannot be
// seen.
func CheckUsername(name string) error {
	name = NameKey(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return Invalid("username", "must not be empty")
	case !utf8.ValidString(name):
		return Invalid("username", "must be valid UTF-8")
	case n > MaxUsernameLen:
		return Invalid("username", "must have at most %d characters", MaxUsernameLen)
	case hasControl(name):
		return Invalid("username", "must not contain control characters")
	case hasHidden(name):
		return Invalid("username", "must not contain invisible or bidirectional characters")
	}
	return nil
}

// CheckCustom returns an InvalidError on field "custom" unless the lines keep
// the limits: MaxCustomLines lines of MaxCustomLineLen code points, no control
// characters, nothing that turns the text or breaks the line. An empty list is allowed.
func CheckCustom(lines []string) error {
	if err := CheckOldCustom(lines); err != nil {
		return err
	}
	for i, line := range lines {
		if hasSeparator(line) {
			return errTurn("custom", fmt.Sprintf("line %d ", i+1))
		}
	}
	return nil
}

// errTurn refuses what WithoutTurns would change.
func errTurn(field, where string) error {
	return Invalid(field, "%smust not contain bidirectional characters or line separators", where)
}

// CheckOldCustom is CheckCustom without the rule on separators of lines: the old callers read back
// byte for byte what they wrote.
func CheckOldCustom(lines []string) error {
	if len(lines) > MaxCustomLines {
		return Invalid("custom", "must have at most %d lines", MaxCustomLines)
	}
	for i, line := range lines {
		switch {
		case !utf8.ValidString(line):
			return Invalid("custom", "line %d must be valid UTF-8", i+1)
		case utf8.RuneCountInString(line) > MaxCustomLineLen:
			return Invalid("custom", "line %d must have at most %d characters", i+1, MaxCustomLineLen)
		case hasControl(line):
			return Invalid("custom", "line %d must not contain control characters", i+1)
		case hasBidi(line):
			return errTurn("custom", fmt.Sprintf("line %d ", i+1))
		}
	}
	return nil
}

func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) {
			return true
		}
	}
	return false
}
